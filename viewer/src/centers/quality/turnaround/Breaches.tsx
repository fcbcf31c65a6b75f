import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { FigureTable } from '../FigureTable.tsx';
import { clockColumns, type ClockCase } from './clockColumns.tsx';

interface Breach extends ClockCase {
  targetMinutes: number;
  elapsedMinutes: number | null;
  pausedMinutes: number;
  pauseReasons: string | null;
}

/** Promises that were broken in the span, with what paused them, newest first. */
export function Breaches({ query }: { query: string }) {
  const { t } = useTranslation(['quality', 'shell']);
  const breaches = useQuery({
    queryKey: ['quality', 'breaches', query],
    queryFn: () => get<{ items: Breach[] }>(`/api/quality/breaches?${query}`),
  });
  const words = (reasons: string | null) =>
    (reasons ?? '')
      .split('、')
      .filter(Boolean)
      .map((reason) => t(`shell:reasons.return.${reason}`, { defaultValue: reason }))
      .join('、');
  return (
    <FigureTable<Breach>
      title={t('breaches')}
      rows={breaches.data?.items}
      error={breaches.error}
      rowKey={(row) => row.orderId + row.policy}
      empty={t('noBreaches')}
      columns={[
        ...clockColumns(t),
        { title: t('column.target'), number: true, text: (row) => row.targetMinutes },
        {
          title: t('column.elapsed'),
          number: true,
          text: (row) => row.elapsedMinutes,
          render: (row) => (row.elapsedMinutes === null ? t('running') : row.elapsedMinutes.toFixed(0)),
        },
        { title: t('column.paused'), number: true, text: (row) => row.pausedMinutes },
        { title: t('column.pauseReasons'), text: (row) => words(row.pauseReasons) || '—' },
      ]}
    />
  );
}
