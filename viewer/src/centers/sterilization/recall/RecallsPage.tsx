import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../../shell/format.ts';
import { Empty, Failed, Loading } from '../../../shell/states.tsx';
import { useSterilization } from '../useSterilization.ts';
import '../sterilization.css';

interface Row {
  id: string;
  number: string;
  reason: string;
  machine: string;
  machineStatus: string;
  raisedAt: string;
  closedAt: string | null;
  packs: number;
  open: number;
  used: number;
  unacknowledged: number;
}

export default function RecallsPage() {
  const { t } = useTranslation('sterilization');
  const rows = useSterilization<{ items: Row[] }>('recalls');
  if (rows.isPending) return <Loading />;
  if (rows.isError) return <Failed error={rows.error} retry={() => void rows.refetch()} />;
  return (
    <div className="hub-page">
      <h1>{t('nav.recalls')}</h1>
      {rows.data.items.length === 0 ? (
        <Empty text={t('recall.none')} />
      ) : (
        <Table<Row>
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={rows.data.items}
          columns={[
            {
              title: t('recall.number'),
              render: (_, row) => <Link to={`/sterilization/recalls/${row.id}`}>{row.number}</Link>,
            },
            { title: t('recall.reason'), render: (_, row) => t(`recallReason.${row.reason}`) },
            {
              title: t('load.machine'),
              render: (_, row) =>
                `${row.machine}${row.machineStatus === 'ready' ? '' : ` · ${t(`status.${row.machineStatus}`)}`}`,
            },
            { title: t('recall.raisedAt'), render: (_, row) => dateTime(row.raisedAt) },
            { title: t('recall.packs'), dataIndex: 'packs', align: 'right' },
            {
              title: t('recall.open'),
              align: 'right',
              render: (_, row) => <span className={row.open > 0 ? 'hub-tone-breach' : ''}>{row.open}</span>,
            },
            { title: t('recall.used'), dataIndex: 'used', align: 'right' },
            {
              title: t('recall.unacknowledged'),
              align: 'right',
              render: (_, row) => (
                <span className={row.unacknowledged > 0 ? 'hub-tone-breach' : ''}>{row.unacknowledged}</span>
              ),
            },
            {
              title: t('recall.state'),
              render: (_, row) =>
                row.closedAt ? (
                  t('recall.closed', { at: dateTime(row.closedAt) })
                ) : (
                  <b className="hub-tone-breach">{t('recall.running')}</b>
                ),
            },
          ]}
        />
      )}
    </div>
  );
}
