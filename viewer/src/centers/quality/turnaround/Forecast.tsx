import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { dateTime } from '../../../shell/format.ts';
import { FigureTable } from '../FigureTable.tsx';
import { clockColumns, type ClockCase } from './clockColumns.tsx';

interface Due extends ClockCase {
  dueAt: string;
  claimedBy: string | null;
}

/** Running clocks of the centre that will breach within the hour; asked again every minute. */
export function Forecast({ center }: { center: string }) {
  const { t } = useTranslation(['quality', 'shell']);
  const forecast = useQuery({
    queryKey: ['quality', 'forecast', center],
    queryFn: () => get<{ items: Due[] }>(`/api/quality/forecast?center=${center}`),
    refetchInterval: 60_000,
  });
  return (
    <FigureTable<Due>
      title={t('forecast')}
      rows={forecast.data?.items}
      error={forecast.error}
      rowKey={(row) => row.orderId + row.policy}
      empty={t('noForecast')}
      columns={[
        ...clockColumns(t),
        { title: t('column.due'), text: (row) => dateTime(row.dueAt) },
        { title: t('column.claimedBy'), text: (row) => row.claimedBy ?? '—' },
      ]}
    />
  );
}
