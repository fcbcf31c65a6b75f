import { Button, Descriptions, Form, Input, Modal, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { may } from '../../../shell/access.ts';
import { dateTime } from '../../../shell/format.ts';
import { useSession } from '../../../shell/session.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { Outcome } from '../Outcome.tsx';
import type { RecallDetail } from '../types.ts';
import { useAct } from '../useAct.ts';
import { useSterilization } from '../useSterilization.ts';
import '../sterilization.css';

const OUTCOMES = ['found', 'reprocessed', 'destroyed', 'lost'] as const;

/** One recall: packs by site and shelf with their fate, notices, patients of used packs, the way of the machine back. */
export default function RecallPage() {
  const { recallId } = useParams();
  const { t } = useTranslation(['sterilization', 'shell']);
  const session = useSession();
  const recall = useSterilization<RecallDetail>(`recalls/${recallId ?? ''}`);
  const { act, busy } = useAct();
  const [closing, setClosing] = useState(false);
  const [picked, setPicked] = useState<string[]>([]);
  if (recall.isPending) return <Loading />;
  if (recall.isError) return <Failed error={recall.error} retry={() => void recall.refetch()} />;
  const { data } = recall;
  const resolve = (code: string, outcome: string) =>
    act('resolve-recall-item', { recallId: data.id, code, outcome }, t('recall.resolved'));
  const open = data.items.filter((item) => item.outcome === 'pending' || item.outcome === 'found');
  const chosen = open.filter((item) => picked.includes(item.packId));
  const resolveChosen = async (outcome: string) => {
    for (const { code } of chosen) await resolve(code, outcome);
    setPicked([]);
  };
  const own = data.notices.find((notice) => notice.institutionId === session.institution.id);
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <Link to="/sterilization/recalls">{t('nav.recalls')}</Link>
        <h1 className="hub-title">{data.number}</h1>
        <b className={data.closedAt ? '' : 'hub-tone-breach'}>
          {data.closedAt ? t('recall.closed', { at: dateTime(data.closedAt) }) : t('recall.running')}
        </b>
        <span className="hub-grow" />
        {own && !own.acknowledgedAt && !data.closedAt && (
          <Button
            type="primary"
            danger
            loading={busy}
            onClick={() => void act('acknowledge-recall', { recallId: data.id }, t('recall.acknowledged'))}
          >
            {t('recall.acknowledge')}
          </Button>
        )}
        {!data.closedAt && may(session, 'report.verify') && (
          <Button onClick={() => setClosing(true)}>{t('recall.close')}</Button>
        )}
        {data.documentSha256 && (
          <Button href={`/api/sterilization/recalls/${data.id}/report.pdf`} target="_blank">
            {t('recall.report')}
          </Button>
        )}
      </div>
      <div className="hub-scroll cssd-stack">
        <section className="hub-panel">
          <Descriptions
            size="small"
            column={3}
            items={[
              { key: 'r', label: t('recall.reason'), children: t(`recallReason.${data.reason}`) },
              {
                key: 'm',
                label: t('load.machine'),
                children: `${data.machineCode} ${data.machineName} · ${t(`status.${data.machineStatus}`)}`,
              },
              {
                key: 'a',
                label: t('recall.raisedAt'),
                children: `${dateTime(data.raisedAt)} ${data.raisedByName}`,
              },
              {
                key: 's',
                label: t('recall.since'),
                children: data.since
                  ? `${dateTime(data.since)} ${data.lastPassLoad ?? ''}`
                  : t('recall.noPass'),
              },
              { key: 'p', label: t('recall.packs'), children: data.items.length },
              { key: 'u', label: t('recall.used'), children: data.patients.length },
              ...(data.conclusion
                ? [{ key: 'c', label: t('recall.conclusion'), children: data.conclusion, span: 3 }]
                : []),
            ]}
          />
        </section>
        <section className="hub-panel">
          <h2 className="hub-title">{t('recall.notices')}</h2>
          <Table
            size="small"
            rowKey="institutionId"
            pagination={false}
            dataSource={data.notices}
            columns={[
              { title: t('request.site'), dataIndex: 'institutionName' },
              { title: t('recall.packs'), dataIndex: 'packs' },
              { title: t('recall.used'), dataIndex: 'usedPacks' },
              { title: t('recall.notifiedAt'), render: (_, row) => dateTime(row.notifiedAt) },
              {
                title: t('recall.acknowledgement'),
                render: (_, row) =>
                  row.acknowledgedAt ? (
                    `✓ ${dateTime(row.acknowledgedAt)} ${row.acknowledgedByName ?? ''}`
                  ) : (
                    <b className="hub-tone-breach">
                      {row.escalatedAt
                        ? t('recall.escalated', { at: dateTime(row.escalatedAt) })
                        : t('recall.notAcknowledged')}
                    </b>
                  ),
              },
            ]}
          />
        </section>
        <section className="hub-panel">
          <div className="hub-bar">
            <h2 className="hub-title">{t('recall.items')}</h2>
            <span className="hub-grow" />
            {open.length > 0 && (
              <>
                <span className="hub-quiet">{t('recall.chosen', { n: chosen.length, of: open.length })}</span>
                <Select
                  style={{ width: 150 }}
                  placeholder={t('recall.resolve')}
                  aria-label={t('recall.resolveChosen')}
                  disabled={chosen.length === 0 || busy}
                  value={null}
                  onChange={(outcome: string) => void resolveChosen(outcome)}
                  options={OUTCOMES.map((value) => ({ value, label: t(`recallOutcome.${value}`) }))}
                />
              </>
            )}
          </div>
          <Table<RecallDetail['items'][number]>
            size="small"
            rowKey="packId"
            pagination={false}
            {...(open.length > 0 && {
              rowSelection: {
                selectedRowKeys: chosen.map((item) => item.packId),
                onChange: (keys) => setPicked(keys.map(String)),
                getCheckboxProps: (row) => ({ disabled: !open.includes(row) }),
              },
            })}
            dataSource={data.items}
            scroll={{ x: 'max-content' }}
            columns={[
              { title: t('request.site'), dataIndex: 'institutionName' },
              { title: t('pack.shelf'), dataIndex: 'shelf' },
              {
                title: t('pack.code'),
                render: (_, row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
              },
              { title: t('pack.name'), dataIndex: 'setName' },
              { title: t('load.number'), dataIndex: 'loadNumber' },
              { title: t('recall.was'), render: (_, row) => t(`state.${row.was}`) },
              {
                title: t('recall.outcome'),
                render: (_, row) => (
                  <span className={row.outcome === 'pending' ? 'hub-tone-breach' : ''}>
                    {t(`recallOutcome.${row.outcome}`)}
                  </span>
                ),
              },
              {
                title: '',
                render: (_, row) =>
                  row.outcome === 'pending' || row.outcome === 'found' ? (
                    <Select
                      size="small"
                      style={{ width: 130 }}
                      placeholder={t('recall.resolve')}
                      value={null}
                      onChange={(outcome: string) => void resolve(row.code, outcome)}
                      options={OUTCOMES.filter((one) => one !== row.outcome).map((value) => ({
                        value,
                        label: t(`recallOutcome.${value}`),
                      }))}
                    />
                  ) : null,
              },
            ]}
          />
        </section>
        <section className="hub-panel">
          <h2 className="hub-title">{t('recall.patients')}</h2>
          <Table
            size="small"
            rowKey="code"
            pagination={false}
            dataSource={data.patients}
            locale={{ emptyText: t('recall.noPatients') }}
            columns={[
              {
                title: t('trace.patient'),
                render: (_, row) =>
                  row.patientId ? (
                    <Link to={`/sterilization/trace?patient=${row.patientId}`}>{row.patientName}</Link>
                  ) : (
                    t('recall.unnamed')
                  ),
              },
              { title: t('recall.visit'), dataIndex: 'visit' },
              { title: t('trace.usedAt'), render: (_, row) => dateTime(row.usedAt) },
              { title: t('request.site'), dataIndex: 'institutionName' },
              { title: t('pack.code'), dataIndex: 'code' },
              { title: t('pack.name'), dataIndex: 'setName' },
            ]}
          />
        </section>
        {data.blocks.map((block) => (
          <section key={block.id} className="hub-panel">
            <h2 className="hub-title">{t('recall.machineBack', { machine: data.machineCode })}</h2>
            <p className="hub-quiet">
              {t('recall.required', { process: block.requiredProcess, bd: block.requiredBowieDick })}
            </p>
            <p className="hub-bar">
              {block.trials.map((trial) => (
                <span key={trial.load} className="cssd-chip">
                  {trial.load} <Outcome value={trial.outcome} />
                </span>
              ))}
              {block.returnedAt
                ? t('recall.returned', { at: dateTime(block.returnedAt) })
                : may(session, 'report.verify') && (
                    <Button
                      loading={busy}
                      onClick={() =>
                        void act('return-machine', { machine: data.machineCode }, t('recall.returnedNow'))
                      }
                    >
                      {t('recall.return')}
                    </Button>
                  )}
            </p>
          </section>
        ))}
      </div>
      {closing && <CloseDialog recall={data} onClose={() => setClosing(false)} />}
    </div>
  );
}

function CloseDialog({ recall, onClose }: { recall: RecallDetail; onClose: () => void }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<{ conclusion: string; pin: string }>();
  const open = recall.items.filter((item) => item.outcome === 'pending' || item.outcome === 'found').length;
  const silent = recall.notices.filter((notice) => !notice.acknowledgedAt);
  return (
    <Modal
      open
      title={`${t('recall.close')} · ${recall.number}`}
      okText={t('release.sign')}
      okButtonProps={{ loading: busy, disabled: open > 0 }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      {open > 0 && <p className="hub-tone-breach">{t('recall.stillOpen', { n: open })}</p>}
      {silent.length > 0 && (
        <p className="hub-tone-warn">
          {t('recall.silent', {
            n: silent.length,
            sites: silent.map((one) => one.institutionName).join('、'),
          })}
        </p>
      )}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(values) =>
          void act('close-recall', { recallId: recall.id, ...values }, t('recall.closedNow')).then(
            (done) => done && onClose(),
          )
        }
      >
        <Form.Item
          name="conclusion"
          label={t('recall.conclusion')}
          rules={[{ required: true, min: 5, message: t('form.required') }]}
        >
          <Input.TextArea rows={4} maxLength={4000} />
        </Form.Item>
        <Form.Item
          name="pin"
          label={t('shell:sign.pin')}
          rules={[{ required: true, message: t('shell:sign.pinRequired') }]}
        >
          <Input.Password autoComplete="off" inputMode="numeric" visibilityToggle={false} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
