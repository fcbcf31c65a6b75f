import { useRef } from 'react';
import { useTranslation } from 'react-i18next';

export interface Caliper {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

interface Props {
  width: number;
  height: number;
  mode: 'measure' | 'march';
  pxPerMm: number;
  mmPerSecond: number;
  mmPerMillivolt: number;
  caliper: Caliper | null;
  change: (next: Caliper) => void;
  color: string;
}

const labelWidth = 186;

/** Drag for time and amplitude; in march mode the interval repeats over the page. Arrow keys move the second leg. */
export function CaliperLayer({
  width,
  height,
  mode,
  pxPerMm,
  mmPerSecond,
  mmPerMillivolt,
  caliper,
  change,
  color,
}: Props) {
  const { t } = useTranslation('ecg');
  const dragging = useRef<'new' | 'both' | 'second' | null>(null);
  const grip = useRef({ x: 0, y: 0 });
  const place = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const dx = caliper ? Math.abs(caliper.x2 - caliper.x1) : 0;
  const ms = Math.round((dx / pxPerMm / mmPerSecond) * 1000);
  const mv = caliper ? (caliper.y1 - caliper.y2) / pxPerMm / mmPerMillivolt : 0;
  const labelLeft = caliper ? Math.min(width - labelWidth - 2, Math.max(caliper.x1, caliper.x2) + 6) : 0;
  const labelTop = caliper ? Math.max(2, caliper.y2 - 44) : 0;
  const lines: number[] = [];
  if (caliper && mode === 'march' && dx > 4) for (let x = caliper.x1; x < width; x += dx) lines.push(x);
  if (caliper && mode === 'march' && dx > 4) for (let x = caliper.x1 - dx; x > 0; x -= dx) lines.push(x);
  return (
    <svg
      className="ecg-calipers"
      width={width}
      height={height}
      tabIndex={0}
      aria-label={t('caliper.layer')}
      onPointerDown={(event) => {
        const { x, y } = place(event);
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { x, y };
        if (caliper && Math.abs(x - caliper.x2) < 8) dragging.current = 'second';
        else if (caliper && Math.abs(x - caliper.x1) < 8) dragging.current = 'both';
        else {
          dragging.current = 'new';
          change({ x1: x, y1: y, x2: x, y2: y });
        }
      }}
      onPointerMove={(event) => {
        if (!dragging.current) return;
        const { x, y } = place(event);
        if (dragging.current === 'new') change({ x1: grip.current.x, y1: grip.current.y, x2: x, y2: y });
        else if (caliper && dragging.current === 'second') change({ ...caliper, x2: x, y2: y });
        else if (caliper) {
          const move = x - grip.current.x;
          grip.current = { x, y };
          change({ ...caliper, x1: caliper.x1 + move, x2: caliper.x2 + move });
        }
      }}
      onPointerUp={() => (dragging.current = null)}
      onKeyDown={(event) => {
        if (!caliper) return;
        const step = event.shiftKey ? pxPerMm : pxPerMm / 5;
        if (event.key === 'ArrowRight') change({ ...caliper, x2: caliper.x2 + step });
        else if (event.key === 'ArrowLeft') change({ ...caliper, x2: caliper.x2 - step });
        else if (event.key === 'ArrowUp') change({ ...caliper, y2: caliper.y2 - step });
        else if (event.key === 'ArrowDown') change({ ...caliper, y2: caliper.y2 + step });
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {caliper && (
        <g stroke={color} fill="none" strokeWidth={1.4}>
          <line x1={caliper.x1} x2={caliper.x1} y1={0} y2={height} />
          <line x1={caliper.x2} x2={caliper.x2} y1={0} y2={height} />
          {lines.map((x) => (
            <line key={x} x1={x} x2={x} y1={0} y2={height} strokeDasharray="4 5" />
          ))}
          {mode === 'measure' && (
            <rect
              x={Math.min(caliper.x1, caliper.x2)}
              y={Math.min(caliper.y1, caliper.y2)}
              width={dx}
              height={Math.abs(caliper.y2 - caliper.y1)}
              strokeDasharray="3 3"
            />
          )}
        </g>
      )}
      {caliper && dx > 2 && (
        <g>
          <rect
            x={labelLeft}
            y={labelTop}
            width={labelWidth}
            height={mode === 'march' ? 22 : 40}
            className="ecg-caliper-box"
          />
          <text x={labelLeft + 8} y={labelTop + 16} className="ecg-caliper-text">
            {t('caliper.time', {
              ms,
              bpm: ms > 0 ? Math.round(60000 / ms) : '—',
              two: ms > 0 ? Math.round(120000 / ms) : '—',
            })}
          </text>
          {mode === 'measure' && (
            <text x={labelLeft + 8} y={labelTop + 33} className="ecg-caliper-text">
              {t('caliper.amplitude', { mv: mv.toFixed(2) })}
            </text>
          )}
        </g>
      )}
    </svg>
  );
}
