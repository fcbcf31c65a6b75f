import { useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { get } from '../../api/client.ts';
import type { Order, WorklistRow } from '../../api/types.ts';
import { OrderActions } from '../../shell/order/OrderActions.tsx';
import { DueRing, PatientStrip } from '../../shell/PatientStrip.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { firstPage, useRecording, useTrace } from './api.ts';
import './ecg.css';
import { hasChestPain, laneOrder } from './emergency.ts';
import EcgReport from './EcgReport.tsx';
import { FlagBar } from './FlagBar.tsx';
import { Paper } from './paper/Paper.tsx';
import { PaperToolbar } from './paper/PaperToolbar.tsx';
import { usePaperView } from './paper/usePaperView.ts';
import { StripPane } from './strip/StripPane.tsx';
import { TechniqueLine } from './TechniqueLine.tsx';
import type { RecordingSummary } from './types.ts';
import { FlagCell } from './worklistCells.tsx';

/** For a doctor on a phone at night: the list, the trace lead by lead, statements, signing. 390 px wide. */
export default function PhonePage() {
  const { orderId } = useParams();
  return (
    <main className="ecg-phone">
      {orderId ? <PhoneCase key={orderId} orderId={orderId} /> : <PhoneList />}
    </main>
  );
}

function PhoneList() {
  const { t } = useTranslation(['ecg', 'shell']);
  const navigate = useNavigate();
  const list = useQuery({
    queryKey: ['worklist', 'ecg', 'phone'],
    queryFn: async () => (await get<{ items: WorklistRow[] }>('/api/centers/ecg/worklist?limit=50')).items,
    refetchInterval: 20_000,
  });
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading rows={8} />;
  // emergencies first, chest pain before the others; the rest by due time
  const lane = laneOrder(list.data);
  const rows = [...lane, ...list.data.filter((row) => !lane.includes(row))];
  return (
    <>
      <h1 className="hub-title">{t('ecg:phone.title')}</h1>
      {list.data.length === 0 && <Empty text={t('ecg:phone.empty')} />}
      {rows.map((row) => {
        return (
          <button
            key={row.orderId}
            type="button"
            className={`ecg-phone-row${row.critical ? ' is-critical' : ''}`}
            onClick={() => void navigate(`/ecg/phone/${row.orderId}`)}
          >
            <strong>{row.patientName ?? row.accessionNumber}</strong> · {row.institutionName}
            <span style={{ float: 'right' }}>
              {row.dueAt && (
                <DueRing dueAt={row.dueAt} startAt={row.receivedAt ?? null} warnAt={row.warnAt ?? null} />
              )}
            </span>
            <br />
            {row.priority !== 'routine' && (
              <span className={`hub-priority hub-priority-${row.priority}`}>
                {t(`shell:priority.${row.priority}`)}{' '}
              </span>
            )}
            {hasChestPain(row) && <Tag color="error">{t('shell:flag.chest-pain')}</Tag>}
            <FlagCell orderId={row.orderId} />
          </button>
        );
      })}
    </>
  );
}

function PhoneCase({ orderId }: { orderId: string }) {
  const { t } = useTranslation('ecg');
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => get<Order>(`/api/orders/${orderId}`),
    gcTime: 0,
  });
  if (order.isError) return <Failed error={order.error} retry={() => void order.refetch()} />;
  if (!order.data) return <Loading rows={8} />;
  const reload = () => void order.refetch();
  const id = ((order.data.input?.recordings ?? []) as RecordingSummary[])[0]?.id;
  return (
    <>
      <Link to="/ecg/phone">← {t('phone.title')}</Link>
      <PatientStrip order={order.data}>
        <OrderActions order={order.data} reload={reload} />
      </PatientStrip>
      {id ? <PhoneTrace id={id} orderId={orderId} reload={reload} /> : <Empty text={t('noRecording')} />}
      <EcgReport order={order.data} reload={reload} />
    </>
  );
}

function PhoneTrace({ id, orderId, reload }: { id: string; orderId: string; reload: () => void }) {
  const { t } = useTranslation('ecg');
  const recording = useRecording(id);
  const traced = recording.data && !recording.data.picture ? recording.data : undefined;
  const trace = useTrace(traced?.id, traced && firstPage(traced));
  const [view, change] = usePaperView(true);
  const [caliper, setCaliper] = useState<'off' | 'measure' | 'march'>('off');
  const [offset, setOffset] = useState(0);
  const [atMs, setAtMs] = useState(0);
  const derived = useMemo(
    () => new Set((recording.data?.leads ?? []).filter((lead) => lead.derived).map((lead) => lead.name)),
    [recording.data],
  );
  if (recording.data?.picture)
    return <Button href={`/api/ecg/recordings/${id}/original`}>{t('picture')}</Button>;
  if (!recording.data || !trace.data) return <Loading rows={8} />;
  const long = recording.data.durationMs > 60_000;
  const flags = (
    <FlagBar
      recording={recording.data}
      {...(long && { go: setAtMs })}
      orderId={orderId}
      reload={() => {
        void recording.refetch();
        reload();
      }}
    />
  );
  if (long)
    return (
      <>
        {flags}
        <StripPane recording={recording.data} atMs={atMs} setAtMs={setAtMs} compact />
        <TechniqueLine recording={recording.data} />
      </>
    );
  return (
    <>
      {flags}
      <PaperToolbar
        view={view}
        change={change}
        leads={[...trace.data.leads.keys()]}
        caliper={caliper}
        setCaliper={setCaliper}
        compact
      />
      <div style={{ display: 'flex', height: '62vh' }}>
        <Paper
          trace={trace.data}
          view={view}
          derived={derived}
          beats={recording.data.automatic?.beats ?? []}
          caliper={caliper}
          offset={offset}
          pan={setOffset}
          label={t('paper.label', { leads: trace.data.leads.size })}
          minRowPx={64}
        />
      </div>
      <TechniqueLine recording={recording.data} />
    </>
  );
}
