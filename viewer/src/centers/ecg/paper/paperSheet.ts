import { pulseMm, type PaperScale, type PlacedPage } from './placeLeads.ts';

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

/** What does not move when the trace is panned: grid, calibration pulses, marks between the leads of a row. */
export function drawSheet(
  ctx: CanvasRenderingContext2D,
  page: PlacedPage,
  scale: PaperScale,
  colors: PaperColors,
  ratio: number,
): void {
  const { width, height } = ctx.canvas;
  const { mm } = page;
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
  ctx.strokeStyle = colors.trace;
  for (const middle of page.middles) drawPulse(ctx, middle, mm, scale, ratio);
  ctx.lineWidth = ratio;
  ctx.beginPath();
  for (const lead of page.leads) {
    if (lead.overlaid || lead.index === 0) continue;
    ctx.moveTo(lead.left, lead.middle - 4 * mm);
    ctx.lineTo(lead.left, lead.middle + 4 * mm);
  }
  ctx.stroke();
}

function drawPulse(
  ctx: CanvasRenderingContext2D,
  middle: number,
  mm: number,
  scale: PaperScale,
  ratio: number,
): void {
  const high = middle - scale.mmPerMillivolt * mm;
  const end = mm + Math.min(0.2 * scale.mmPerSecond, 6) * mm;
  ctx.lineWidth = 1.25 * ratio;
  ctx.beginPath();
  ctx.moveTo(0, middle);
  ctx.lineTo(mm, middle);
  ctx.lineTo(mm, high);
  ctx.lineTo(end, high);
  ctx.lineTo(end, middle);
  ctx.lineTo(pulseMm * mm, middle);
  ctx.stroke();
}
