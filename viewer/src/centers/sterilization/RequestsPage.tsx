import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime, remaining } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useNow } from '../../shell/useNow.ts';
import { useSterilization } from './useSterilization.ts';
import './sterilization.css';

interface Row {
  orderId: string;
  accessionNumber: string;
  status: string;
  priority: string;
  institution: string;
  dueAt: string | null;
  createdAt: string;
  neededOn: string;
  lines: { code: string; name: string; quantity: number; sent: number; inStore: number }[];
}

/** What the sites asked for: by day needed, with what is sent and what stands in the store. */
export default function RequestsPage() {
  const { t } = useTranslation(['sterilization', 'shell']);
  const now = useNow();
  const rows = useSterilization<{ items: Row[] }>('requests');
  if (rows.isPending) return <Loading />;
  if (rows.isError) return <Failed error={rows.error} retry={() => void rows.refetch()} />;
  return (
    <div className="hub-page">
      <h1>{t('nav.requests')}</h1>
      <div className="hub-scroll">
        {rows.data.items.length === 0 ? (
          <Empty text={t('request.none')} />
        ) : (
          <ListTable<Row>
            name="requests"
            rowKey="orderId"
            empty={t('request.none')}
            rows={rows.data.items}
            columns={[
              {
                title: t('request.number'),
                render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
              },
              { title: t('request.site'), text: (row) => row.institution },
              {
                title: t('request.priority'),
                render: (row) => (
                  <span className={row.priority === 'routine' ? '' : 'hub-tone-warn'}>
                    {t(`shell:priority.${row.priority}`)}
                  </span>
                ),
              },
              { title: t('request.neededOn'), text: (row) => row.neededOn },
              {
                title: t('request.lines'),
                render: (row) =>
                  row.lines.map((line) => (
                    <div key={line.code}>
                      {line.name}{' '}
                      <b>
                        {line.sent}/{line.quantity}
                      </b>{' '}
                      <span
                        className={line.inStore < line.quantity - line.sent ? 'hub-tone-warn' : 'hub-quiet'}
                      >
                        {t('request.inStore', { n: line.inStore })}
                      </span>
                    </div>
                  )),
              },
              {
                title: t('request.state'),
                render: (row) =>
                  t(`orderState.${row.status}`, { defaultValue: t(`shell:status.${row.status}`) }),
              },
              { title: t('pack.due'), render: (row) => remaining(row.dueAt, now, t) },
              { title: t('request.at'), render: (row) => dateTime(row.createdAt) },
            ]}
          />
        )}
      </div>
    </div>
  );
}
