import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { Chart } from '../../../shell/Chart.tsx';
import { dateTime } from '../../../shell/format.ts';
import { FigureTable } from '../FigureTable.tsx';

interface Reader {
  staffId: string;
  name: string;
  title: string | null;
  written: number;
  signed: number;
  weighted: number;
  emergencies: number;
  medianMinutes: number | null;
  onShift: number;
  shiftHours: number;
}
interface Shift {
  id: string;
  name: string;
  center: string | null;
  duty: string;
  startsAt: string;
  endsAt: string;
  signed: number;
}

/** Reports written and signed, weighted, by reader and by shift. */
export function Workload({ filter }: { filter: string }) {
  const { t } = useTranslation(['quality', 'shell']);
  const load = useQuery({
    queryKey: ['work', 'load', filter],
    queryFn: () => get<{ readers: Reader[]; shifts: Shift[] }>(`/api/work/load${filter}`),
  });
  const readers = load.data?.readers;
  return (
    <>
      <p className="hub-quiet">{t('work.about')}</p>
      {readers && readers.length > 0 && (
        <Chart
          title={t('work.weighted')}
          height={200}
          table={{
            columns: [t('work.reader'), t('work.weighted'), t('work.perHour')],
            rows: readers.map((row) => [
              row.name,
              row.weighted,
              row.shiftHours > 0 ? (row.weighted / row.shiftHours).toFixed(1) : '—',
            ]),
          }}
          option={{
            tooltip: { trigger: 'axis' },
            xAxis: { type: 'category', data: readers.map((row) => row.name) },
            yAxis: { type: 'value' },
            series: [{ type: 'bar', barMaxWidth: 56, data: readers.map((row) => row.weighted) }],
          }}
        />
      )}
      <FigureTable<Reader>
        title={t('work.readers')}
        rows={readers}
        error={load.error}
        rowKey={(row) => row.staffId}
        empty={t('work.none')}
        columns={[
          { title: t('work.reader'), text: (row) => `${row.name} ${row.title ?? ''}` },
          { title: t('work.written'), number: true, text: (row) => row.written },
          { title: t('work.signed'), number: true, text: (row) => row.signed },
          { title: t('work.weighted'), number: true, text: (row) => row.weighted },
          { title: t('work.emergencies'), number: true, text: (row) => row.emergencies },
          {
            title: t('work.median'),
            number: true,
            text: (row) => row.medianMinutes,
            render: (row) => row.medianMinutes?.toFixed(0) ?? '—',
          },
          {
            title: t('work.hours'),
            number: true,
            text: (row) => row.shiftHours,
            render: (row) => row.shiftHours.toFixed(1),
          },
          { title: t('work.onShift'), number: true, text: (row) => row.onShift },
        ]}
      />
      <FigureTable<Shift>
        title={t('work.shifts')}
        rows={load.data?.shifts}
        error={load.error}
        rowKey={(row) => row.id}
        empty={t('work.noShifts')}
        columns={[
          { title: t('work.reader'), text: (row) => row.name },
          { title: t('work.duty'), text: (row) => t(`work.duties.${row.duty}`) },
          { title: t('work.from'), text: (row) => dateTime(row.startsAt) },
          { title: t('work.to'), text: (row) => dateTime(row.endsAt) },
          { title: t('work.signed'), number: true, text: (row) => row.signed },
        ]}
      />
    </>
  );
}
