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
  const middles = middlesMm(rows, columns, lines, style);
  rows.forEach((row, r) => drawRow(pdf, row, area.x, area.y + (middles[r] ?? 0) * mm, columns * mm, style));
}

/** A line beside the edge of the grid. */
const rimMm = 2;

/**
 * Millimetres from the upper edge to the base line of each row. Waves may run into the next row, as they do on a
 * recorder, but none leaves the grid: the first and the last rows stand as far from its edges as their waves reach.
 */
export function middlesMm(rows: TraceRow[], widthMm: number, heightMm: number, style: TraceStyle): number[] {
  const needs = rows.map((row) => {
    let up = rimMm;
    let down = rimMm;
    for (const part of partsOf(row, widthMm, style)) {
      const mmOf = (microvolt: number): number => ((microvolt - part.base) / 1000) * style.mmPerMillivolt;
      up = Math.max(up, mmOf(quantile(part.shown, 1)) + rimMm);
      down = Math.max(down, rimMm - mmOf(quantile(part.shown, 0)));
    }
    return { up, down };
  });
  const usual = heightMm / rows.length / 2;
  const last = rows.length - 1;
  let top = usual;
  let bottom = usual;
  // rows move together when the edges take room, and then the second one may reach the edge
  for (let pass = 0; pass < 3; pass++) {
    const apart = last > 0 ? (heightMm - top - bottom) / last : 0;
    top = Math.max(top, ...needs.map(({ up }, r) => up - r * apart));
    bottom = Math.max(bottom, ...needs.map(({ down }, r) => down - (last - r) * apart));
  }
  const span = heightMm - top - bottom;
  return rows.map((_, r) => top + (last > 0 ? (span * r) / last : span / 2));
}

interface TracePart {
  segment: TraceRow['segments'][number];
  /** Millimetres from the beginning of the row. */
  startMm: number;
  shown: Float64Array;
  /** Microvolts that stand on the base line. */
  base: number;
}

/** Columns of one row follow each other in time. */
function partsOf(row: TraceRow, widthMm: number, style: TraceStyle): TracePart[] {
  const span = (widthMm - pulseMm) / row.segments.length;
  const mmPerSample = style.mmPerSecond / style.samplingRateHz;
  return row.segments.flatMap((segment, s) => {
    const total = segment.microvolts.length;
    const from = Math.min(total, Math.round((s * span) / mmPerSample));
    const to = Math.min(total, from + Math.floor(span / mmPerSample));
    if (to <= from) return [];
    const shown = segment.microvolts.subarray(from, to);
    return [{ segment, startMm: pulseMm + s * span, shown, base: quantile(shown, 0.5) }];
  });
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
  const pointsPerSample = (style.mmPerSecond / style.samplingRateHz) * mm;
  for (const { segment, startMm, shown, base } of partsOf(row, width / mm, style)) {
    const start = x + startMm * mm;
    pdf.lineWidth(0.55).strokeColor('#000000').lineJoin('round');
    shown.forEach((value, i) => {
      const py = middle - (value - base) * pointsPerMicrovolt;
      if (i === 0) pdf.moveTo(start, py);
      else pdf.lineTo(start + i * pointsPerSample, py);
    });
    pdf.stroke();
    if (startMm > pulseMm)
      pdf
        .lineWidth(0.5)
        .moveTo(start, middle - 4 * mm)
        .lineTo(start, middle + 4 * mm)
        .stroke();
    const heights = shown
      .subarray(0, Math.ceil((nameWidthMm * mm) / pointsPerSample))
      .map((value) => ((value - base) * pointsPerMicrovolt) / mm);
    drawLine(
      pdf,
      segment.derived ? `${segment.name}*` : segment.name,
      start + 1.2 * mm,
      middle - freeHeightMm(heights) * mm,
      { size: 8.5, strong: true },
    );
  }
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
