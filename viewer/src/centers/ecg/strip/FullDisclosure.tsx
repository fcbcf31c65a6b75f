import { useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../../../shell/preferences.tsx';
import { Loading } from '../../../shell/states.tsx';
import { useTrace } from '../api.ts';
import { paperColors } from '../paper/paperSheet.ts';
import type { Recording } from '../types.ts';
import { clock } from './clock.ts';

const rows = 10;
const rowSeconds = 60;
const bucketsPerRow = 1000;
const rowPx = 46;
const labelPx = 66;

/** Ten minutes at a glance, a minute a row, as the range of the samples under each pixel. A click goes to the page. */
export function FullDisclosure({
  recording,
  atMs,
  go,
}: {
  recording: Recording;
  atMs: number;
  go: (ms: number) => void;
}) {
  const { t } = useTranslation('ecg');
  const { mode } = usePreferences();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(bucketsPerRow);
  const rate = recording.samplingRateHz;
  const page = Math.floor(atMs / 1000 / (rows * rowSeconds));
  const from = Math.round(page * rows * rowSeconds * rate);
  const to = Math.min(recording.sampleCount, from + Math.round(rows * rowSeconds * rate));
  const lead =
    recording.leads.find((entry) => ['II', 'MLII', 'V5', 'I'].includes(entry.name))?.name ??
    recording.leads[0]?.name ??
    '';
  const covered = (to - from) / rate / rowSeconds;
  const buckets = Math.max(10, Math.round(covered * bucketsPerRow));
  const trace = useTrace(recording.id, { from, to, leads: [lead], buckets });
  const loaded = trace.data !== undefined;
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [loaded]);
  useLayoutEffect(() => {
    const element = canvas.current;
    const samples = trace.data?.leads.get(lead);
    const ctx = element?.getContext('2d', { alpha: false });
    if (!element || !ctx || !samples) return;
    const colors = paperColors[mode];
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    const traceWidth = Math.max(1, width - labelPx);
    element.width = Math.round(width * ratio);
    element.height = Math.round(rows * rowPx * ratio);
    ctx.scale(ratio, ratio);
    ctx.fillStyle = colors.paper;
    ctx.fillRect(0, 0, width, rows * rowPx);
    const spread = Array.from(samples)
      .map(Math.abs)
      .sort((a, b) => a - b);
    const scale = (rowPx * 0.42) / Math.max(200, spread[Math.floor(spread.length * 0.995)] ?? 1000);
    ctx.strokeStyle = colors.trace;
    ctx.fillStyle = colors.text;
    ctx.font = '12px system-ui, sans-serif';
    ctx.lineWidth = 1;
    const perRow = samples.length / covered;
    for (let r = 0; r * perRow < samples.length; r++) {
      const middle = (r + 0.5) * rowPx;
      ctx.fillText(clock((from / rate + r * rowSeconds) * 1000), 4, middle + 4);
      ctx.beginPath();
      for (let i = 0; i < perRow; i++) {
        const value = samples[Math.floor(r * perRow) + i];
        if (value === undefined) break;
        const x = labelPx + (i / perRow) * traceWidth;
        if (i === 0) ctx.moveTo(x, middle - value * scale);
        else ctx.lineTo(x, middle - value * scale);
      }
      ctx.stroke();
    }
  }, [trace.data, lead, mode, covered, from, rate, width]);
  if (!trace.data) return <Loading rows={6} />;
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={t('strip.fullLabel', { lead })}
      style={{ display: 'block', width: '100%', height: rows * rowPx, cursor: 'pointer' }}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
        const column = Math.max(0, event.clientX - box.left - labelPx) / Math.max(1, box.width - labelPx);
        go((from / rate + (row + column) * rowSeconds) * 1000);
      }}
    />
  );
}
