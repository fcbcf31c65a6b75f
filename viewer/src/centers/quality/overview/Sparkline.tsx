import { useTranslation } from 'react-i18next';
import { percent } from '../types.ts';
import type { OverviewRow } from './types.ts';

const WIDTH = 132;
const HEIGHT = 28;
const EDGE = 3;
/** Narrower spans than this would make noise look like a fall. */
const LEAST_RANGE = 0.04;

/** Twelve months of one indicator as a line, with its target; the last month is still running. */
export function Sparkline({ row }: { row: OverviewRow }) {
  const { t } = useTranslation('quality');
  const points = row.months.flatMap((month, n) =>
    month.denominator > 0 ? [{ n, month: month.month, share: month.numerator / month.denominator }] : [],
  );
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return <span className="hub-quiet">—</span>;
  const values = [...points.map((point) => point.share), ...(row.target === null ? [] : [row.target])];
  const middle = (Math.max(...values) + Math.min(...values)) / 2;
  const range = Math.max(LEAST_RANGE, Math.max(...values) - Math.min(...values));
  const x = (n: number) => EDGE + ((n - first.n) / Math.max(1, last.n - first.n)) * (WIDTH - 2 * EDGE);
  const y = (share: number) => HEIGHT / 2 - ((share - middle) / range) * (HEIGHT - 2 * EDGE);
  const label = `${first.month} ${percent(first.share)} → ${last.month} ${percent(last.share)}`;
  return (
    <svg className="quality-spark" width={WIDTH} height={HEIGHT} role="img" aria-label={`${t('overview.trend')}: ${label}`}>
      <title>{label}</title>
      {row.target !== null && (
        <line className="quality-spark-target" x1={0} x2={WIDTH} y1={y(row.target)} y2={y(row.target)} />
      )}
      <polyline points={points.map((point) => `${x(point.n)},${y(point.share)}`).join(' ')} />
      <circle cx={x(last.n)} cy={y(last.share)} r={2.5} />
    </svg>
  ); // prettier-ignore
}
