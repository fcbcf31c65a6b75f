import { Input, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { may } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { useSession } from '../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useScanner } from '../../shell/useScanner.ts';
import { Outcome } from './Outcome.tsx';
import { PatientSearch } from './PatientSearch.tsx';
import type { PackEvent, TraceRow } from './types.ts';
import { useSterilization } from './useSterilization.ts';
import './sterilization.css';

interface Trace {
  subject: { kind: string; id: string; label: string };
  packs: (TraceRow & {
    instruments: { code: string; name: string; kind: string; lot: string }[];
    events: PackEvent[];
  })[];
  truncated: boolean;
}

/** From any code forwards to patients, or from a patient backwards: set, load, cycle, people, every step. */
export default function TracePage() {
  const { t } = useTranslation(['sterilization', 'shell']);
  const [search, setSearch] = useSearchParams();
  const code = search.get('code') ?? '';
  const patient = search.get('patient') ?? '';
  const session = useSession();
  const outcome = (value: string | null) => (value ? t(`outcome.${value}`) : '');
  const go = (value: string) => setSearch({ code: value.trim() });
  useScanner(go);
  const trace = useSterilization<Trace>(
    patient ? `trace/patient/${patient}` : `trace?code=${encodeURIComponent(code)}`,
    patient !== '' || code !== '',
    false,
  );
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.trace')}</h1>
        <Input.Search
          key={code}
          style={{ width: 420 }}
          defaultValue={code}
          placeholder={t('trace.placeholder')}
          onSearch={go}
          enterButton={t('trace.go')}
          autoFocus={code === '' && patient === ''}
        />
        {trace.data && (
          <b>
            {t(`trace.kind.${trace.data.subject.kind}`)} {trace.data.subject.label} ·{' '}
            {t('trace.count', { n: trace.data.packs.length })}{' '}
            {trace.data.truncated && <span className="hub-tone-warn">{t('trace.truncated')}</span>}
          </b>
        )}
      </div>
      <div className="hub-scroll">
        {code === '' && patient === '' ? (
          <>
            <Empty text={t('trace.empty')} />
            {may(session, 'patient.read') && <PatientSearch />}
          </>
        ) : trace.isPending ? (
          <Loading />
        ) : trace.isError ? (
          <Failed error={trace.error} retry={() => void trace.refetch()} />
        ) : (
          <ListTable<Trace['packs'][number]>
            name="trace"
            rowKey="packId"
            empty={t('trace.never')}
            rows={trace.data.packs}
            expand={{ render: (row) => <Steps row={row} />, openAll: trace.data.packs.length === 1 }}
            columns={[
              {
                title: t('pack.code'),
                text: (row) => row.code,
                render: (row) => <Link to={`?code=${row.code}`}>{row.code}</Link>,
              },
              { title: t('pack.name'), text: (row) => row.setName },
              {
                title: t('pack.tray'),
                text: (row) => row.trayCode,
                render: (row) =>
                  row.trayCode && (
                    <Link to={`?code=${encodeURIComponent(row.trayCode)}`}>{row.trayCode}</Link>
                  ),
              },
              {
                title: t('pack.state'),
                text: (row) => t(`state.${row.state}`),
                render: (row) => (
                  <span className={row.state === 'recalled' ? 'hub-tone-breach' : ''}>
                    {t(`state.${row.state}`)}
                  </span>
                ),
              },
              {
                title: t('trace.patient'),
                person: true,
                text: (row) => (row.patientId ? `${row.patientName ?? ''} ${row.visit ?? ''}` : ''),
                render: (row) =>
                  row.patientId && (
                    <Link to={`?patient=${row.patientId}`}>
                      {row.patientName} {row.visit}
                    </Link>
                  ),
              },
              {
                title: t('trace.usedAt'),
                text: (row) =>
                  row.usedAt
                    ? `${dateTime(row.usedAt)} ${row.institutionName ?? ''} ${row.usedBy ?? ''}`
                    : (row.institutionName ?? ''),
              },
              {
                title: t('trace.wash'),
                text: (row) => (row.washNumber ? `${row.washNumber} A0 ${row.washA0 ?? '—'}` : ''),
                render: (row) =>
                  row.washNumber && (
                    <>
                      <Link to={`?code=${row.washNumber}`}>{row.washNumber}</Link> A0 {row.washA0 ?? '—'}
                    </>
                  ),
              },
              {
                title: t('load.number'),
                text: (row) => row.loadNumber,
                render: (row) =>
                  row.loadId && <Link to={`/sterilization/loads/${row.loadId}`}>{row.loadNumber}</Link>,
              },
              {
                title: t('indicator.physical'),
                text: (row) => outcome(row.physicalOutcome),
                render: (row) => <Outcome value={row.physicalOutcome} />,
              },
              {
                title: t('indicator.biological'),
                text: (row) => outcome(row.biologicalOutcome),
                render: (row) => <Outcome value={row.biologicalOutcome} />,
              },
              {
                title: t('trace.people'),
                text: (row) =>
                  [row.packedBy, row.checkedBy, row.operator, row.releasedBy].filter(Boolean).join(' / '),
              },
              { title: t('pack.expiresOn'), text: (row) => row.expiresOn },
            ]}
          />
        )}
      </div>
    </div>
  );
}

function Steps({ row }: { row: Trace['packs'][number] }) {
  const { t } = useTranslation('sterilization');
  return (
    <div className="cssd-trace">
      {row.instruments.length > 0 && (
        <p>
          {t('trace.instruments')}:
          {row.instruments.map((one) => (
            <span key={one.code} className="cssd-chip">
              {one.name} <Link to={`?code=${encodeURIComponent(one.code)}`}>{one.code}</Link> {one.lot}
            </span>
          ))}
        </p>
      )}
      <Timeline
        items={row.events.map((event) => ({
          content: (
            <>
              <b>{t(`event.${event.kind}`, { defaultValue: event.kind })}</b>{' '}
              <span className="hub-num">{dateTime(event.at)}</span> {event.staff} · {event.institution}{' '}
              {event.station} {event.machine ?? ''}
              {event.deviceAt && Math.abs(Date.parse(event.deviceAt) - Date.parse(event.at)) > 60_000 && (
                <span className="hub-quiet"> {t('trace.deviceTime', { at: dateTime(event.deviceAt) })}</span>
              )}
            </>
          ),
        }))}
      />
    </div>
  );
}
