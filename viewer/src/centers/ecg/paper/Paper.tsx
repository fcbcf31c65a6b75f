import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../../../shell/preferences.tsx';
import type { Trace } from '../types.ts';
import { CaliperLayer, type Caliper } from './CaliperLayer.tsx';
import { filtered, filterText } from './displayFilters.ts';
import { drawPaper } from './drawPaper.ts';
import { rowsOf } from './layouts.ts';
import { paperColors } from './paperSheet.ts';
import { leastHeight, type PlacedLead } from './placeLeads.ts';
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
  /** Rows are not drawn closer than this; twelve of them fit the height of a 768 px screen. */
  minRowPx?: number;
}

/** ECG paper on canvas: grid, pulse, leads, beat signs; drag pans where the recording is longer than the page. */
export function Paper({ trace, view, derived, beats, caliper, offset, pan, label, minRowPx = 28 }: Props) {
  const { t } = useTranslation('ecg');
  const { mode } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const repaint = useRef<((first: number) => PlacedLead[]) | null>(null);
  const [segments, setSegments] = useState<PlacedLead[]>([]);
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
  const height = Math.max(size.height, leastHeight(rows, shown, view, minRowPx * view.zoom));

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
    const paint = (first: number): PlacedLead[] => {
      const started = performance.now();
      const drawn = drawPaper(element, {
        rows,
        trace: shown,
        offset: first,
        scale: view,
        colors: paperColors[mode],
        derived,
        missingWord: t('paper.missing'),
        ...(view.beats && beats ? { beats } : {}),
        ratio,
      });
      element.dataset.drawMs = (performance.now() - started).toFixed(2);
      element.dataset.drawn = String(Number(element.dataset.drawn ?? 0) + 1);
      return drawn;
    };
    repaint.current = paint;
    const drawn = paint(offset);
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
  }, [size, height, rows, shown, offset, view, mode, derived, beats, ratio, t]);

  // legs stand on the page: on another scale, layout or place of the recording they would measure something else
  const { mmPerSecond, mmPerMillivolt, pxPerMm, zoom, layout, rhythm } = view;
  useEffect(() => {
    setCalipers(null);
  }, [caliper === 'off', offset, trace, mmPerSecond, mmPerMillivolt, pxPerMm, zoom, layout, rhythm]);

  const pxPerSample = (view.mmPerSecond / trace.samplingRateHz) * view.pxPerMm * view.zoom;
  const widest = segments.reduce(
    (most, segment) => Math.max(most, (segment.right - segment.left) / ratio),
    0,
  );
  const last = Math.max(0, Math.round(trace.count - (widest || size.width) / pxPerSample));
  const drag = useRef<{ x: number; offset: number; now: number; frame: number } | null>(null);
  // while dragging only the canvas is drawn, once a frame; the page hears of the place when the pointer is released
  const dragTo = (clientX: number) => {
    const held = drag.current;
    if (!held) return;
    held.now = Math.max(0, Math.min(last, Math.round(held.offset - (clientX - held.x) / pxPerSample)));
    held.frame ||= requestAnimationFrame(() => {
      held.frame = 0;
      repaint.current?.(held.now);
    });
  };
  const release = () => {
    const held = drag.current;
    drag.current = null;
    if (!held) return;
    cancelAnimationFrame(held.frame);
    if (held.now !== offset) pan(held.now);
  };
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
        drag.current = { x: event.clientX, offset, now: offset, frame: 0 };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => dragTo(event.clientX)}
      onPointerUp={release}
      onPointerCancel={release}
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
      <span className="ecg-paper-note hub-num">
        {view.mmPerSecond} mm/s · {view.mmPerMillivolt} mm/mV
        {filterText(view.filter) && (
          <strong> · {t('filter.shown', { filter: filterText(view.filter) })}</strong>
        )}
        {derived.size > 0 && ` · ${t('derivedNote')}`}
      </span>
    </div>
  );
}
