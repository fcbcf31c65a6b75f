import { drawLine } from '../../core/print/drawLine.ts';
import type { PrintArea } from '../../core/print/sections.ts';
import { textWidth } from '../../core/print/textRuns.ts';
import type { ImageSigns } from './imageSigns.ts';

const size = 8;
const gap = 3;
const lengthsMm = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** A bar is at least so long on paper, so that it can be measured against. */
const shortestPoints = 28;

/** Letters of the four sides and a scale bar over a printed picture of an image that is `columns` pixels wide. */
export function drawSigns(
  pdf: PDFKit.PDFDocument,
  area: PrintArea,
  { sides, scale }: ImageSigns,
  columns: number,
): void {
  const [middle, centre] = [area.x + area.width / 2, area.y + area.height / 2];
  const [far, low] = [area.x + area.width - gap, area.y + area.height - gap];
  if (sides) {
    sign(pdf, sides.left, area.x + gap, centre, 0);
    sign(pdf, sides.right, far, centre, 1);
    sign(pdf, sides.top, middle, area.y + gap + size / 2, 0.5);
    sign(pdf, sides.bottom, middle, low - size / 2, 0.5);
  }
  if (!scale) return;
  const pointsPerMm = area.width / columns / scale.mmPerPixel;
  const mm = lengthsMm.find((each) => each * pointsPerMm >= shortestPoints);
  if (mm === undefined || mm * pointsPerMm > area.width / 2) return;
  const left = far - mm * pointsPerMm;
  for (const [color, width] of [
    ['black', 2.4],
    ['white', 1],
  ] as const)
    pdf
      .moveTo(left, low - 5)
      .lineTo(left, low - 1)
      .lineTo(far, low - 1)
      .lineTo(far, low - 5)
      .lineWidth(width)
      .strokeColor(color)
      .stroke();
  const length = mm >= 10 ? `${mm / 10} cm` : `${mm} mm`;
  sign(pdf, [length, scale.place].filter(Boolean).join(' '), far, low - 11, 1);
}

/** White on black, as on a film: it is read over any picture. `part` of its width lies left of `x`. */
function sign(pdf: PDFKit.PDFDocument, text: string, x: number, middle: number, part: number): void {
  const width = textWidth(text, size, true);
  const left = x - width * part;
  pdf
    .rect(left - 1, middle - size / 2 - 0.5, width + 2, size + 1)
    .fillColor('black')
    .fill();
  drawLine(pdf, text, left, middle + size * 0.36, { size, strong: true, color: 'white' });
}
