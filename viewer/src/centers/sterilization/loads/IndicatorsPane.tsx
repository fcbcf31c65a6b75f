import { App, Button, Form, Input, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ListTable } from '../../../shell/ListTable.tsx';
import { dateTime } from '../../../shell/format.ts';
import { Choice } from '../Choice.tsx';
import { Outcome } from '../Outcome.tsx';
import type { Indicator, LoadDetail } from '../types.ts';
import { useAct } from '../useAct.ts';

const KINDS = ['outer-chemical', 'class-5', 'biological', 'inner-chemical'] as const;

interface Values {
  kind: (typeof KINDS)[number];
  outcome: 'pass' | 'fail';
  control?: 'growth' | 'no-growth';
  lot?: string;
  packCode?: string;
  note?: string;
}

/** The load's indicators, and the reading of one. A failed biological indicator says first what it will set off. */
export function IndicatorsPane({ load }: { load: LoadDetail }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { act, busy } = useAct();
  const { modal } = App.useApp();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Values>();
  const kind = Form.useWatch('kind', form);
  const outcome = Form.useWatch('outcome', form);
  const save = async (values: Values) => {
    const answer = await act<{
      recall?: { id: string; number: string; recalled: number; used: number; sites: number };
    }>('record-indicator', { loadId: load.id, ...values }, t('indicator.saved'));
    if (!answer) return;
    setOpen(false);
    const { recall } = answer;
    if (recall)
      modal.error({
        title: t('indicator.recalled', { number: recall.number }),
        content: t('indicator.recalledText', { ...recall, machine: load.machine }),
        okText: t('recall.bannerOpen'),
        onOk: () => void navigate(`/sterilization/recalls/${recall.id}`),
      });
  };
  return (
    <section className="hub-panel">
      <ListTable<Indicator>
        name={`${load.number}-indicators`}
        heading={t('indicator.title')}
        extra={
          load.state !== 'running' && <Button onClick={() => setOpen(true)}>{t('indicator.read')}</Button>
        }
        rowKey="id"
        rows={load.indicators}
        empty={t('indicator.none')}
        columns={[
          { title: t('indicator.kind'), render: (row) => t(`indicator.${row.kind}`) },
          { title: t('indicator.lot'), text: (row) => row.lot },
          {
            title: t('test.outcome'),
            text: (row) => t(`outcome.${row.outcome}`),
            render: (row) => <Outcome value={row.outcome} />,
          },
          {
            title: t('indicator.control'),
            render: (row) => (row.control ? t(`indicator.${row.control}`) : ''),
          },
          { title: t('indicator.readAt'), render: (row) => `${dateTime(row.readAt)} ${row.readBy ?? ''}` },
          {
            title: t('indicator.pack'),
            render: (row) => load.packs.find((pack) => pack.packId === row.packId)?.code ?? '',
          },
        ]}
      />
      <Modal
        open={open}
        title={t('indicator.read')}
        okText={t('form.save')}
        okButtonProps={{ loading: busy, danger: outcome === 'fail' }}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <Form<Values>
          form={form}
          layout="vertical"
          preserve={false}
          requiredMark={false}
          initialValues={{ kind: 'outer-chemical' }}
          onFinish={(values) => void save(values)}
        >
          <Form.Item name="kind" label={t('indicator.kind')}>
            <Segmented options={KINDS.map((value) => ({ value, label: t(`indicator.${value}`) }))} />
          </Form.Item>
          <Form.Item
            name="outcome"
            label={t('test.outcome')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <Choice
              options={(['pass', 'fail'] as const).map((value) => ({ value, label: t(`outcome.${value}`) }))}
            />
          </Form.Item>
          {kind === 'biological' && (
            <>
              <Form.Item
                name="control"
                label={t('indicator.control')}
                rules={[{ required: true, message: t('form.required') }]}
              >
                <Choice
                  options={(['growth', 'no-growth'] as const).map((value) => ({
                    value,
                    label: t(`indicator.${value}`),
                  }))}
                />
              </Form.Item>
              {outcome === 'fail' && (
                <p className="hub-tone-breach">{t('indicator.failConsequence', { machine: load.machine })}</p>
              )}
            </>
          )}
          <Form.Item name="lot" label={t('indicator.lot')}>
            <Input />
          </Form.Item>
          {(kind === 'outer-chemical' || kind === 'inner-chemical') && (
            <Form.Item name="packCode" label={t('indicator.onePack')} extra={t('indicator.onePackHint')}>
              <Input />
            </Form.Item>
          )}
          <Form.Item name="note" label={t('form.note')}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Form>
      </Modal>
    </section>
  );
}
