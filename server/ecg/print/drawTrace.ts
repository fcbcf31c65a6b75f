import { drawLine } from '../../core/print/drawLine.ts';
import { pointsPerMm, type PrintArea } from '../../core/print/sections.ts';
import { quantile } from '../analysis/filters.ts';

export interface TraceRow {
  /** Leads that share the row, each for its part of the time. */
  segments: { name: string; microvolts: Float64Array; derived: boolean }[];
}

export interface TraceStyle {
  mmPerSecond: number;
  mmPerMillivolt: number;
  samplingRateHz: number;
}

const pulseMm = 7;
const nameWidthMm = 11;
const nameHeightMm = 3.6;

/** Height over the base line (upper edge) where the name of a lead does not cross its own trace. */
export function freeHeightMm(traceMm: ArrayLike<number>): number {
  const crossings = (top: number): number => {
    let count = 0;
    for (let i = 0; i < traceMm.length; i++) {
      // two neighbours on different sides cross too
      const low = Math.min(traceMm[i] as number, traceMm[i + 1] ?? (traceMm[i] as number));
      const high = Math.max(traceMm[i] as number, traceMm[i + 1] ?? (traceMm[i] as number));
      if (high > top - nameHeightMm - 0.5 && low < top + 0.5) count++;
    }
    return count;
  };
  let best = 8.5;
  for (const top of [8.5, 11, 13.5, 6, -4, -7, -10, 4]) {
    if (crossings(top) === 0) return top;
    if (crossings(top) < crossings(best)) best = top;
  }
  return best;
}

/** Millimetres of height that the rows need. */
export function traceHeightMm(rows: number): number {
  return rows * 30 + 4;
}

/**
 * ECG paper as vector graphics: one millimetre is one millimetre. The 5 mm lines are darker and thicker than the
 * 1 mm lines, and the trace is black, so that a grey print keeps all three apart.
 */
export function drawTrace(
  pdf: PDFKit.PDFDocument,
  area: PrintArea,
  rows: TraceRow[],
  style: TraceStyle,
): void {
  const mm = pointsPerMm;
  const columns = Math.floor(area.width / mm / 5) * 5;
  const lines = Math.floor(area.height / mm / 5) * 5;
  drawGrid(pdf, area.x, area.y, columns, lines);
  const rowHeight = (lines / rows.length) * mm;
  rows.forEach((row, r) =>
    drawRow(pdf, row, area.x, area.y + r * rowHeight + rowHeight / 2, columns * mm, style),
  );
}

function drawGrid(pdf: PDFKit.PDFDocument, x: number, y: number, columns: number, lines: number): void {
  const mm = pointsPerMm;
  for (const [step, width, color] of [
    [1, 0.15, '#f0b4b4'],
    [5, 0.4, '#d98282'],
  ] as const) {
    pdf.lineWidth(width).strokeColor(color);
    for (let i = 0; i <= columns; i += step) pdf.moveTo(x + i * mm, y).lineTo(x + i * mm, y + lines * mm);
    for (let i = 0; i <= lines; i += step) pdf.moveTo(x, y + i * mm).lineTo(x + columns * mm, y + i * mm);
    pdf.stroke();
  }
}

function drawRow(
  pdf: PDFKit.PDFDocument,
  row: TraceRow,
  x: number,
  middle: number,
  width: number,
  style: TraceStyle,
): void {
  const mm = pointsPerMm;
  const pointsPerMicrovolt = (style.mmPerMillivolt / 1000) * mm;
  drawPulse(pdf, x, middle, style);
  const left = x + pulseMm * mm;
  const span = (width - pulseMm * mm) / row.segments.length;
  row.segments.forEach((segment, s) => {
    const start = left + s * span;
    const pointsPerSample = (style.mmPerSecond / style.samplingRateHz) * mm;
    const total = segment.microvolts.length;
    // columns of one row follow each other in time
    const from = Math.min(total, Math.round((s * span) / pointsPerSample));
    const to = Math.min(total, from + Math.floor(span / pointsPerSample));
    if (to <= from) return;
    const base = quantile(segment.microvolts.subarray(from, to), 0.5);
    pdf.lineWidth(0.55).strokeColor('#000000').lineJoin('round');
    for (let i = from; i < to; i++) {
      const px = start + (i - from) * pointsPerSample;
      const py = middle - ((segment.microvolts[i] as number) - base) * pointsPerMicrovolt;
      if (i === from) pdf.moveTo(px, py);
      else pdf.lineTo(px, py);
    }
    pdf.stroke();
    if (s > 0)
      pdf
        .lineWidth(0.5)
        .moveTo(start, middle - 4 * mm)
        .lineTo(start, middle + 4 * mm)
        .stroke();
    const heights = segment.microvolts
      .subarray(from, Math.min(to, from + Math.ceil((nameWidthMm * mm) / pointsPerSample)))
      .map((value) => ((value - base) * pointsPerMicrovolt) / mm);
    drawLine(
      pdf,
      segment.derived ? `${segment.name}*` : segment.name,
      start + 1.2 * mm,
      middle - freeHeightMm(heights) * mm,
      { size: 8.5, strong: true },
    );
  });
}

/** 1 mV for 0.2 s in the scale of the row. */
function drawPulse(pdf: PDFKit.PDFDocument, x: number, middle: number, style: TraceStyle): void {
  const mm = pointsPerMm;
  const high = middle - style.mmPerMillivolt * mm;
  const width = 0.2 * style.mmPerSecond * mm;
  pdf.lineWidth(0.55).strokeColor('#000000');
  pdf
    .moveTo(x, middle)
    .lineTo(x + 1 * mm, middle)
    .lineTo(x + 1 * mm, high)
    .lineTo(x + 1 * mm + width, high)
    .lineTo(x + 1 * mm + width, middle)
    .lineTo(x + pulseMm * mm, middle)
    .stroke();
}
