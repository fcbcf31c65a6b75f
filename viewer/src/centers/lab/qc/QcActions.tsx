import { Button, Drawer, Form, Input, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { post } from '../../../api/client.ts';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { useAct, useLab } from '../useLab.ts';

interface Affected {
  resultId: string;
  orderId: string;
  accessionNumber: string;
  valueNumber: number | null;
  state: string;
  measuredAt: string | null;
}
interface Row {
  id: string;
  at: string;
  value: number;
  z: number | null;
  violations: string[];
  operatorName: string | null;
  action: string | null;
  actionCause: string | null;
  actionAt: string | null;
  actionBy: string | null;
  affected: Affected[] | null;
  level: number;
  lot: string;
  testName: string;
  instrument: string;
}

/** Signs the corrective action of a rejected run: cause and what was done. */
export function ActionDialog({
  runId,
  onClose,
}: {
  runId: string;
  onClose: (affected?: Affected[]) => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<{ cause: string; action: string }>();
  const sign = async () => {
    const values = await form.validateFields();
    const done = await act(
      () => post<{ affected: Affected[] }>(`/api/lab/qc/runs/${runId}/action`, values),
      (answer) => t('said.action', { n: answer.affected.length }),
    );
    if (done !== undefined) onClose(done.affected);
  };
  return (
    <Modal
      open
      title={t('qc.action')}
      okText={t('qc.signAction')}
      okButtonProps={{ loading: busy }}
      onOk={() => void sign().catch(() => undefined)}
      onCancel={() => onClose()}
    >
      <p>{t('qc.actionWhat')}</p>
      <Form form={form} layout="vertical" requiredMark={false}>
        <Form.Item
          name="cause"
          label={t('qc.cause')}
          rules={[{ required: true, min: 2, message: t('qc.causeNeeded') }]}
        >
          <Input autoFocus />
        </Form.Item>
        <Form.Item
          name="action"
          label={t('qc.done')}
          rules={[{ required: true, min: 2, message: t('qc.doneNeeded') }]}
        >
          <Input.TextArea rows={3} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Rejected runs: which wait for their corrective action, what was done, and the results to look at again. */
export function QcActions({ works }: { works: boolean }) {
  const { t } = useTranslation(['lab', 'shell']);
  const [open, setOpen] = useState<'all' | 'open'>('all');
  const [signing, setSigning] = useState<string | null>(null);
  const [shown, setShown] = useState<Affected[] | null>(null);
  const list = useLab<{ items: Row[]; total: number }>(
    `lab/qc/actions?limit=200${open === 'open' ? '&open=true' : ''}`,
  );
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <div className="lab-stack">
      <ListTable<Row>
        name={t('qc.view.actions')}
        rowKey="id"
        rows={list.data.items}
        total={list.data.total}
        empty={t('qc.actions.none')}
        extra={
          <Segmented
            value={open}
            onChange={setOpen}
            options={(['all', 'open'] as const).map((value) => ({ value, label: t(`qc.actions.${value}`) }))}
          />
        }
        columns={[
          { title: t('col.at'), text: (row) => dateTime(row.at) },
          { title: t('col.instrument'), text: (row) => row.instrument },
          { title: t('col.test'), text: (row) => row.testName },
          { title: t('qc.levelWord'), text: (row) => `${row.level} · ${row.lot}` },
          {
            title: t('col.value'),
            align: 'right',
            text: (row) => row.value,
            render: (row) => `${row.value} (${row.z === null ? '—' : row.z.toFixed(1)}s)`,
          },
          { title: t('qc.rules'), text: (row) => row.violations.join(' ') },
          { title: t('qc.cause'), width: 150, text: (row) => row.actionCause },
          {
            title: t('qc.action'),
            width: 220,
            text: (row) =>
              row.actionAt
                ? `${row.action ?? ''} ${row.actionBy ?? ''} ${dateTime(row.actionAt)}`
                : t('qc.unsigned'),
            render: (row) =>
              row.actionAt ? (
                <>
                  {row.action}{' '}
                  <span className="hub-quiet">
                    {row.actionBy} {dateTime(row.actionAt)}
                  </span>
                </>
              ) : works ? (
                <Button danger size="small" onClick={() => setSigning(row.id)}>
                  {t('qc.signAction')}
                </Button>
              ) : (
                <span className="hub-tone-breach">{t('qc.unsigned')}</span>
              ),
          },
          {
            title: t('qc.affected'),
            align: 'right',
            text: (row) => row.affected?.length,
            render: (row) =>
              row.affected && row.affected.length > 0 ? (
                <Button type="link" size="small" onClick={() => setShown(row.affected)}>
                  {row.affected.length}
                </Button>
              ) : (
                (row.affected?.length ?? '')
              ),
          },
        ]}
      />
      {signing && (
        <ActionDialog
          runId={signing}
          onClose={(affected) => {
            setSigning(null);
            if (affected && affected.length > 0) setShown(affected);
          }}
        />
      )}
      <Drawer open={shown !== null} size={560} title={t('qc.affectedTitle')} onClose={() => setShown(null)}>
        <ListTable<Affected>
          name={t('qc.affected')}
          rowKey="resultId"
          rows={shown ?? []}
          empty={t('qc.noneAffected')}
          columns={[
            {
              title: t('col.accession'),
              text: (row) => row.accessionNumber,
              render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
            },
            { title: t('col.value'), align: 'right', text: (row) => row.valueNumber },
            { title: t('col.state'), text: (row) => t(`result.${row.state}`) },
            { title: t('col.at'), text: (row) => dateTime(row.measuredAt) },
          ]}
        />
      </Drawer>
    </div>
  );
}
