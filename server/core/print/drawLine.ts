import type {} from 'pdfkit';
import { encodeText } from './embeddedFaces.ts';
import { face } from './faces.ts';
import type { Face } from './faces.ts';
import { codeScale, textRuns } from './textRuns.ts';
import type { TextRun } from './textRuns.ts';

export interface LineStyle {
  size: number;
  strong?: boolean;
  color?: string;
}

/** Draws one line; `x` is its left end and `baseline` the line the letters stand on. Answers its width. */
export function drawLine(
  pdf: PDFKit.PDFDocument,
  line: string,
  x: number,
  baseline: number,
  style: LineStyle,
): number {
  const font = face(style.strong ? 'bold' : 'regular');
  let at = x;
  pdf.fillColor(style.color ?? 'black');
  for (const run of textRuns(line, style.strong)) {
    drawRun(pdf, run, at, baseline, style, font);
    at += (run.width * style.size) / 1000;
  }
  return at - x;
}

function drawRun(
  pdf: PDFKit.PDFDocument,
  run: TextRun,
  x: number,
  baseline: number,
  { size, color }: LineStyle,
  font: Face,
): void {
  switch (run.kind) {
    case 'text':
      showText(pdf, run.text, x, baseline, size, font);
      return;
    case 'code':
      showText(pdf, run.text, x, baseline, size * codeScale, font, run.actual);
      return;
    case 'outline': {
      const scale = (size * run.scale) / run.glyph.unitsPerEm;
      pdf
        .save()
        .translate(x, baseline - size * run.rise)
        .scale(scale, -scale);
      pdf
        .path(run.glyph.outline)
        .fill(color ?? 'black')
        .restore();
      // An unseen sign of the same width on the line carries the character for selection and search.
      showText(pdf, '口', x, baseline, size, font, run.actual, run.width / 10);
    }
  }
}

/**
 * Writes the text operators itself (ISO 32000-2 §9.4): no shaping, so widths are exactly those of the layout. What a
 * reader selects is `actual` where that differs from what is drawn (§14.9.4). Page space is upside down in pdfkit.
 */
function showText(
  pdf: PDFKit.PDFDocument,
  text: string,
  x: number,
  baseline: number,
  size: number,
  font: Face,
  actual?: string,
  unseenPercent?: number,
): void {
  const { font: name, codes } = encodeText(pdf, text, font);
  const unseen =
    unseenPercent === undefined ? ['', ''] : [`3 Tr ${round(unseenPercent)} Tz `, ' 0 Tr 100 Tz'];
  const show = `BT /${name} ${round(size)} Tf ${unseen[0]}1 0 0 -1 ${round(x)} ${round(baseline)} Tm <${codes}> Tj${unseen[1]} ET`;
  pdf.addContent(actual === undefined ? show : `/Span << /ActualText <${utf16(actual)}> >> BDC ${show} EMC`);
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
const utf16 = (text: string): string => `feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}`;
