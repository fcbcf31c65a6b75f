import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../../../shell/preferences.tsx';
import type { Trace } from '../types.ts';
import { CaliperLayer, type Caliper } from './CaliperLayer.tsx';
import { filtered } from './displayFilters.ts';
import { drawPaper, paperColors, type DrawnSegment } from './drawPaper.ts';
import { rowsOf } from './layouts.ts';
import type { PaperView } from './usePaperView.ts';

interface Props {
  trace: Trace;
  view: PaperView;
  derived: ReadonlySet<string>;
  beats?: { sample: number; kind: string }[];
  caliper: 'off' | 'measure' | 'march';
  /** First sample shown, counted in the trace; panning changes it. */
  offset: number;
  pan: (offset: number) => void;
  label: string;
  minRowPx?: number;
}

/** ECG paper on canvas: grid, pulse, leads, beat signs; drag pans where the recording is longer than the page. */
export function Paper({ trace, view, derived, beats, caliper, offset, pan, label, minRowPx = 46 }: Props) {
  const { t } = useTranslation('ecg');
  const { mode } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [segments, setSegments] = useState<DrawnSegment[]>([]);
  const [calipers, setCalipers] = useState<Caliper | null>(null);
  const names = useMemo(() => [...trace.leads.keys()], [trace]);
  const rows = useMemo(() => rowsOf(view.layout, names, view.rhythm), [view.layout, view.rhythm, names]);
  const shown = useMemo<Trace>(() => {
    const { highPassHz, lowPassHz, notch50 } = view.filter;
    if (!highPassHz && !lowPassHz && !notch50) return trace;
    return {
      ...trace,
      leads: new Map(
        [...trace.leads].map(([name, samples]) => [
          name,
          filtered(samples, trace.samplingRateHz, view.filter),
        ]),
      ),
    };
  }, [trace, view.filter]);
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const height = Math.max(size.height, rows.length * minRowPx * view.zoom);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry)
        setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element || size.width === 0) return;
    const width = Math.round(size.width * ratio);
    const tall = Math.round(height * ratio);
    if (element.width !== width || element.height !== tall) {
      element.width = width;
      element.height = tall;
    }
    const started = performance.now();
    const drawn = drawPaper(element, {
      rows,
      trace: shown,
      offset,
      scale: view,
      colors: paperColors[mode],
      derived,
      ...(view.beats && beats ? { beats } : {}),
      ratio,
    });
    element.dataset.drawMs = (performance.now() - started).toFixed(2);
    setSegments((before) =>
      before.length === drawn.length &&
      before.every(
        (segment, i) =>
          segment.left === drawn[i]?.left &&
          segment.firstSample === drawn[i]?.firstSample &&
          segment.middle === drawn[i]?.middle &&
          segment.right === drawn[i]?.right &&
          segment.name === drawn[i]?.name,
      )
        ? before
        : drawn,
    );
  }, [size, height, rows, shown, offset, view, mode, derived, beats, ratio]);

  useEffect(() => {
    if (caliper === 'off') setCalipers(null);
  }, [caliper]);

  const pxPerSample = (view.mmPerSecond / trace.samplingRateHz) * view.pxPerMm * view.zoom;
  const widest = segments.reduce(
    (most, segment) => Math.max(most, (segment.right - segment.left) / ratio),
    0,
  );
  const last = Math.max(0, Math.round(trace.count - (widest || size.width) / pxPerSample));
  const drag = useRef<{ x: number; offset: number } | null>(null);
  return (
    <div
      ref={box}
      className="ecg-paper"
      role="img"
      aria-label={label}
      tabIndex={0}
      onWheel={(event) => {
        if (event.deltaX !== 0 || event.shiftKey)
          pan(Math.max(0, Math.min(last, Math.round(offset + (event.deltaX || event.deltaY) / pxPerSample))));
      }}
      onPointerDown={(event) => {
        if (caliper !== 'off' || last === 0) return;
        drag.current = { x: event.clientX, offset };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (drag.current)
          pan(
            Math.max(
              0,
              Math.min(
                last,
                Math.round(drag.current.offset - (event.clientX - drag.current.x) / pxPerSample),
              ),
            ),
          );
      }}
      onPointerUp={() => (drag.current = null)}
      onKeyDown={(event) => {
        const step = Math.round(trace.samplingRateHz);
        if (event.key === 'ArrowRight') pan(Math.min(last, offset + step));
        else if (event.key === 'ArrowLeft') pan(Math.max(0, offset - step));
        else return;
        event.preventDefault();
      }}
    >
      <canvas ref={canvas} style={{ width: size.width, height }} />
      {caliper !== 'off' && (
        <CaliperLayer
          width={size.width}
          height={height}
          mode={caliper}
          pxPerMm={view.pxPerMm * view.zoom}
          mmPerSecond={view.mmPerSecond}
          mmPerMillivolt={view.mmPerMillivolt}
          caliper={calipers}
          change={setCalipers}
          color={paperColors[mode].mark}
        />
      )}
      {derived.size > 0 && <span className="ecg-paper-note">{t('derivedNote')}</span>}
    </div>
  );
}
