import { Drawer, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useSterilization } from './useSterilization.ts';

interface Incident {
  at: string;
  code: string;
  setName: string;
  trayCode: string | null;
  owner: string;
  location: string;
  detail: string;
  person: string | null;
  costFen: number | null;
}

const KIND_OF_FIGURE: Record<string, string> = {
  'turnaround-urgent-on-time': 'late',
  'turnaround-routine-on-time': 'late',
  'wet-packs': 'wet',
  rejected: 'rejected',
  missing: 'missing',
  damaged: 'damaged',
  lost: 'lost',
  overdue: 'overdue',
  expired: 'expired',
  'expired-cost': 'expired',
};

/** The kind of cases behind a figure; empty where a figure has none. */
export const isIncident = (figure: string): string => KIND_OF_FIGURE[figure] ?? '';

/** The cases behind a figure of delay, loss, waste or overdue returns. */
export function IncidentsDrawer({
  kind,
  from,
  to,
  onClose,
}: {
  kind: string;
  from: string;
  to: string;
  onClose: () => void;
}) {
  const { t } = useTranslation('sterilization');
  const cases = useSterilization<{ items: Incident[] }>(
    `incidents?kind=${encodeURIComponent(kind)}&from=${from}&to=${to}`,
    true,
    false,
  );
  const detail = (row: Incident) =>
    kind === 'rejected' || kind === 'wet' || kind === 'expired'
      ? t(`defect.${row.detail}`, { defaultValue: row.detail })
      : row.detail;
  const rows = cases.data?.items ?? [];
  return (
    <Drawer
      open
      size={980}
      title={`${t(`incident.${kind}`)} · ${t('catalogue.count', { n: rows.length })}`}
      onClose={onClose}
      extra={
        <ExportButton
          name={`sterilization-${kind}`}
          rows={rows}
          columns={[
            { title: t('incident.at'), text: (row: Incident) => dateTime(row.at) },
            { title: t('pack.code'), text: (row: Incident) => row.code },
            { title: t('pack.name'), text: (row: Incident) => row.setName },
            { title: t('pack.owner'), text: (row: Incident) => row.owner },
            { title: t('pack.location'), text: (row: Incident) => row.location },
            { title: t('incident.detail'), text: detail },
            {
              title: t('figure.cost'),
              text: (row: Incident) => (row.costFen === null ? '' : (row.costFen / 100).toFixed(2)),
            },
          ]}
        />
      }
    >
      {cases.isPending ? (
        <Loading />
      ) : cases.isError ? (
        <Failed error={cases.error} retry={() => void cases.refetch()} />
      ) : rows.length === 0 ? (
        <Empty text={t('incident.none')} />
      ) : (
        <Table<Incident>
          size="small"
          rowKey={(row) => row.code + row.at + row.detail}
          pagination={{ pageSize: 50, hideOnSinglePage: true }}
          dataSource={rows}
          columns={[
            {
              title: t('incident.at'),
              sorter: (a, b) => a.at.localeCompare(b.at),
              render: (_, row) => dateTime(row.at),
            },
            {
              title: t('pack.code'),
              render: (_, row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
            },
            { title: t('pack.name'), render: (_, row) => `${row.setName} ${row.trayCode ?? ''}` },
            { title: t('pack.owner'), dataIndex: 'owner' },
            { title: t('pack.location'), dataIndex: 'location' },
            { title: t('incident.detail'), render: (_, row) => detail(row) },
            { title: t('record.who'), dataIndex: 'person' },
            {
              title: t('figure.cost'),
              align: 'right',
              render: (_, row) => (row.costFen === null ? '' : (row.costFen / 100).toFixed(2)),
            },
          ]}
        />
      )}
    </Drawer>
  );
}
