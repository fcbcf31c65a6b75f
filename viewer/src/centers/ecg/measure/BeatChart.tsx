import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fiducials, MedianBeat } from '../types.ts';
import { BeatScale } from './BeatScale.tsx';
import { markKeys, type MarkKey, type Tangent } from './beatGeometry.ts';

interface Props {
  beat: MedianBeat;
  shown: string[];
  marks: Fiducials;
  active?: MarkKey;
  tangent?: Tangent | undefined;
  /** An earlier beat, drawn dashed, aligned at the R peak. */
  earlier?: MedianBeat | undefined;
  move?: (key: MarkKey, ms: number) => void;
  choose?: (key: MarkKey) => void;
}

/** Of an earlier recording: told from the present one by its dashes where there is no colour. */
export const earlierColor = '#d55e00';

const width = 900;
const height = 340;
const headroom = 34;
const colors = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#8a6d00',
  '#56b4e9',
  '#5b6675',
  '#b3231b',
  '#23702f',
  '#7a4fb0',
  '#1f5fa8',
  '#a05a2c',
];

/** The median beat as lines over time and millivolts, with its marks. Arrow keys move the chosen mark by one sample. */
export function BeatChart({ beat, shown, marks, active, tangent, earlier, move, choose }: Props) {
  const { t } = useTranslation('ecg');
  const svg = useRef<SVGSVGElement>(null);
  const held = useRef<MarkKey | null>(null);
  const leads = beat.leads.filter((lead) => shown.includes(lead.name));
  const total = ((leads[0]?.microvolts.length ?? 1) / beat.samplingRateHz) * 1000;
  const all = leads.flatMap((lead) => lead.microvolts);
  const high = Math.max(300, ...all) * 1.08;
  const low = Math.min(-300, ...all) * 1.08;
  const x = (ms: number): number => (ms / total) * width;
  // the names of the marks stand above the waves
  const y = (value: number): number => headroom + ((high - value) / (high - low)) * (height - headroom);
  const path = (source: MedianBeat, values: number[]): string => {
    const shift = marks.rMs - source.fiducials.rMs;
    return values
      .map(
        (value, i) =>
          `${i === 0 ? 'M' : 'L'}${x((i / source.samplingRateHz) * 1000 + (source === beat ? 0 : shift)).toFixed(1)} ${y(value).toFixed(1)}`,
      )
      .join('');
  };
  const msOf = (clientX: number): number => {
    const box = svg.current?.getBoundingClientRect();
    return box ? Math.max(0, Math.min(total, ((clientX - box.left) / box.width) * total)) : 0;
  };
  const step = 1000 / beat.samplingRateHz;
  return (
    <svg
      ref={svg}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={t('median.chart')}
      tabIndex={move ? 0 : undefined}
      onPointerMove={(event) =>
        held.current && move?.(held.current, Math.round(msOf(event.clientX) / step) * step)
      }
      onPointerUp={() => (held.current = null)}
      onKeyDown={(event) => {
        const now = active && marks[active];
        if (!move || !active || now === undefined) return;
        if (event.key === 'ArrowRight') move(active, now + step);
        else if (event.key === 'ArrowLeft') move(active, now - step);
        else return;
        event.preventDefault();
      }}
    >
      <BeatScale totalMs={total} high={high} low={low} x={x} y={y} width={width} height={height} />
      <line x1={0} x2={width} y1={y(0)} y2={y(0)} stroke="var(--hub-quiet)" strokeWidth={0.6} />
      {earlier?.leads
        .filter((lead) => shown.includes(lead.name))
        .map((lead) => (
          <path
            key={`e${lead.name}`}
            d={path(earlier, lead.microvolts)}
            fill="none"
            stroke={earlierColor}
            strokeWidth={1.3}
            strokeDasharray="5 4"
          />
        ))}
      {leads.map((lead, i) => (
        <path
          key={lead.name}
          d={path(beat, lead.microvolts)}
          fill="none"
          stroke={leads.length === 1 ? 'var(--hub-text)' : colors[i % colors.length]}
          strokeWidth={1.5}
        />
      ))}
      {tangent && (
        <line
          x1={x(tangent.x1)}
          y1={y(tangent.y1)}
          x2={x(tangent.x2)}
          y2={y(tangent.y2)}
          stroke="var(--hub-warn)"
          strokeWidth={1.5}
        />
      )}
      {markKeys.map((key) => {
        const at = marks[key];
        if (at === undefined) return null;
        return (
          <g
            key={key}
            style={{ cursor: move ? 'ew-resize' : 'default' }}
            onPointerDown={(event) => {
              if (!move) return;
              held.current = key;
              choose?.(key);
              svg.current?.setPointerCapture(event.pointerId);
            }}
          >
            <rect x={x(at) - 7} y={0} width={14} height={height} fill="transparent" />
            <line
              x1={x(at)}
              x2={x(at)}
              y1={0}
              y2={height}
              stroke="var(--hub-primary)"
              strokeWidth={key === active ? 2.2 : 1.2}
              strokeDasharray={key === active ? undefined : '6 3'}
            />
            <text x={x(at) + 3} y={key.startsWith('p') ? 14 : key === 'tOffMs' ? 14 : 28}>
              {t(`mark.${key}`)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
