import { percent } from '../types.ts';
import type { OverviewRow } from './types.ts';

const WIDTH = 120;
const HEIGHT = 18;

/** Where a share lies: its 95 % interval as a band, the share as a mark, the target as a line. The scale is cut where all lies at one end. */
export function TargetBar({ row }: { row: OverviewRow }) {
  if (row.share === null || row.low === null || row.high === null) return null;
  const values = [row.low, row.high, ...(row.target === null ? [] : [row.target])];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const from = Math.max(0, least - 0.02 - (most - least) * 0.1);
  const to = Math.min(1, most + 0.02 + (most - least) * 0.1);
  const x = (share: number) => 1 + ((share - from) / (to - from)) * (WIDTH - 2);
  const label = `${percent(row.share)} (${percent(row.low)} – ${percent(row.high)})`;
  return (
    <svg
      className={`quality-bar quality-${row.verdict}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <line className="quality-bar-axis" x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <rect
        className="quality-bar-band"
        x={x(row.low)}
        width={Math.max(2, x(row.high) - x(row.low))}
        y={6}
        height={6}
      />
      <rect className="quality-bar-mark" x={x(row.share) - 1.5} width={3} y={3} height={12} />
      {row.target !== null && (
        <line className="quality-bar-target" x1={x(row.target)} x2={x(row.target)} y1={0} y2={HEIGHT} />
      )}
    </svg>
  );
}
