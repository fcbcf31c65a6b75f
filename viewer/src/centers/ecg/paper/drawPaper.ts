import type { Trace } from '../types.ts';
import type { PaperRow } from './layouts.ts';
import { drawSheet, type PaperColors } from './paperSheet.ts';
import { levelOf, placeLeads, type PaperScale, type PlacedLead, type PlacedPage } from './placeLeads.ts';
import { clearTraces, strokePoints, tracePoints, type TraceRaster } from './traceRaster.ts';

export interface DrawInput {
  rows: PaperRow[];
  trace: Trace;
  /** First sample of the page, in the trace. */
  offset: number;
  scale: PaperScale;
  colors: PaperColors;
  derived: ReadonlySet<string>;
  /** What stands where the device marked samples as absent. */
  missingWord: string;
  beats?: { sample: number; kind: string }[];
  /** Device pixels per CSS pixel. */
  ratio: number;
}

interface Sheet {
  key: string;
  image: ImageData;
  raster: TraceRaster;
}

const sheets = new WeakMap<HTMLCanvasElement, Sheet>();

/** The sheet is drawn once per size, scale and layout; its pixels are kept. */
function sheetOf(
  ctx: CanvasRenderingContext2D,
  page: PlacedPage,
  { scale, colors, ratio }: DrawInput,
): Sheet {
  const { canvas } = ctx;
  const { width, height } = canvas;
  const marks = page.leads.filter((lead) => !lead.overlaid && lead.index > 0);
  const key = JSON.stringify([
    [width, height, page.mm, ratio, scale.mmPerSecond, scale.mmPerMillivolt, colors.paper],
    page.middles,
    marks.map((lead) => [lead.left, lead.middle]),
  ]);
  const kept = sheets.get(canvas);
  if (kept?.key === key) return kept;
  drawSheet(ctx, page, scale, colors, ratio);
  const image = ctx.getImageData(0, 0, width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const raster = { width, height, paper: pixels.slice(), pixels, cover: new Uint8Array(width * height) };
  const sheet = { key, image, raster };
  sheets.set(canvas, sheet);
  return sheet;
}

/** Draws a page and answers where each lead stands, for calipers. All lengths in device pixels. */
export function drawPaper(canvas: HTMLCanvasElement, input: DrawInput): PlacedLead[] {
  // pixels are ours and stay in memory
  const ctx = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!ctx) return [];
  const { scale, ratio, colors, trace } = input;
  const page = placeLeads(input.rows, trace, input.offset, scale, {
    width: canvas.width,
    height: canvas.height,
    ratio,
  });
  const { image, raster } = sheetOf(ctx, page, input);
  clearTraces(raster);
  for (const lead of page.leads) {
    const samples = trace.leads.get(lead.name);
    if (!samples) continue;
    const last = Math.min(
      samples.length,
      lead.firstSample + Math.ceil((lead.right - lead.left) / page.pxPerSample),
    );
    const from = Math.max(0, lead.firstSample);
    if (last <= from) continue;
    const points = tracePoints(samples, {
      first: lead.firstSample,
      start: lead.left,
      end: lead.right,
      middle: lead.middle,
      pxPerSample: page.pxPerSample,
      pxPerMicrovolt: (scale.mmPerMillivolt / 1000) * page.mm * (lead.inverted ? -1 : 1),
      base: levelOf(samples, from, last),
    });
    strokePoints(raster, points, 1.25 * ratio, traceColor(colors, lead));
  }
  ctx.putImageData(image, 0, 0);
  drawMissing(ctx, page, input);
  drawNames(ctx, page, input);
  if (input.beats) drawBeats(ctx, page, input.beats, input);
  return page.leads;
}

const overlayColors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9'];
function traceColor(colors: PaperColors, lead: PlacedLead): string {
  return lead.overlaid ? (overlayColors[lead.index % overlayColors.length] ?? colors.trace) : colors.trace;
}

/** Absent samples are zero: a flat line there would look like the heart's. A block stands in its place, with a word where one fits. */
function drawMissing(
  ctx: CanvasRenderingContext2D,
  page: PlacedPage,
  { trace, colors, missingWord, ratio }: DrawInput,
): void {
  if (trace.missing.size === 0) return;
  const high = Math.min(page.rowHeight * 0.8, 6 * page.mm);
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  for (const lead of page.leads)
    for (const [from, to] of trace.missing.get(lead.name) ?? []) {
      const at = (sample: number): number =>
        lead.left + (sample - trace.from - lead.firstSample) * page.pxPerSample;
      const left = Math.max(lead.left, at(from));
      const right = Math.min(lead.right, at(to));
      if (right <= left) continue;
      ctx.fillStyle = colors.coarse;
      ctx.fillRect(left, lead.middle - high / 2, right - left, high);
      ctx.fillStyle = colors.text;
      if (right - left > ctx.measureText(missingWord).width + 4 * ratio)
        ctx.fillText(missingWord, left + 2 * ratio, lead.middle + 4 * ratio);
    }
}

/** Names stand over the trace, in a rim of paper. */
function drawNames(
  ctx: CanvasRenderingContext2D,
  page: PlacedPage,
  { colors, derived, ratio }: DrawInput,
): void {
  ctx.font = `600 ${13 * ratio}px system-ui, sans-serif`;
  ctx.strokeStyle = colors.paper;
  ctx.lineWidth = 3 * ratio;
  for (const lead of page.leads) {
    const name = `${lead.inverted ? '−' : ''}${lead.name}${derived.has(lead.name) ? '*' : ''}`;
    const x = lead.left + 5 * ratio + (lead.overlaid ? lead.index * 42 * ratio : 0);
    // the first row of a crowded page must not lose the top of its name
    const y = Math.max(12 * ratio, lead.middle - Math.min(page.rowHeight * 0.36, 9 * page.mm));
    ctx.fillStyle = lead.overlaid ? traceColor(colors, lead) : colors.text;
    ctx.strokeText(name, x, y);
    ctx.fillText(name, x, y);
  }
}

const beatSigns: Record<string, string> = { ventricular: 'V', supraventricular: 'S', paced: 'P' };

/** Signs below the lowest row: dot for a usual beat, letters for others. */
function drawBeats(
  ctx: CanvasRenderingContext2D,
  page: PlacedPage,
  beats: { sample: number; kind: string }[],
  { colors, trace, ratio }: DrawInput,
): void {
  const last = page.leads.at(-1)?.middle;
  // every column of the lowest row shows another stretch of time
  const row = page.leads.filter((lead) => lead.middle === last && !(lead.overlaid && lead.index > 0));
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  for (const lead of row)
    for (const beat of beats) {
      const x = lead.left + (beat.sample - trace.from - lead.firstSample) * page.pxPerSample;
      if (x < lead.left || x > lead.right) continue;
      const sign = beatSigns[beat.kind];
      ctx.fillStyle = sign ? colors.mark : colors.text;
      ctx.fillText(sign ?? '·', x - 3 * ratio, ctx.canvas.height - 5 * ratio);
    }
}
