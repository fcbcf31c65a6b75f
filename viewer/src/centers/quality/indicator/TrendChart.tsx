import { useTranslation } from 'react-i18next';
import { Chart } from '../../../shell/Chart.tsx';
import { percent, type IndicatorFigure } from '../types.ts';

export interface TrendMonth {
  month: string;
  numerator: number;
  denominator: number;
}

/** Twelve months of an indicator with its target; how many cases stand behind each month as bars. */
export function TrendChart({ months, indicator }: { months: readonly TrendMonth[]; indicator: IndicatorFigure | undefined }) {
  const { t } = useTranslation('quality');
  const shares = months.map((row) =>
    row.denominator ? Math.round((row.numerator / row.denominator) * 1000) / 10 : null,
  );
  const target = indicator?.target == null ? null : indicator.target * 100;
  const known = [...shares.flatMap((share) => share ?? []), ...(target === null ? [] : [target])];
  return (
    <Chart
      title={t('trend')}
      height={300}
      table={{
        columns: [t('column.month'), t('column.numerator'), t('column.denominator'), t('column.share')],
        rows: months.map((row) => [
          row.month,
          row.numerator,
          row.denominator,
          percent(row.denominator ? row.numerator / row.denominator : null),
        ]),
      }}
      option={{
        tooltip: { trigger: 'axis' },
        grid: { left: 48, right: 48, top: 28, bottom: 32 },
        xAxis: { type: 'category', data: months.map((row) => row.month) },
        yAxis: [
          { type: 'value', name: '%', min: Math.max(0, Math.floor((Math.min(...known, 100) - 5) / 10) * 10), max: Math.min(100, Math.ceil((Math.max(...known, 0) + 5) / 10) * 10) },
          { type: 'value', name: t('column.cases'), splitLine: { show: false } },
        ],
        series: [
          { type: 'bar', name: t('column.cases'), yAxisIndex: 1, data: months.map((row) => row.denominator), itemStyle: { color: '#8a94a0', opacity: 0.28 }, barMaxWidth: 28 },
          {
            type: 'line',
            name: t('column.share'),
            data: shares,
            ...(target !== null && {
              markLine: { silent: true, symbol: 'none', label: { position: 'insideStartTop' as const, formatter: `${t('overview.target')} ${target} %` }, data: [{ yAxis: target }] },
            }),
          },
        ],
      }}
    />
  );
} // prettier-ignore
