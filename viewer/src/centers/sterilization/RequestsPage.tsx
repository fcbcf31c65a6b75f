import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime, remaining } from '../../shell/format.ts';
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
          <Table<Row>
            size="small"
            rowKey="orderId"
            pagination={false}
            dataSource={rows.data.items}
            columns={[
              {
                title: t('request.number'),
                render: (_, row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
              },
              { title: t('request.site'), dataIndex: 'institution' },
              {
                title: t('request.priority'),
                render: (_, row) => (
                  <span className={row.priority === 'routine' ? '' : 'hub-tone-warn'}>
                    {t(`shell:priority.${row.priority}`)}
                  </span>
                ),
              },
              { title: t('request.neededOn'), dataIndex: 'neededOn' },
              {
                title: t('request.lines'),
                render: (_, row) =>
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
                render: (_, row) =>
                  t(`orderState.${row.status}`, { defaultValue: t(`shell:status.${row.status}`) }),
              },
              { title: t('pack.due'), render: (_, row) => remaining(row.dueAt, now, t) },
              { title: t('request.at'), render: (_, row) => dateTime(row.createdAt) },
            ]}
          />
        )}
      </div>
    </div>
  );
}
