import { useQuery } from '@tanstack/react-query';
import { Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../../api/client.ts';
import { dateTime } from '../../../shell/format.ts';
import { Failed, Loading } from '../../../shell/states.tsx';

interface Event {
  id: number;
  kind: string;
  at: string;
  note: string | null;
  actorName: string | null;
  documentName: string | null;
  documentAddress: string | null;
}

/** Every step of a ticket with who, when, what and the evidence; its cases below. */
export function TicketHistory({ id }: { id: string }) {
  const { t } = useTranslation(['quality', 'shell']);
  const history = useQuery({
    queryKey: ['tickets', id, 'history'],
    queryFn: () =>
      get<{ items: Event[]; detail: { orderIds?: string[] } | null }>(`/api/tickets/${id}/history`),
  });
  if (history.isPending) return <Loading />;
  if (history.isError) return <Failed error={history.error} retry={() => void history.refetch()} />;
  const cases = history.data.detail?.orderIds ?? [];
  return (
    <>
      <Timeline
        items={history.data.items.map((each) => ({
          key: each.id,
          content: (
            <>
              <b>{t(`ticketEvent.${each.kind}`, { defaultValue: each.kind })}</b>{' '}
              <span className="hub-quiet">
                {dateTime(each.at)} {each.actorName ?? t('ticketRule.byRule')}
              </span>
              {each.note && <p className="hub-prewrap">{each.note}</p>}
              {each.documentAddress && (
                <a href={`/api/documents/${each.documentAddress}`} target="_blank" rel="noreferrer">
                  {each.documentName}
                </a>
              )}
            </>
          ),
        }))}
      />
      {cases.length > 0 && (
        <p>
          {t('cases')}:{' '}
          {cases.map((orderId, index) => (
            <Link key={orderId} to={`/orders/${orderId}`} style={{ marginRight: 8 }}>
              {index + 1}
            </Link>
          ))}
        </p>
      )}
    </>
  );
}
