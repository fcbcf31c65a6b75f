import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
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
    <div className="hub-page hub-scroll">
      <ListTable<Row>
        name="recalls"
        rowKey="id"
        heading={t('nav.recalls')}
        rows={rows.data.items}
        empty={t('recall.none')}
        columns={[
          {
            title: t('recall.number'),
            text: (row) => row.number,
            render: (row) => <Link to={`/sterilization/recalls/${row.id}`}>{row.number}</Link>,
          },
          { title: t('recall.reason'), text: (row) => t(`recallReason.${row.reason}`) },
          {
            title: t('load.machine'),
            text: (row) =>
              `${row.machine}${row.machineStatus === 'ready' ? '' : ` · ${t(`status.${row.machineStatus}`)}`}`,
          },
          { title: t('recall.raisedAt'), text: (row) => dateTime(row.raisedAt) },
          { title: t('recall.packs'), text: (row) => row.packs, align: 'right' },
          {
            title: t('recall.open'),
            align: 'right',
            text: (row) => row.open,
            render: (row) => <span className={row.open > 0 ? 'hub-tone-breach' : ''}>{row.open}</span>,
          },
          { title: t('recall.used'), text: (row) => row.used, align: 'right' },
          {
            title: t('recall.unacknowledged'),
            align: 'right',
            text: (row) => row.unacknowledged,
            render: (row) => (
              <span className={row.unacknowledged > 0 ? 'hub-tone-breach' : ''}>{row.unacknowledged}</span>
            ),
          },
          {
            title: t('recall.state'),
            text: (row) =>
              row.closedAt ? t('recall.closed', { at: dateTime(row.closedAt) }) : t('recall.running'),
            render: (row) =>
              row.closedAt ? (
                t('recall.closed', { at: dateTime(row.closedAt) })
              ) : (
                <b className="hub-tone-breach">{t('recall.running')}</b>
              ),
          },
        ]}
      />
    </div>
  );
}
