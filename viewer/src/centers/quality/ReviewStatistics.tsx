import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, query } from '../../api/client.ts';
import { Figure } from '../../shell/Figure.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { FigureTable } from './FigureTable.tsx';
import { percent } from './types.ts';

interface Interval {
  share: number | null;
  low: number | null;
  high: number | null;
}
interface Group {
  name: string;
  reviewed: number;
  grades: [number, number, number, number];
  discrepancy: Interval;
  writing: Interval;
  /** Share of graded images, traces or specimens that were good (甲). */
  input: Interval;
}
interface Statistics {
  all: Group | null;
  bySite: Group[];
  byWriter: Group[];
  agreement: { kappa: number; low: number; high: number; n: number } | null;
  counts: number[][];
}
const range = (each: Interval) =>
  each.share === null ? '—' : `${percent(each.share)} (${percent(each.low)}–${percent(each.high)})`;

/** Grades by site and writer with 95 % intervals, and how two blind readers agree. */
export function ReviewStatistics({ span }: { span: { from: string; to: string } }) {
  const { t } = useTranslation(['quality', 'shell']);
  const [center, setCenter] = useState('imaging');
  const statistics = useQuery({
    queryKey: ['quality', 'review-statistics', span, center],
    queryFn: () => get<Statistics>(`/api/quality/review-statistics${query({ ...span, center })}`),
  });
  if (statistics.isPending) return <Loading />;
  if (statistics.isError) return <Failed error={statistics.error} retry={() => void statistics.refetch()} />;
  const { all, agreement, bySite, byWriter } = statistics.data;
  const table = (title: string, rows: Group[]) => (
    <FigureTable<Group>
      title={title}
      rows={rows}
      rowKey={(row) => row.name}
      empty={t('review.noDecided')}
      columns={[
        { title, text: (row) => row.name || '—' },
        { title: t('review.reviewed'), number: true, text: (row) => row.reviewed },
        ...([0, 1, 2, 3] as const).map((index) => ({
          title: t(`grade.${index + 1}`),
          number: true,
          text: (row: Group) => row.grades[index],
        })),
        { title: t('review.discrepancy'), text: (row) => range(row.discrepancy) },
        { title: t('column.compliant'), text: (row) => range(row.writing) },
        { title: t('review.input.good'), text: (row) => range(row.input) },
      ]}
    />
  );
  return (
    <>
      <Segmented
        value={center}
        onChange={setCenter}
        aria-label={t('column.center')}
        options={['imaging', 'ecg', 'lab', 'pathology'].map((value) => ({
          value,
          label: t(`area.${value}`),
        }))}
      />
      <div className="hub-figures">
        <Figure
          title={t('review.discrepancy')}
          value={all?.discrepancy.share == null ? null : all.discrepancy.share * 100}
          digits={1}
          unit="%"
          better="down"
          period={all ? range(all.discrepancy) : ''}
          formula={t('review.discrepancyFormula')}
        />
        <Figure
          title={t('column.compliant')}
          value={all?.writing.share == null ? null : all.writing.share * 100}
          digits={1}
          unit="%"
          better="up"
          target={95}
          cases={all?.reviewed ?? 0}
          period={all ? range(all.writing) : ''}
          formula={t('review.writingFormula')}
        />
        <Figure
          title={t('review.kappa')}
          value={agreement?.kappa ?? null}
          digits={2}
          better="up"
          period={
            agreement
              ? `${agreement.low.toFixed(2)}–${agreement.high.toFixed(2)} · n = ${agreement.n}`
              : t('review.noPairs')
          }
          formula={t('review.kappaFormula')}
        />
      </div>
      {table(t('review.bySite'), bySite)}
      {table(t('review.byWriter'), byWriter)}
    </>
  );
}
