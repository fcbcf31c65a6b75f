import { useTranslation } from 'react-i18next';
import type { MedianBeat } from '../types.ts';
import { earlierColor } from './BeatChart.tsx';

const width = 900;
const gap = 14;
const mostHeight = 430;
const mostPxPerMicrovolt = 0.045;

const order = [
  ['I', 'aVR', 'V1', 'V4'],
  ['II', 'aVL', 'V2', 'V5'],
  ['III', 'aVF', 'V3', 'V6'],
];

/** Names in rows as a 3 × 4 page has them; without the standard twelve four in a row. */
export function gridRows(names: string[]): string[][] {
  if (order.flat().every((name) => names.includes(name))) {
    const more = names.filter((name) => !order.flat().includes(name));
    return more.length > 0 ? [...order, ...fours(more)] : order;
  }
  return fours(names);
}

const fours = (names: string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / 4) }, (_, r) => names.slice(r * 4, r * 4 + 4));

interface Props {
  now: MedianBeat;
  before: MedianBeat;
  /** Over each other, aligned at the R peak, or the earlier one to the left of the present one. */
  how: 'over' | 'beside';
}

/** The median beats of every lead of two recordings, in one scale; the earlier one in another colour and dashed. */
export function BeatGrid({ now, before, how }: Props) {
  const { t } = useTranslation('ecg');
  const rows = gridRows(now.leads.map((lead) => lead.name));
  const valuesOf = (beat: MedianBeat, name: string): number[] =>
    beat.leads.find((lead) => lead.name === name)?.microvolts ?? [];
  const reach = rows.map((names) => {
    const all = names.flatMap((name) => [...valuesOf(now, name), ...valuesOf(before, name)]);
    return { up: Math.max(200, ...all), down: Math.max(200, ...all.map((value) => -value)) };
  });
  const sum = reach.reduce((total, { up, down }) => total + up + down, 0);
  const pxPerMicrovolt = Math.min(mostPxPerMicrovolt, (mostHeight - gap * rows.length) / sum);
  let top = 0;
  const middles = reach.map(({ up, down }) => {
    const middle = top + gap + up * pxPerMicrovolt;
    top = middle + down * pxPerMicrovolt;
    return middle;
  });
  const height = top + 6;
  const cell = width / Math.max(1, ...rows.map((names) => names.length));
  const spanOf = (beat: MedianBeat): [number, number] => {
    const length = ((beat.leads[0]?.microvolts.length ?? 1) / beat.samplingRateHz) * 1000;
    return [beat.fiducials.rMs, length - beat.fiducials.rMs];
  };
  const ahead = Math.max(spanOf(now)[0], spanOf(before)[0]);
  const behind = Math.max(spanOf(now)[1], spanOf(before)[1]);
  const room = how === 'over' ? cell - 10 : (cell - 10) / 2;
  const pxPerMs = room / (ahead + behind);
  const path = (beat: MedianBeat, name: string, left: number, middle: number): string =>
    valuesOf(beat, name)
      .map((value, i) => {
        const ms = (i / beat.samplingRateHz) * 1000 - beat.fiducials.rMs + ahead;
        return `${i === 0 ? 'M' : 'L'}${(left + ms * pxPerMs).toFixed(1)} ${(middle - value * pxPerMicrovolt).toFixed(1)}`;
      })
      .join('');
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t(`compare.${how}Chart`)}>
      {rows.flatMap((names, r) =>
        names.map((name, c) => {
          const left = c * cell;
          const middle = middles[r] ?? 0;
          const nowLeft = how === 'over' ? left : left + room;
          return (
            <g key={name} data-lead={name}>
              <line
                x1={left}
                x2={left + cell - 10}
                y1={middle}
                y2={middle}
                stroke="var(--hub-line)"
                strokeWidth={0.8}
              />
              <path
                d={path(before, name, left, middle)}
                fill="none"
                stroke={earlierColor}
                strokeWidth={1.3}
                strokeDasharray="4 2.5"
                data-beat="before"
              />
              <path
                d={path(now, name, nowLeft, middle)}
                fill="none"
                stroke="var(--hub-text)"
                strokeWidth={1.4}
                data-beat="now"
              />
              <text x={left + 2} y={middle - 8} fontWeight={600}>
                {name}
              </text>
            </g>
          );
        }),
      )}
    </svg>
  );
}
