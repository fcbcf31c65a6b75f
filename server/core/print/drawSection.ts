import { breakLines, fitLine, lineHeight } from './breakLines.ts';
import { drawFields } from './drawFields.ts';
import { drawLine } from './drawLine.ts';
import { drawTable } from './drawTable.ts';
import { inkColor, typeSize } from './pageFlow.ts';
import type { PageFlow } from './pageFlow.ts';
import { pointsPerMm } from './sections.ts';
import type { PrintSection } from './sections.ts';
import { textWidth } from './textRuns.ts';

/** Draws one section where the flow stands and moves it on. */
export function drawSection(flow: PageFlow, section: PrintSection): void {
  switch (section.type) {
    case 'heading':
      flow.need(lineHeight(typeSize.heading) + 2 * lineHeight(typeSize.text));
      drawLines(flow, section.text, typeSize.heading, true);
      return;
    case 'text':
      drawText(flow, section);
      return;
    case 'fields':
      drawFields(flow, section);
      flow.y += 5;
      return;
    case 'table':
      drawTable(flow, section);
      return;
    case 'image':
      drawImages(flow, section);
      return;
    case 'vector':
      drawVector(flow, section);
      return;
    case 'pageBreak':
      flow.newPage(section.orientation);
      return;
  }
}

function drawText(flow: PageFlow, section: Extract<PrintSection, { type: 'text' }>): void {
  const size = section.small ? typeSize.small : typeSize.text;
  if (section.label) {
    flow.need(lineHeight(typeSize.text) * 2);
    drawLines(flow, section.label, typeSize.text, true);
  }
  drawLines(flow, section.text, size, section.strong ?? false);
  flow.y += 5;
}

function drawLines(flow: PageFlow, text: string, size: number, strong: boolean): void {
  for (const line of breakLines(text, flow.width, size, strong)) {
    flow.need(lineHeight(size));
    drawLine(flow.pdf, line, flow.left, flow.y + size * 1.12, { size, strong });
    flow.y += lineHeight(size);
  }
}

const captionHeight = lineHeight(typeSize.small);
const imageGap = 8;

function drawImages(flow: PageFlow, section: Extract<PrintSection, { type: 'image' }>): void {
  const perRow = section.images.length === 1 ? 1 : section.images.length % 3 === 0 ? 3 : 2;
  const cellWidth = (flow.width - imageGap * (perRow - 1)) / perRow;
  for (let first = 0; first < section.images.length; first += perRow) {
    const row = section.images.slice(first, first + perRow).map((image) => {
      const opened = openImage(flow.pdf, image.bytes);
      const height = (section.heightMm ?? 70) * pointsPerMm;
      const scale = Math.min(
        cellWidth / opened.width,
        Math.min(height, flow.fullRoom() - captionHeight) / opened.height,
      );
      return { ...image, opened, width: opened.width * scale, height: opened.height * scale };
    });
    const rowHeight = Math.max(...row.map((image) => image.height));
    const caption = row.some((image) => image.caption) ? captionHeight : 0;
    flow.need(rowHeight + caption);
    row.forEach((image, index) => {
      const cell = flow.left + index * (cellWidth + imageGap);
      const { width, height } = image;
      const area = { x: cell + (cellWidth - width) / 2, y: flow.y, width, height };
      flow.pdf.image(image.opened as never, area.x, area.y, { width, height });
      image.over?.(flow.pdf, area);
      if (image.caption) drawCaption(flow, image.caption, cell, cellWidth, flow.y + rowHeight);
    });
    flow.y += rowHeight + caption + imageGap;
  }
}

interface OpenedImage {
  width: number;
  height: number;
}

/** pdfkit opens images ahead of drawing them, though its types do not say so. */
function openImage(pdf: PDFKit.PDFDocument, bytes: Buffer): OpenedImage {
  return (pdf as unknown as { openImage(source: Buffer): OpenedImage }).openImage(bytes);
}

function drawVector(flow: PageFlow, section: Extract<PrintSection, { type: 'vector' }>): void {
  const height = section.heightMm * pointsPerMm;
  const caption = section.caption ? captionHeight : 0;
  flow.need(height + caption);
  const area = { x: flow.left, y: flow.y, width: flow.width, height };
  flow.pdf.save();
  flow.pdf.rect(area.x, area.y, area.width, area.height).clip();
  section.draw(flow.pdf, area);
  flow.pdf.restore();
  if (section.caption) drawCaption(flow, section.caption, area.x, area.width, area.y + height);
  flow.y += height + caption + 5;
}

function drawCaption(flow: PageFlow, caption: string, x: number, width: number, top: number): void {
  const line = fitLine(caption, width, typeSize.small);
  const left = x + (width - textWidth(line, typeSize.small)) / 2;
  drawLine(flow.pdf, line, left, top + typeSize.small * 1.2, { size: typeSize.small, color: inkColor.label });
}
