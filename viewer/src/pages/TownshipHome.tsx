import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { get, query } from '../api/client.ts';
import type { Page, WorklistRow } from '../api/types.ts';
import { may } from '../shell/access.ts';
import { dateTime, dueState, remaining } from '../shell/format.ts';
import { useSession } from '../shell/session.tsx';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { StatusWord } from '../shell/StatusWord.tsx';
import { unanswered, useCritical } from '../shell/useCritical.ts';
import { useHubEvents } from '../shell/useEvents.ts';
import { useKeys } from '../shell/useKeys.ts';
import { useNow } from '../shell/useNow.ts';

function useRows(key: string, status: string, sort: 'due' | 'newest') {
  return useQuery({
    queryKey: ['home', key],
    queryFn: () => get<Page<WorklistRow>>(`/api/orders${query({ status, sort, limit: 50 })}`),
    refetchInterval: 60_000,
  });
}

function OrderLine({ row, now }: { row: WorklistRow; now: number }) {
  const { t } = useTranslation('shell');
  const open = !['final', 'acknowledged', 'corrected', 'cancelled', 'void'].includes(row.status);
  return (
    <li>
      <Link to={`/orders/${row.orderId}`}>
        <b>{row.patientName ?? row.itemName}</b>
      </Link>
      <span className="hub-home-item">{row.patientName && row.itemName}</span>
      <span className="hub-num hub-quiet">{row.accessionNumber}</span>
      <StatusWord status={row.status} />
      {open && row.dueAt && (
        <span
          className={`hub-due hub-due-${dueState(row.dueAt, row.warnAt, now)}`}
          title={dateTime(row.dueAt)}
        >
          {remaining(row.dueAt, now, t)}
        </span>
      )}
    </li>
  );
}

/** Where the township's day starts: what needs an answer, what is under way, what came back. */
export default function TownshipHome() {
  const { t } = useTranslation(['home', 'shell']);
  const session = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const now = useNow();
  const attention = useRows('attention', 'awaiting-decision,returned', 'newest');
  const results = useRows('results', 'final,corrected', 'newest');
  const running = useRows('running', 'requested,acquired,received,claimed,preliminary,partial', 'due');
  const critical = unanswered(useCritical().data);
  useHubEvents((event) => {
    if (event.type.startsWith('order') || event.type === 'reset')
      void client.invalidateQueries({ queryKey: ['home'] });
  });
  const mayOrder = may(session, 'order.request');
  useKeys({
    n: { label: t('shell:rail.newOrder'), run: () => void navigate('/orders/new') },
    u: { label: t('shell:rail.upload'), run: () => void navigate('/upload') },
  });
  const sections = [
    { key: 'attention', list: attention, empty: t('attentionEmpty') },
    { key: 'results', list: results, empty: t('resultsEmpty') },
    { key: 'running', list: running, empty: t('runningEmpty') },
  ];
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('title', { name: session.institution.name })}</h1>
        <span className="hub-grow" />
        {mayOrder && (
          <Button type="primary" onClick={() => void navigate('/orders/new')}>
            {t('shell:rail.newOrder')}
          </Button>
        )}
        <Button onClick={() => void navigate('/upload')}>{t('shell:rail.upload')}</Button>
      </div>
      {critical.length > 0 && (
        <section className="hub-panel" aria-label={t('shell:rail.critical')}>
          <h2 className="hub-title hub-tone-breach">{t('criticalTitle', { n: critical.length })}</h2>
          <ul className="hub-hits">
            {critical.map((value) => (
              <li key={value.id}>
                <Link to={`/critical?id=${value.id}`}>
                  <b>{value.patientName ?? t('shell:patient.unknown')}</b>
                </Link>
                <span>{value.finding}</span>
                <span className="hub-num">{dateTime(value.foundAt)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className="hub-home">
        {sections.map(({ key, list, empty }) => (
          <section key={key} className="hub-panel" aria-label={t(key)}>
            <h2 className="hub-title">
              {t(key)} <span className="hub-quiet">{list.data?.items.length ?? ''}</span>
            </h2>
            {list.isPending ? (
              <Loading rows={3} />
            ) : list.isError ? (
              <Failed error={list.error} retry={() => void list.refetch()} />
            ) : list.data.items.length === 0 ? (
              <Empty text={empty} />
            ) : (
              <ul className="hub-home-list">
                {list.data.items.map((row) => (
                  <OrderLine key={row.orderId} row={row} now={now} />
                ))}
              </ul>
            )}
          </section>
        ))}
      </div>
    </div>
  );
}
