import type {} from 'pdfkit';

/** Points of PDF per millimetre on paper. */
export const pointsPerMm = 72 / 25.4;

export interface PrintField {
  label: string;
  value: string;
  /** Columns it takes; default 1. */
  span?: number;
  strong?: boolean;
}

export interface PrintColumn {
  title: string;
  /** Share of the width, relative to the other columns. */
  width: number;
  align?: 'left' | 'right' | 'center';
}

export interface PrintCell {
  text: string;
  strong?: boolean;
  /** For values out of range: always together with a sign in the text (↑ ↓), never colour alone. */
  color?: 'red' | 'amber' | 'blue' | 'grey';
}

export interface PrintRow {
  cells: (string | PrintCell)[];
  /** A line over the whole width, e.g. the name of a group; its first cell is printed. */
  group?: boolean;
}

/** The rectangle a drawing may use, in points from the top left corner of the page. */
export interface PrintArea {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type PrintOrientation = 'portrait' | 'landscape';

export interface SectionImage {
  bytes: Buffer;
  caption?: string;
  /** Drawn over the picture, in its rectangle on the page. */
  over?: (pdf: PDFKit.PDFDocument, area: PrintArea) => void;
}

/**
 * What a document is made of between its head and its signers. Sections flow over pages; texts and tables break
 * anywhere between lines and rows, images and drawings stay in one piece.
 */
export type PrintSection =
  | { type: 'heading'; text: string }
  /** Line breaks of the text are kept. With a label it stands as a bold line above. */
  | { type: 'text'; text: string; label?: string; strong?: boolean; small?: boolean }
  | { type: 'fields'; fields: PrintField[]; columns?: number }
  /** The head of the table is repeated on every page. */
  | { type: 'table'; columns: PrintColumn[]; rows: PrintRow[]; note?: string }
  /** PNG or JPEG; several stand side by side, each at most `heightMm` high (default 70). */
  | { type: 'image'; images: SectionImage[]; heightMm?: number }
  /** Vector graphics at true scale: `draw` gets the PDF document and its rectangle. */
  | {
      type: 'vector';
      heightMm: number;
      draw: (pdf: PDFKit.PDFDocument, area: PrintArea) => void;
      caption?: string;
    }
  | { type: 'pageBreak'; orientation?: PrintOrientation };
