import { Input, Table, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useScanner } from '../../shell/useScanner.ts';
import { Outcome } from './Outcome.tsx';
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
          <Empty text={t('trace.empty')} />
        ) : trace.isPending ? (
          <Loading />
        ) : trace.isError ? (
          <Failed error={trace.error} retry={() => void trace.refetch()} />
        ) : (
          <Table<Trace['packs'][number]>
            size="small"
            rowKey="packId"
            pagination={false}
            locale={{ emptyText: t('trace.never') }}
            dataSource={trace.data.packs}
            scroll={{ x: 'max-content' }}
            expandable={{
              expandedRowRender: (row) => <Steps row={row} />,
              defaultExpandAllRows: trace.data.packs.length === 1,
            }}
            columns={[
              { title: t('pack.code'), render: (_, row) => <Link to={`?code=${row.code}`}>{row.code}</Link> },
              { title: t('pack.name'), render: (_, row) => `${row.setName} ${row.trayCode ?? ''}` },
              {
                title: t('pack.state'),
                render: (_, row) => (
                  <span className={row.state === 'recalled' ? 'hub-tone-breach' : ''}>
                    {t(`state.${row.state}`)}
                  </span>
                ),
              },
              {
                title: t('trace.wash'),
                render: (_, row) => (row.washNumber ? `${row.washNumber} A0 ${row.washA0 ?? '—'}` : ''),
              },
              {
                title: t('load.number'),
                render: (_, row) =>
                  row.loadId ? <Link to={`/sterilization/loads/${row.loadId}`}>{row.loadNumber}</Link> : '',
              },
              { title: t('indicator.physical'), render: (_, row) => <Outcome value={row.physicalOutcome} /> },
              {
                title: t('indicator.biological'),
                render: (_, row) => <Outcome value={row.biologicalOutcome} />,
              },
              {
                title: t('trace.people'),
                render: (_, row) =>
                  [row.packedBy, row.checkedBy, row.operator, row.releasedBy].filter(Boolean).join(' / '),
              },
              { title: t('pack.expiresOn'), dataIndex: 'expiresOn' },
              {
                title: t('trace.patient'),
                render: (_, row) =>
                  row.patientId ? (
                    <Link to={`?patient=${row.patientId}`}>
                      {row.patientName} {row.visit}
                    </Link>
                  ) : (
                    ''
                  ),
              },
              {
                title: t('trace.usedAt'),
                render: (_, row) =>
                  row.usedAt
                    ? `${dateTime(row.usedAt)} ${row.institutionName ?? ''} ${row.usedBy ?? ''}`
                    : (row.institutionName ?? ''),
              },
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
          {row.instruments.map((one) => `${one.name} ${one.code}${one.lot ? ` ${one.lot}` : ''}`).join('、')}
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
