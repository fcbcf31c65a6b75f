import { fitLine } from './breakLines.ts';
import type { PrintDocument } from './document.ts';
import { drawLine } from './drawLine.ts';
import { inkColor, pageMargins, typeSize } from './pageFlow.ts';
import { textWidth } from './textRuns.ts';
import { words } from './words.ts';

/** Foot of every page, once their number is known: patient and accession number, page x of y, state across the page. */
export function drawFeet(pdf: PDFKit.PDFDocument, document: PrintDocument): void {
  const text = words[document.language ?? 'zh-CN'];
  const { start, count } = pdf.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    pdf.switchToPage(start + index);
    const { width, height } = pdf.page;
    const baseline = height - pageMargins.bottom + 20;
    const style = { size: typeSize.small, color: inkColor.label };
    const page = text.page(index + 1, count);
    const pageWidth = textWidth(page, style.size);
    pdf
      .moveTo(pageMargins.left, baseline - 12)
      .lineTo(width - pageMargins.right, baseline - 12)
      .lineWidth(0.4)
      .strokeColor(inkColor.rule)
      .stroke();
    const whose = [
      ...(document.patientName ? [`${text.patient} ${document.patientName}`] : []),
      ...(document.accessionNumber
        ? [`${document.numberLabel ?? text.accessionNumber} ${document.accessionNumber}`]
        : []),
    ].join('    ');
    const room = width - pageMargins.left - pageMargins.right - pageWidth - 12;
    drawLine(pdf, fitLine(whose, room, style.size), pageMargins.left, baseline, style);
    drawLine(pdf, page, width - pageMargins.right - pageWidth, baseline, style);
    drawAcross(pdf, document, width, height);
  }
}

/** 作废 and 临时 stand across the whole page, so that no copy of it passes for a final report. */
function drawAcross(pdf: PDFKit.PDFDocument, document: PrintDocument, width: number, height: number): void {
  const state = document.states?.find((one) => one === 'void' || one === 'preliminary');
  if (!state) return;
  const line = words[document.language ?? 'zh-CN'].states[state];
  const size = Math.min(110, (110 * width * 0.8) / textWidth(line, 110, true));
  pdf.save();
  pdf.rotate(-35, { origin: [width / 2, height / 2] });
  pdf.fillOpacity(0.13);
  drawLine(pdf, line, (width - textWidth(line, size, true)) / 2, height / 2 + size / 3, {
    size,
    strong: true,
    color: inkColor.red,
  });
  pdf.restore();
  pdf.fillOpacity(1);
}
