import { useTranslation } from 'react-i18next';
import type { LongStrip } from '../types.ts';
import { columns, eventColumns } from './eventColumns.ts';

const height = 100;

/** Rate over the whole time: band of lowest and highest, line of the mean; a click goes there. */
export function TrendChart({
  strip,
  durationMs,
  atMs,
  go,
}: {
  strip: LongStrip;
  durationMs: number;
  atMs: number;
  go: (ms: number) => void;
}) {
  const { t } = useTranslation('ecg');
  const minutes = Math.max(1, durationMs / 60_000);
  const x = (minute: number): number => (minute / minutes) * columns;
  const y = (bpm: number): number => height - ((Math.min(200, Math.max(20, bpm)) - 20) / 180) * height;
  const points = strip.trend.filter((entry) => entry.meanBpm > 0);
  const band = `${points.map((entry) => `${x(entry.minute + 0.5)},${y(entry.highBpm)}`).join(' ')} ${[
    ...points,
  ]
    .reverse()
    .map((entry) => `${x(entry.minute + 0.5)},${y(entry.lowBpm)}`)
    .join(' ')}`;
  return (
    <svg
      className="ecg-strip-trend"
      viewBox={`0 0 ${columns} ${height}`}
      preserveAspectRatio="none"
      role="slider"
      tabIndex={0}
      aria-label={t('strip.trend')}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs / 1000)}
      aria-valuenow={Math.round(atMs / 1000)}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        go(((event.clientX - box.left) / box.width) * durationMs);
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') go(Math.min(durationMs, atMs + 60_000));
        else if (event.key === 'ArrowLeft') go(Math.max(0, atMs - 60_000));
      }}
    >
      {[40, 60, 100, 150].map((bpm) => (
        <line key={bpm} x1={0} x2={columns} y1={y(bpm)} y2={y(bpm)} stroke="var(--hub-line)" />
      ))}
      <polygon points={band} fill="var(--hub-selected)" />
      <polyline
        points={points.map((entry) => `${x(entry.minute + 0.5)},${y(entry.meanBpm)}`).join(' ')}
        fill="none"
        stroke="var(--hub-inHand)"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
      {/* over band and line; the lowest line has no label: events stand there */}
      {[60, 100, 150].map((bpm) => (
        <text key={bpm} x={2} y={y(bpm) - 2} fontSize={10} fill="var(--hub-quiet)">
          {bpm}
        </text>
      ))}
      {strip.events
        .filter((event) => event.kind === 'fibrillation')
        .map((event) => (
          <rect
            key={event.atMs}
            x={x(event.atMs / 60_000)}
            width={Math.max(1, x(event.lengthMs / 60_000))}
            y={0}
            height={5}
            fill="var(--hub-breach)"
          >
            <title>{t('event.fibrillation')}</title>
          </rect>
        ))}
      {[...eventColumns(strip.events, durationMs)].map(([column, grave]) => (
        <line
          key={column}
          x1={column + 0.5}
          x2={column + 0.5}
          y1={height - (grave ? 14 : 8)}
          y2={height}
          stroke={grave ? 'var(--hub-breach)' : 'var(--hub-warn)'}
          vectorEffect="non-scaling-stroke"
        />
      ))}
      <line
        x1={x(atMs / 60_000)}
        x2={x(atMs / 60_000)}
        y1={0}
        y2={height}
        stroke="var(--hub-primary)"
        strokeWidth={2}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
