import { Button, Descriptions } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { post } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { DangerDialog } from '../../../shell/DangerDialog.tsx';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { Outcome } from '../Outcome.tsx';
import type { LoadDetail, TraceRow } from '../types.ts';
import { useSterilization } from '../useSterilization.ts';
import { CycleCurve } from './CycleCurve.tsx';
import { EndLoadDialog } from './EndLoadDialog.tsx';
import { IndicatorsPane } from './IndicatorsPane.tsx';
import { ReleaseDialog } from './ReleaseDialog.tsx';
import { TestResultPane } from './TestResultPane.tsx';
import { stateKey } from './stateKey.ts';
import '../sterilization.css';

/** One load: cycle with curve and limits, indicators, packs; what is missing for its release, and the release. */
export default function LoadPage() {
  const { loadId } = useParams();
  const { t } = useTranslation(['sterilization', 'shell']);
  const load = useSterilization<LoadDetail>(`loads/${loadId ?? ''}`);
  const session = useSession();
  const navigate = useNavigate();
  const [recalling, setRecalling] = useState(false);
  const [dialog, setDialog] = useState<'end' | 'release' | null>(null);
  if (load.isPending) return <Loading />;
  if (load.isError) return <Failed error={load.error} retry={() => void load.refetch()} />;
  const { data } = load;
  const figures = Object.entries(data.cycle?.parameters ?? {}).filter(
    ([, value]) => typeof value === 'number',
  );
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <Link to="/sterilization/loads">{t('nav.loads')}</Link>
        <h1 className="hub-title">{data.number}</h1>
        <b className={data.state === 'failed' || data.state === 'recalled' ? 'hub-tone-breach' : ''}>
          {t(stateKey(data))}
        </b>
        {data.hasImplant && <span className="cssd-chip">{t('pack.implant')}</span>}
        <span className="hub-grow" />
        {data.state === 'running' && (
          <Button type="primary" onClick={() => setDialog('end')}>
            {t('load.end')}
          </Button>
        )}
        {data.state === 'ended' && data.purpose === 'production' && (
          <Button type="primary" onClick={() => setDialog('release')}>
            {t('release.title')}
          </Button>
        )}
        {data.release && (
          <Button href={`/api/sterilization/loads/${data.id}/release.pdf`} target="_blank">
            {t('release.document')}
          </Button>
        )}
        {data.state !== 'running' && data.purpose === 'production' && may(session, 'report.verify') && (
          <Button danger onClick={() => setRecalling(true)}>
            {t('recall.decide')}
          </Button>
        )}
        {data.cycle?.printOutId && (
          <Button href={`/api/sterilization/print-outs/${data.cycle.printOutId}/original`} target="_blank">
            {t('load.original')}
          </Button>
        )}
      </div>
      <div className="hub-scroll cssd-stack">
        <section className="hub-panel">
          <Descriptions
            size="small"
            column={4}
            items={[
              { key: 'm', label: t('load.machine'), children: `${data.machine} ${data.machineName}` },
              { key: 'p', label: t('load.programme'), children: data.programme.name },
              { key: 's', label: t('load.startedAt'), children: dateTime(data.startedAt) },
              { key: 'e', label: t('load.endedAt'), children: dateTime(data.endedAt) },
              { key: 'o', label: t('load.operator'), children: data.operator },
              {
                key: 'ph',
                label: t('indicator.physical'),
                children: <Outcome value={data.cycle?.outcome} />,
              },
              ...figures.map(([name, value]) => ({
                key: name,
                label: t(`parameter.${name}`),
                children: value,
              })),
              ...(data.release
                ? [
                    {
                      key: 'r',
                      label: t('release.by'),
                      children: `${data.release.by} ${dateTime(data.release.at)} · ${t(`release.${data.release.kind}`)}`,
                    },
                  ]
                : []),
              ...(data.followUp
                ? [
                    {
                      key: 'f',
                      label: t('release.followUp'),
                      children: data.followUp.reportedAt
                        ? `${t(`outcome.${data.followUp.outcome ?? 'pending'}`)} → ${data.followUp.reportedTo ?? ''}`
                        : t('release.followUpDue', { at: dateTime(data.followUp.dueAt) }),
                    },
                  ]
                : []),
            ]}
          />
          {data.cycle?.findings.map((finding) => (
            <p key={finding.parameter + finding.problem} className="hub-tone-breach">
              {t(`finding.${finding.problem}`, {
                name: t(`parameter.${finding.parameter}`),
                value: finding.value ?? '—',
                limit: finding.limit ?? '—',
              })}
            </p>
          ))}
          {data.cycle?.curve && data.cycle.curve.length > 1 && (
            <CycleCurve curve={data.cycle.curve} programme={data.programme} />
          )}
        </section>
        {data.purpose === 'bowie-dick' || data.purpose === 'leak' ? (
          <TestResultPane load={data} />
        ) : (
          <IndicatorsPane load={data} />
        )}
        <section className="hub-panel">
          <ListTable<TraceRow>
            name={`${data.number}-packs`}
            rowKey="packId"
            heading={t('load.packs', { n: data.packs.length })}
            rows={data.packs}
            empty={t('load.noPacks')}
            columns={[
              {
                title: t('pack.code'),
                text: (row) => row.code,
                render: (row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
              },
              { title: t('pack.name'), text: (row) => row.setName },
              { title: t('pack.tray'), text: (row) => row.trayCode },
              { title: t('pack.state'), text: (row) => t(`state.${row.state}`) },
              { title: t('pack.packedBy'), text: (row) => row.packedBy },
              { title: t('pack.expiresOn'), text: (row) => row.expiresOn },
              { title: t('pack.location'), text: (row) => row.institutionName },
              { person: true, title: t('trace.patient'), text: (row) => row.patientName },
            ]}
          />
        </section>
      </div>
      {dialog === 'end' && (
        <EndLoadDialog
          load={{
            ...data,
            programme: data.programme.name,
            minutes: data.programme.minutes,
            a0: null,
            physicalOutcome: null,
            biologicalOutcome: null,
            outerOutcome: null,
            releaseKind: null,
            packs: data.packs.length,
          }}
          kind="sterilization"
          onClose={() => setDialog(null)}
        />
      )}
      <DangerDialog
        open={recalling}
        title={`${t('recall.decide')} · ${data.number}`}
        consequence={t('recall.decideConsequence', { machine: data.machine })}
        reasons={(['bowie-dick', 'other'] as const).map((code) => ({
          code,
          label: t(`recallReason.${code}`),
          needsNote: true,
        }))}
        okText={t('recall.decide')}
        onOk={async ({ code, note }) => {
          const made = await post<{ id: string }>('/api/sterilization/decide-recall', {
            loadId: data.id,
            reason: code,
            decision: note,
          });
          void navigate(`/sterilization/recalls/${made.id}`);
        }}
        onClose={() => setRecalling(false)}
      />
      {dialog === 'release' && <ReleaseDialog load={data} onClose={() => setDialog(null)} />}
    </div>
  );
}
