import { Button, Descriptions, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { has, may, worksIn } from '../../../shell/access.ts';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { Outcome } from '../Outcome.tsx';
import type { RecallDetail } from '../types.ts';
import { requiredText } from '../requiredText.ts';
import { useAct } from '../useAct.ts';
import { useSterilization } from '../useSterilization.ts';
import { SettleDialog } from './SettleDialog.tsx';
import '../sterilization.css';

/** One recall: packs by site and shelf with their fate, notices, patients of used packs, the way of the machine back. */
export default function RecallPage() {
  const { recallId } = useParams();
  const { t } = useTranslation(['sterilization', 'shell']);
  const session = useSession();
  const recall = useSterilization<RecallDetail>(`recalls/${recallId ?? ''}`);
  const { act, busy } = useAct();
  const [closing, setClosing] = useState(false);
  const [picked, setPicked] = useState<string[]>([]);
  const [site, setSite] = useState<string | null>(null);
  const [settling, setSettling] = useState<RecallDetail['items'] | null>(null);
  if (recall.isPending) return <Loading />;
  if (recall.isError) return <Failed error={recall.error} retry={() => void recall.refetch()} />;
  const { data } = recall;
  const acknowledge = (institutionId?: string) =>
    act(
      'acknowledge-recall',
      { recallId: data.id, ...(institutionId && { institutionId }) },
      t('recall.acknowledged'),
    );
  const isOpen = (item: RecallDetail['items'][number]) =>
    item.outcome === 'pending' || item.outcome === 'found';
  const openAt = (institutionId: string) =>
    data.items.filter((item) => item.institutionId === institutionId && isOpen(item)).length;
  const shown = site ? data.items.filter((item) => item.institutionId === site) : data.items;
  const open = data.closedAt ? [] : shown.filter(isOpen);
  const chosen = open.filter((item) => picked.includes(item.packId));
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
          <Button type="primary" danger loading={busy} onClick={() => void acknowledge()}>
            {t('recall.acknowledge')}
          </Button>
        )}
        {!data.closedAt && may(session, 'report.verify') && (
          <Button onClick={() => setClosing(true)}>{t('recall.close')}</Button>
        )}
        {data.documentSha256 && worksIn(session, 'sterilization') && (
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
              ...(data.decision
                ? [{ key: 'd', label: t('recall.decision'), children: data.decision, span: 3 }]
                : []),
              ...(data.conclusion
                ? [{ key: 'c', label: t('recall.conclusion'), children: data.conclusion, span: 3 }]
                : []),
            ]}
          />
        </section>
        <section className="hub-panel">
          <ListTable
            name={`${data.number}-notices`}
            rowKey="institutionId"
            heading={t('recall.notices')}
            rows={data.notices}
            empty={t('recall.noNotices')}
            columns={[
              {
                title: t('request.site'),
                text: (row) => row.institutionName,
                render: (row) => (
                  <Button type="link" size="small" onClick={() => setSite(row.institutionId)}>
                    {row.institutionName}
                  </Button>
                ),
              },
              { title: t('recall.packs'), text: (row) => row.packs, align: 'right' },
              { title: t('recall.open'), text: (row) => openAt(row.institutionId), align: 'right' },
              { title: t('recall.used'), text: (row) => row.usedPacks, align: 'right' },
              { title: t('recall.notifiedAt'), text: (row) => dateTime(row.notifiedAt) },
              {
                title: t('recall.acknowledgement'),
                text: (row) =>
                  row.acknowledgedAt
                    ? `✓ ${dateTime(row.acknowledgedAt)} ${row.acknowledgedByName ?? ''}`
                    : row.escalatedAt
                      ? t('recall.escalated', { at: dateTime(row.escalatedAt) })
                      : t('recall.notAcknowledged'),
                render: (row) =>
                  row.acknowledgedAt ? (
                    `✓ ${dateTime(row.acknowledgedAt)} ${row.acknowledgedByName ?? ''}`
                  ) : (
                    <>
                      <b className="hub-tone-breach">
                        {row.escalatedAt
                          ? t('recall.escalated', { at: dateTime(row.escalatedAt) })
                          : t('recall.notAcknowledged')}
                      </b>{' '}
                      {has(session, 'duty-office') && !data.closedAt && (
                        <Button size="small" onClick={() => void acknowledge(row.institutionId)}>
                          {t('recall.acknowledgeFor')}
                        </Button>
                      )}
                    </>
                  ),
              },
            ]}
          />
        </section>
        <section className="hub-panel">
          <ListTable<RecallDetail['items'][number]>
            name={`${data.number}-packs`}
            rowKey="packId"
            heading={t('recall.items')}
            rows={shown}
            empty={t('recall.noItems')}
            {...(open.length > 0 && {
              selection: {
                keys: chosen.map((item) => item.packId),
                onChange: setPicked,
                disabled: (row: RecallDetail['items'][number]) => !open.includes(row),
              },
            })}
            extra={
              <>
                <Select
                  allowClear
                  style={{ width: 170 }}
                  placeholder={t('recall.anySite')}
                  aria-label={t('recall.anySite')}
                  value={site}
                  onChange={(value: string | undefined) => setSite(value ?? null)}
                  options={data.notices
                    .filter((notice) => notice.packs > 0)
                    .map((notice) => ({
                      value: notice.institutionId,
                      label: `${notice.institutionName} ${openAt(notice.institutionId)}/${notice.packs}`,
                    }))}
                />
                {open.length > 0 && (
                  <>
                    <Button onClick={() => setPicked(open.map((item) => item.packId))}>
                      {t('recall.chooseOpen', { n: open.length })}
                    </Button>
                    <Button type="primary" disabled={chosen.length === 0} onClick={() => setSettling(chosen)}>
                      {t('recall.settleChosen', { n: chosen.length })}
                    </Button>
                  </>
                )}
              </>
            }
            columns={[
              { title: t('request.site'), text: (row) => row.institutionName },
              { title: t('pack.shelf'), text: (row) => row.shelf },
              {
                title: t('pack.code'),
                text: (row) => row.code,
                render: (row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
              },
              { title: t('pack.name'), text: (row) => row.setName },
              { title: t('load.number'), text: (row) => row.loadNumber },
              { title: t('recall.was'), text: (row) => t(`state.${row.was}`) },
              {
                title: t('recall.outcome'),
                text: (row) => t(`recallOutcome.${row.outcome}`),
                render: (row) => (
                  <span className={row.outcome === 'pending' ? 'hub-tone-breach' : ''}>
                    {t(`recallOutcome.${row.outcome}`)}
                  </span>
                ),
              },
              { title: t('recall.decidedAt'), text: (row) => dateTime(row.decidedAt) },
              {
                title: '',
                render: (row) =>
                  open.includes(row) && (
                    <Button size="small" onClick={() => setSettling([row])}>
                      {t('recall.resolve')}
                    </Button>
                  ),
              },
            ]}
          />
        </section>
        <section className="hub-panel">
          <ListTable
            name={`${data.number}-patients`}
            rowKey="code"
            heading={t('recall.patients')}
            rows={data.patients}
            empty={t('recall.noPatients')}
            columns={[
              {
                title: t('trace.patient'),
                person: true,
                text: (row) => row.patientName ?? t('recall.unnamed'),
                render: (row) =>
                  row.patientId ? (
                    <Link to={`/sterilization/trace?patient=${row.patientId}`}>{row.patientName}</Link>
                  ) : (
                    t('recall.unnamed')
                  ),
              },
              { title: t('recall.visit'), text: (row) => row.visit },
              { title: t('trace.usedAt'), text: (row) => dateTime(row.usedAt) },
              { title: t('request.site'), text: (row) => row.institutionName },
              { title: t('pack.code'), text: (row) => row.code },
              { title: t('pack.name'), text: (row) => row.setName },
              { title: t('load.number'), text: (row) => row.loadNumber },
            ]}
          />
        </section>
        {data.blocks.map((block) => (
          <section key={block.id} className="hub-panel">
            <h2 className="hub-title">{t('recall.machineBack', { machine: data.machineCode })}</h2>
            <p className="hub-quiet">{requiredText(block, t)}</p>
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
      {settling && (
        <SettleDialog
          recallId={data.id}
          items={settling}
          onClose={() => {
            setSettling(null);
            setPicked([]);
          }}
        />
      )}
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
