import { useQuery } from '@tanstack/react-query';
import { Drawer, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Failed } from '../../shell/states.tsx';

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
  return (
    <Drawer
      open={chosen !== null}
      onClose={close}
      size={640}
      title={chosen ? `${chosen.institutionName} · ${t(`ecg:${chosen.titleKey}`)}` : ''}
    >
      {cases.isError ? (
        <Failed error={cases.error} retry={() => void cases.refetch()} />
      ) : (
        <Table
          size="small"
          rowKey="id"
          loading={cases.isPending}
          dataSource={cases.data ?? []}
          pagination={{ pageSize: 20, hideOnSinglePage: true }}
          columns={[
            { title: t('ecg:unmatched.at'), render: (_, row: Case) => dateTime(row.at), width: 140 },
            {
              title: t('ecg:upload.order'),
              render: (_, row: Case) =>
                row.orderId ? (
                  <Link to={`/orders/${row.orderId}`}>{row.accessionNumber ?? t('ecg:unmatched.open')}</Link>
                ) : (
                  '—'
                ),
            },
            {
              title: t('ecg:statement.state'),
              render: (_, row: Case) =>
                row.status ? t(`shell:status.${row.status}`, { defaultValue: row.status }) : '—',
            },
            {
              title: t('ecg:statistics.detail'),
              render: (_, row: Case) =>
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
