import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
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
  'turnaround-urgent-median': 'ready&urgent=true',
  'turnaround-urgent-p90': 'ready&urgent=true',
  'turnaround-routine-median': 'ready&urgent=false',
  'turnaround-routine-p90': 'ready&urgent=false',
  'wash-pass': 'wash-failed',
  'sterilization-pass': 'load-failed',
  'biological-pass': 'biological-failed',
  'use-recorded': 'unrecorded',
  'wet-packs': 'wet',
  rejected: 'rejected',
  missing: 'missing',
  damaged: 'damaged',
  lost: 'lost',
  overdue: 'overdue',
  expired: 'expired',
  'expired-cost': 'expired',
};

/** The query of the cases behind a figure; empty where a figure has none. */
export const isIncident = (figure: string): string => KIND_OF_FIGURE[figure] ?? '';

/** The cases behind a figure of delay, loss, waste or overdue returns. */
export function IncidentsDrawer({
  part,
  from,
  to,
  onClose,
}: {
  /** Query that names the part of the figure: `kind=…`, with site, set type, run or person where it has one. */
  part: URLSearchParams;
  from: string;
  to: string;
  onClose: () => void;
}) {
  const { t } = useTranslation('sterilization');
  const cases = useSterilization<{ items: Incident[] }>(
    `incidents?${part.toString()}&from=${from}&to=${to}`,
    true,
    false,
  );
  const kind = part.get('kind') ?? '';
  const of = ['institution', 'setType', 'number', 'staff', 'act'].flatMap((name) => {
    const value = part.get(name);
    return value ? [name === 'act' ? t(`act.${value}`) : value] : [];
  });
  const detail = (row: Incident) =>
    kind === 'load-failed'
      ? row.detail
          .split(' ')
          .map((name) => t(`indicator.${name}`, { defaultValue: name }))
          .join('、')
      : kind === 'rejected' || kind === 'wet' || kind === 'expired'
        ? t(`defect.${row.detail}`, { defaultValue: row.detail })
        : row.detail;
  const rows = cases.data?.items ?? [];
  return (
    <Drawer
      open
      size={980}
      title={[t(`incident.${kind}`), ...of, t('catalogue.count', { n: rows.length })].join(' · ')}
      onClose={onClose}
    >
      {cases.isPending ? (
        <Loading />
      ) : cases.isError ? (
        <Failed error={cases.error} retry={() => void cases.refetch()} />
      ) : (
        <ListTable<Incident & { key: string }>
          name={`sterilization-${kind}`}
          rowKey="key"
          empty={t('incident.none')}
          rows={rows.map((row) => ({ ...row, key: `${row.code} ${row.at} ${row.detail}` }))}
          columns={[
            {
              title: t('incident.at'),
              render: (row) => dateTime(row.at),
            },
            {
              title: t('pack.code'),
              render: (row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
            },
            { title: t('pack.name'), render: (row) => `${row.setName} ${row.trayCode ?? ''}` },
            { title: t('pack.owner'), text: (row) => row.owner },
            { title: t('pack.location'), text: (row) => row.location },
            { title: t('incident.detail'), render: (row) => detail(row) },
            { title: t('record.who'), text: (row) => row.person },
            {
              title: t('figure.cost'),
              align: 'right',
              render: (row) => (row.costFen === null ? '' : (row.costFen / 100).toFixed(2)),
            },
          ]}
        />
      )}
    </Drawer>
  );
}
