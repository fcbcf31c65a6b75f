import type { Trace } from '../types.ts';
import type { PaperRow } from './layouts.ts';

export interface PaperScale {
  /** Screen pixels of one true millimetre after calibration. */
  pxPerMm: number;
  mmPerSecond: number;
  mmPerMillivolt: number;
  zoom: number;
}

export interface PaperColors {
  paper: string;
  fine: string;
  coarse: string;
  trace: string;
  text: string;
  mark: string;
}

/** Fine and coarse lines differ in weight as well as colour. */
export const paperColors: Record<'light' | 'dark', PaperColors> = {
  light: {
    paper: '#ffffff',
    fine: '#f6dada',
    coarse: '#e3a3a3',
    trace: '#101010',
    text: '#202020',
    mark: '#1f5fa8',
  },
  dark: {
    paper: '#000000',
    fine: '#2b1616',
    coarse: '#562828',
    trace: '#d8f0da',
    text: '#c9d1da',
    mark: '#6ea8e8',
  },
};

let kept: { key: string; canvas: HTMLCanvasElement } | undefined;

/** The grid is drawn once per size and kept as a picture. */
function gridPicture(width: number, height: number, mm: number, colors: PaperColors): HTMLCanvasElement {
  const key = [width, height, mm, colors.paper].join('/');
  if (kept?.key === key) return kept.canvas;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext('2d', { alpha: false });
  if (ctx) {
    ctx.fillStyle = colors.paper;
    ctx.fillRect(0, 0, width, height);
    for (const [step, color, line] of [
      [1, colors.fine, 1],
      [5, colors.coarse, Math.max(1, Math.round(mm / 4))],
    ] as const) {
      if (step === 1 && mm < 2.4) continue;
      ctx.fillStyle = color;
      for (let k = 0; k * step * mm < width; k++) ctx.fillRect(Math.round(k * step * mm), 0, line, height);
      for (let k = 0; k * step * mm < height; k++) ctx.fillRect(0, Math.round(k * step * mm), width, line);
    }
  }
  kept = { key, canvas };
  return canvas;
}

export const pulseMm = 8;

export interface DrawnSegment {
  name: string;
  left: number;
  right: number;
  middle: number;
  /** First sample drawn at `left`, counted in the trace. */
  firstSample: number;
  inverted: boolean;
}

export interface DrawInput {
  rows: PaperRow[];
  trace: Trace;
  /** First sample of the page, in the trace. */
  offset: number;
  scale: PaperScale;
  colors: PaperColors;
  derived: ReadonlySet<string>;
  beats?: { sample: number; kind: string }[];
  /** Device pixels per CSS pixel. */
  ratio: number;
}

/** Room above the first and below the last row of a crowded page, so that their waves are not cut off: 14 mm in all. */
export function edgeOf(height: number, rows: number, mm: number): number {
  return Math.min(height * 0.1, Math.max(0, 14 * mm - height / Math.max(1, rows) / 2));
}

/** Draws a page and answers where each lead stands, for calipers. All lengths in device pixels. */
export function drawPaper(canvas: HTMLCanvasElement, input: DrawInput): DrawnSegment[] {
  const ctx = canvas.getContext('2d', { alpha: false });
  if (!ctx) return [];
  const { scale, ratio, colors, rows } = input;
  const mm = scale.pxPerMm * scale.zoom * ratio;
  const { width, height } = canvas;
  ctx.drawImage(gridPicture(width, height, mm, colors), 0, 0);
  const segments: DrawnSegment[] = [];
  const margin = edgeOf(height, rows.length, mm);
  const rowHeight = (height - 2 * margin) / Math.max(1, rows.length);
  rows.forEach((row, r) => {
    const middle = Math.round(margin + rowHeight * (r + 0.5));
    drawPulse(ctx, middle, mm, scale, colors, ratio);
    const left = pulseMm * mm;
    const columns = row.overlaid ? 1 : Math.max(1, row.leads.length);
    // columns share the time there is: a wide screen must not leave the last ones empty
    const recorded = (input.trace.count / input.trace.samplingRateHz) * scale.mmPerSecond * mm;
    const span = Math.min(width - left, recorded) / columns;
    row.leads.forEach((lead, index) => {
      const samples = input.trace.leads.get(lead.name);
      if (!samples) return;
      const column = row.overlaid ? 0 : index;
      const start = left + column * span;
      const pxPerSample = (scale.mmPerSecond / input.trace.samplingRateHz) * mm;
      const first = input.offset + Math.round((column * span) / pxPerSample);
      drawLead(
        ctx,
        samples,
        {
          first,
          start,
          end: start + span,
          middle,
          pxPerSample,
          pxPerMicrovolt: (scale.mmPerMillivolt / 1000) * mm * (lead.inverted ? -1 : 1),
        },
        traceColor(colors, row.overlaid ? index : -1),
        ratio,
      );
      if (!row.overlaid && index > 0) {
        ctx.strokeStyle = colors.trace;
        ctx.lineWidth = ratio;
        ctx.beginPath();
        ctx.moveTo(start, middle - 4 * mm);
        ctx.lineTo(start, middle + 4 * mm);
        ctx.stroke();
      }
      const label = `${lead.inverted ? '−' : ''}${lead.name}${input.derived.has(lead.name) ? '*' : ''}`;
      ctx.fillStyle = row.overlaid ? traceColor(colors, index) : colors.text;
      ctx.font = `600 ${13 * ratio}px system-ui, sans-serif`;
      // the first row of a crowded page must not lose the top of its name
      const line = Math.max(12 * ratio, middle - Math.min(rowHeight * 0.36, 9 * mm));
      const at = start + 5 * ratio + (row.overlaid ? index * 42 * ratio : 0);
      ctx.strokeStyle = colors.paper;
      ctx.lineWidth = 3 * ratio;
      ctx.strokeText(label, at, line);
      ctx.fillText(label, at, line);
      segments.push({
        name: lead.name,
        left: start,
        right: start + span,
        middle,
        firstSample: first,
        inverted: lead.inverted ?? false,
      });
    });
  });
  if (input.beats) drawBeats(ctx, input, segments, mm, ratio);
  return segments;
}

const overlayColors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9'];
function traceColor(colors: PaperColors, index: number): string {
  return index < 0 ? colors.trace : (overlayColors[index % overlayColors.length] ?? colors.trace);
}

interface Place {
  first: number;
  start: number;
  end: number;
  middle: number;
  pxPerSample: number;
  pxPerMicrovolt: number;
}

/** Several samples in one pixel column are drawn as their range, so that no spike is lost. */
function drawLead(
  ctx: CanvasRenderingContext2D,
  samples: Float32Array,
  place: Place,
  color: string,
  ratio: number,
): void {
  const last = Math.min(
    samples.length,
    place.first + Math.ceil((place.end - place.start) / place.pxPerSample),
  );
  const from = Math.max(0, place.first);
  if (last <= from) return;
  const base = baselineOf(samples, from, last);
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.25 * ratio;
  ctx.lineJoin = 'round';
  ctx.beginPath();
  const y = (value: number): number => place.middle - (value - base) * place.pxPerMicrovolt;
  if (place.pxPerSample >= 0.7) {
    for (let i = from; i < last; i++) {
      const x = place.start + (i - place.first) * place.pxPerSample;
      if (i === from) ctx.moveTo(x, y(samples[i] ?? 0));
      else ctx.lineTo(x, y(samples[i] ?? 0));
    }
  } else {
    const perPixel = 1 / place.pxPerSample;
    for (let px = 0; place.start + px < place.end; px++) {
      const a = place.first + Math.floor(px * perPixel);
      const b = Math.min(last, place.first + Math.ceil((px + 1) * perPixel));
      if (a >= last) break;
      let low = Infinity;
      let high = -Infinity;
      for (let i = Math.max(0, a); i < b; i++) {
        const value = samples[i] ?? 0;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      const x = place.start + px;
      if (px === 0) ctx.moveTo(x, y(high));
      ctx.lineTo(x, y(high));
      ctx.lineTo(x, y(low));
    }
  }
  ctx.stroke();
}

function baselineOf(samples: Float32Array, from: number, to: number): number {
  const step = Math.max(1, Math.floor((to - from) / 200));
  const picked: number[] = [];
  for (let i = from; i < to; i += step) picked.push(samples[i] ?? 0);
  picked.sort((a, b) => a - b);
  return picked[picked.length >> 1] ?? 0;
}

function drawPulse(
  ctx: CanvasRenderingContext2D,
  middle: number,
  mm: number,
  scale: PaperScale,
  colors: PaperColors,
  ratio: number,
): void {
  const high = middle - scale.mmPerMillivolt * mm;
  const width = 0.2 * scale.mmPerSecond * mm;
  ctx.strokeStyle = colors.trace;
  ctx.lineWidth = 1.25 * ratio;
  ctx.beginPath();
  ctx.moveTo(0, middle);
  ctx.lineTo(mm, middle);
  ctx.lineTo(mm, high);
  ctx.lineTo(mm + Math.min(width, 6 * mm), high);
  ctx.lineTo(mm + Math.min(width, 6 * mm), middle);
  ctx.lineTo(pulseMm * mm, middle);
  ctx.stroke();
}

/** Signs above the beats of the lowest row: dot for a usual one, V and S for early ones. */
function drawBeats(
  ctx: CanvasRenderingContext2D,
  input: DrawInput,
  segments: DrawnSegment[],
  mm: number,
  ratio: number,
): void {
  const row = segments.at(-1);
  if (!row || !input.beats) return;
  const pxPerSample = (input.scale.mmPerSecond / input.trace.samplingRateHz) * mm;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  for (const beat of input.beats) {
    const x = row.left + (beat.sample - input.trace.from - row.firstSample) * pxPerSample;
    if (x < row.left || x > row.right) continue;
    const sign =
      beat.kind === 'ventricular'
        ? 'V'
        : beat.kind === 'supraventricular'
          ? 'S'
          : beat.kind === 'paced'
            ? 'P'
            : '·';
    ctx.fillStyle = sign === '·' ? input.colors.text : input.colors.mark;
    ctx.fillText(sign, x - 3 * ratio, canvasBottom(ctx) - 5 * ratio);
  }
}

const canvasBottom = (ctx: CanvasRenderingContext2D): number => ctx.canvas.height;
