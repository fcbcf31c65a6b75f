import { breakLines, fitLine, lineHeight } from './breakLines.ts';
import type { PrintDocument } from './document.ts';
import { drawFields } from './drawFields.ts';
import { drawLine } from './drawLine.ts';
import { drawRule, inkColor, typeSize } from './pageFlow.ts';
import type { PageFlow } from './pageFlow.ts';
import { textWidth } from './textRuns.ts';
import { words } from './words.ts';

const sideWidth = 96;

/** Head of the first page: issuing centre and title, recognition mark top right, state, patient strip, notices. */
export function drawHead(flow: PageFlow, document: PrintDocument): void {
  const text = words[document.language ?? 'zh-CN'];
  const middle = flow.width - 2 * sideWidth;
  const marksEnd = flow.y + drawMarks(flow, document);
  for (const line of breakLines(document.issuer, middle, typeSize.issuer, true))
    centered(flow, line, typeSize.issuer);
  for (const line of breakLines(document.title, middle, typeSize.title, true))
    centered(flow, line, typeSize.title);
  if (document.performer) {
    const line = fitLine(
      `${text.performer} ${document.performer}    ${text.issuer} ${document.issuer}`,
      flow.width,
      typeSize.field,
    );
    const x = flow.left + (flow.width - textWidth(line, typeSize.field)) / 2;
    drawLine(flow.pdf, line, x, flow.y + typeSize.field * 1.1, {
      size: typeSize.field,
      color: inkColor.label,
    });
    flow.y += lineHeight(typeSize.field);
  }
  flow.y = Math.max(flow.y, marksEnd) + 3;
  drawRule(flow, flow.y, 0.9, inkColor.text);
  flow.y += 4;
  drawFields(flow, { type: 'fields', fields: document.strip, columns: flow.width > 600 ? 5 : 4 });
  drawRule(flow, flow.y, 0.5);
  flow.y += 6;
  if (document.notices?.length) drawNotices(flow, document.notices);
}

/** Head of every following page: one line that says what this is, with the same marks. */
export function drawContinuation(flow: PageFlow, document: PrintDocument): number {
  const marksHeight = drawMarks(flow, document);
  const line = fitLine(
    `${document.issuer}  ${document.title}`,
    flow.width - 2 * sideWidth,
    typeSize.field,
    true,
  );
  const x = flow.left + (flow.width - textWidth(line, typeSize.field, true)) / 2;
  drawLine(flow.pdf, line, x, flow.y + typeSize.field * 1.1, { size: typeSize.field, strong: true });
  const y = flow.y + Math.max(18, marksHeight) + 3;
  drawRule(flow, y);
  return y + 6;
}

function centered(flow: PageFlow, line: string, size: number): void {
  const x = flow.left + (flow.width - textWidth(line, size, true)) / 2;
  drawLine(flow.pdf, line, x, flow.y + size * 1.1, { size, strong: true });
  flow.y += size * 1.45;
}

/** Recognition mark on the right, state stamps on the left; both boxed words. Answers the height they take. */
function drawMarks(flow: PageFlow, document: PrintDocument): number {
  const text = words[document.language ?? 'zh-CN'];
  if (document.recognitionMark) {
    const line = fitLine(document.recognitionMark, sideWidth - 12, 11, true);
    const width = textWidth(line, 11, true) + 10;
    boxed(flow, line, flow.left + flow.width - width, width, inkColor.text);
  }
  let stacked = 0;
  for (const state of document.states ?? []) {
    for (const line of breakLines(text.states[state], sideWidth - 12, 11, true)) {
      boxed(flow, line, flow.left, textWidth(line, 11, true) + 10, inkColor.red, stacked);
      stacked += 19;
    }
  }
  return Math.max(stacked, document.recognitionMark ? 17 : 0);
}

function boxed(flow: PageFlow, line: string, x: number, width: number, color: string, offset = 0): void {
  const top = flow.y + offset;
  flow.pdf.rect(x, top, width, 17).lineWidth(1).strokeColor(color).stroke();
  drawLine(flow.pdf, line, x + 5, top + 12.5, { size: 11, strong: true, color });
}

function drawNotices(flow: PageFlow, notices: readonly string[]): void {
  const size = typeSize.field;
  const lines = notices.flatMap((notice) => breakLines(notice, flow.width - 12, size));
  const height = lines.length * lineHeight(size) + 6;
  flow.need(height);
  flow.pdf.rect(flow.left, flow.y, flow.width, height).lineWidth(0.8).strokeColor(inkColor.red).stroke();
  lines.forEach((line, index) =>
    drawLine(flow.pdf, line, flow.left + 6, flow.y + 3 + lineHeight(size) * index + size * 1.12, { size }),
  );
  flow.y += height + 6;
}
