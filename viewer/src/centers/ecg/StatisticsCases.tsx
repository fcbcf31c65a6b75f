import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';

/** One figure of one site, as the statistics show it. */
export interface Chosen {
  institutionId: string;
  institutionName: string;
  figure: string;
  titleKey: string;
  from: string;
  to: string;
}

interface Case {
  id: string;
  at: string;
  orderId: string | null;
  accessionNumber: string | null;
  status: string | null;
  format: string | null;
  minutes: number | null;
  reason: string | null;
}

/** Which cases? The list behind a number, each with its order. */
export function StatisticsCases({ chosen, close }: { chosen: Chosen | null; close: () => void }) {
  const { t } = useTranslation(['ecg', 'shell']);
  const cases = useQuery({
    queryKey: ['ecg', 'statistics', 'cases', chosen],
    queryFn: async () => {
      if (!chosen) return [];
      const { institutionId, figure, from, to } = chosen;
      return (
        await get<{ items: Case[] }>(`/api/ecg/statistics/cases${query({ institutionId, figure, from, to })}`)
      ).items;
    },
    enabled: chosen !== null,
  });
  const title = chosen ? `${chosen.institutionName} · ${t(`ecg:${chosen.titleKey}`)}` : '';
  return (
    <Drawer open={chosen !== null} onClose={close} size={640} title={title}>
      {cases.isError ? (
        <Failed error={cases.error} retry={() => void cases.refetch()} />
      ) : cases.isPending ? (
        <Loading />
      ) : (
        <ListTable<Case>
          name={title}
          rowKey="id"
          rows={cases.data}
          pageSize={20}
          empty={t('ecg:statistics.noCases')}
          columns={[
            { title: t('ecg:unmatched.at'), text: (row) => dateTime(row.at), width: 140 },
            {
              title: t('ecg:upload.order'),
              text: (row) => row.accessionNumber ?? (row.orderId ? t('ecg:unmatched.open') : '—'),
              render: (row) =>
                row.orderId ? (
                  <Link to={`/orders/${row.orderId}`}>{row.accessionNumber ?? t('ecg:unmatched.open')}</Link>
                ) : (
                  '—'
                ),
            },
            {
              title: t('ecg:statement.state'),
              text: (row) =>
                row.status ? t(`shell:status.${row.status}`, { defaultValue: row.status }) : '—',
            },
            {
              title: t('ecg:statistics.detail'),
              wrap: 220,
              sortBy: (row) => row.minutes ?? row.reason ?? row.format,
              text: (row) =>
                row.reason ??
                (row.minutes === null
                  ? row.format
                    ? t(`ecg:format.${row.format}`)
                    : ''
                  : t('ecg:statistics.minutes', { n: row.minutes })),
            },
          ]}
        />
      )}
    </Drawer>
  );
}
