import { useTranslation } from 'react-i18next';
import { Chart } from '../../../shell/Chart.tsx';
import { percent, type SiteFigure } from '../types.ts';

const STEPS = 60;
const HIGHEST = 100;

/** Limits of the funnel at a size: the county's share ± so many standard errors, in percent. */
const limit = (share: number, size: number, z: number): number =>
  Math.min(HIGHEST, Math.max(0, (share + z * Math.sqrt((share * (1 - share)) / size)) * 100));

const isOutside = (row: SiteFigure): boolean =>
  row.share !== null &&
  row.limits !== null &&
  (row.share < row.limits.low998 || row.share > row.limits.high998);

interface Props {
  share: number | null;
  rows: readonly SiteFigure[];
  onPick: (institutionId: string) => void;
}

/** Sites by size and share against what chance allows at that size; those outside are named. A click chooses the site. */
export function FunnelChart({ share, rows, onPick }: Props) {
  const { t } = useTranslation('quality');
  const largest = Math.max(1, ...rows.map((row) => row.denominator)) * 1.05;
  const sizes = Array.from({ length: STEPS }, (_, n) => Math.max(1, (largest * (n + 1)) / STEPS));
  const lowest = Math.min(...rows.map((row) => (row.share ?? 1) * 100), HIGHEST);
  const highest = Math.max(...rows.map((row) => (row.share ?? 0) * 100), 0);
  const line = (name: string, z: number, dashed: boolean) => ({
    type: 'line' as const,
    name,
    silent: true,
    showSymbol: false,
    data: sizes.map((size) => [size, limit(share ?? 0, size, z)]),
    lineStyle: { width: 1, color: '#8a94a0', ...(dashed && { type: 'dashed' as const }) },
  });
  return (
    <Chart
      title={t('funnel')}
      height={300}
      onPick={({ seriesName, dataIndex }) => {
        const row = seriesName === t('column.site') ? rows[dataIndex] : undefined;
        if (row) onPick(row.institutionId);
      }}
      table={{
        columns: [
          t('column.site'),
          t('column.numerator'),
          t('column.denominator'),
          t('column.share'),
          t('column.interval'),
          t('indicator.outlier'),
        ],
        rows: rows.map((row) => [
          row.institutionName,
          row.numerator,
          row.denominator,
          percent(row.share),
          `${percent(row.low)} – ${percent(row.high)}`,
          isOutside(row) ? t('indicator.outlier') : null,
        ]),
      }}
      option={{
        tooltip: {
          trigger: 'item',
          formatter: (params) => {
            const row = rows[(params as { dataIndex: number }).dataIndex];
            return row
              ? `${row.institutionName} ${percent(row.share)} (${row.numerator} / ${row.denominator})`
              : '';
          },
        },
        grid: { left: 48, right: 64, top: 28, bottom: 40 },
        xAxis: {
          type: 'value',
          name: t('column.denominator'),
          nameLocation: 'middle',
          nameGap: 24,
          max: Math.ceil(largest),
        },
        yAxis: {
          type: 'value',
          min: Math.max(0, Math.floor((lowest - 8) / 10) * 10),
          max: Math.min(HIGHEST, Math.ceil((highest + 8) / 10) * 10),
          name: '%',
        },
        series: [
          {
            type: 'scatter',
            name: t('column.site'),
            symbolSize: 9,
            data: rows.map((row) => ({
              name: row.institutionName,
              value: [row.denominator, (row.share ?? 0) * 100],
              ...(isOutside(row) && { symbol: 'diamond', symbolSize: 13, itemStyle: { color: '#d55e00' } }),
              label: {
                show: isOutside(row),
                formatter: row.institutionName,
                position: 'right' as const,
                fontSize: 12,
              },
            })),
            ...(share !== null && {
              markLine: {
                silent: true,
                symbol: 'none',
                label: { show: false },
                data: [{ yAxis: share * 100 }],
              },
            }),
          },
          ...(share === null
            ? []
            : [
                line('95 %', -1.96, true),
                line('95 %', 1.96, true),
                line('99.8 %', -3.09, false),
                line('99.8 %', 3.09, false),
              ]),
        ],
      }}
    />
  );
}
