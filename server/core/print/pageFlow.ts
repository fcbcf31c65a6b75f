import type {} from 'pdfkit';
import { pointsPerMm } from './sections.ts';
import type { PrintOrientation } from './sections.ts';

export const pageMargins = {
  left: 15 * pointsPerMm,
  right: 15 * pointsPerMm,
  top: 11 * pointsPerMm,
  bottom: 16 * pointsPerMm,
};

/** Sizes of type in points. */
export const typeSize = { title: 15, issuer: 13, heading: 11, text: 10.5, field: 9.5, small: 8 } as const;

export const inkColor = {
  text: '#000000',
  label: '#555555',
  rule: '#999999',
  red: '#b00020',
  amber: '#8a5a00',
  blue: '#0b4f9e',
  grey: '#666666',
  shade: '#eeeeee',
} as const;

/** Where the next thing is drawn, and what is left of the page. */
export interface PageFlow {
  readonly pdf: PDFKit.PDFDocument;
  readonly left: number;
  readonly width: number;
  /** Top of what is drawn next. */
  y: number;
  /** Points left on this page. */
  room(): number;
  /** Points of an empty page. */
  fullRoom(): number;
  /** Goes to a new page unless `height` fits; what is taller than a page starts one. */
  need(height: number): void;
  newPage(orientation?: PrintOrientation): void;
}

const a4: Record<PrintOrientation, [number, number]> = {
  portrait: [210 * pointsPerMm, 297 * pointsPerMm],
  landscape: [297 * pointsPerMm, 210 * pointsPerMm],
};

/** Starts the first page. `head` draws the top of each following one and answers where the content begins. */
export function startPageFlow(
  pdf: PDFKit.PDFDocument,
  orientation: PrintOrientation,
  head: (flow: PageFlow) => number,
): PageFlow {
  let current = orientation;
  let contentTop = pageMargins.top;
  const bottom = (): number => a4[current][1] - pageMargins.bottom;
  const flow = {
    pdf,
    left: pageMargins.left,
    y: pageMargins.top,
    get width() {
      return a4[current][0] - pageMargins.left - pageMargins.right;
    },
    room: () => bottom() - flow.y,
    fullRoom: () => bottom() - contentTop,
    need(height: number) {
      if (height > flow.room() && flow.y > contentTop) flow.newPage();
    },
    newPage(next?: PrintOrientation) {
      current = next ?? current;
      pdf.addPage({ size: a4[current], margin: 0 });
      flow.y = pageMargins.top;
      contentTop = head(flow);
      flow.y = contentTop;
    },
  };
  pdf.addPage({ size: a4[current], margin: 0 });
  return flow;
}

export function drawRule(flow: PageFlow, y: number, width = 0.5, color: string = inkColor.rule): void {
  flow.pdf
    .moveTo(flow.left, y)
    .lineTo(flow.left + flow.width, y)
    .lineWidth(width)
    .strokeColor(color)
    .stroke();
}
