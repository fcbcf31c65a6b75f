import { breakLines, lineHeight } from './breakLines.ts';
import { drawLine } from './drawLine.ts';
import { drawRule, inkColor, typeSize } from './pageFlow.ts';
import type { PageFlow } from './pageFlow.ts';
import type { PrintCell, PrintColumn, PrintRow, PrintSection } from './sections.ts';
import { textWidth } from './textRuns.ts';

const size = typeSize.field;
const padding = 3;

interface LaidColumn {
  column: PrintColumn;
  x: number;
  width: number;
}

/** A table over as many pages as it takes, its head repeated on each; long cells wrap and break between lines. */
export function drawTable(flow: PageFlow, section: Extract<PrintSection, { type: 'table' }>): void {
  drawTableHead(flow, section.columns);
  for (const row of section.rows) {
    if (row.group) drawGroup(flow, section.columns, row);
    else drawRow(flow, section.columns, row);
  }
  drawRule(flow, flow.y, 0.7, inkColor.text);
  flow.y += 3;
  if (section.note) {
    for (const line of breakLines(section.note, flow.width, typeSize.small)) {
      flow.need(lineHeight(typeSize.small));
      drawLine(flow.pdf, line, flow.left, flow.y + typeSize.small * 1.12, {
        size: typeSize.small,
        color: inkColor.label,
      });
      flow.y += lineHeight(typeSize.small);
    }
  }
  flow.y += 5;
}

function layOut(flow: PageFlow, columns: readonly PrintColumn[]): LaidColumn[] {
  const total = columns.reduce((sum, column) => sum + column.width, 0) || 1;
  let x = flow.left;
  return columns.map((column) => {
    const width = (flow.width * column.width) / total;
    const laid = { column, x: x + padding, width: width - 2 * padding };
    x += width;
    return laid;
  });
}

function drawTableHead(flow: PageFlow, columns: readonly PrintColumn[]): void {
  const laid = layOut(flow, columns);
  const titles = laid.map(({ column, width }) => breakLines(column.title, width, size, true));
  const height = Math.max(1, ...titles.map((lines) => lines.length)) * lineHeight(size) + 4;
  flow.need(height + 2 * lineHeight(size));
  flow.pdf.rect(flow.left, flow.y, flow.width, height).fill(inkColor.shade);
  drawRule(flow, flow.y, 0.7, inkColor.text);
  titles.forEach((lines, index) =>
    drawCellLines(flow, laid[index], lines, flow.y + 2, { text: '', strong: true }),
  );
  flow.y += height;
  drawRule(flow, flow.y, 0.7, inkColor.text);
}

function drawGroup(flow: PageFlow, columns: readonly PrintColumn[], row: PrintRow): void {
  const cell = asCell(row.cells[0]);
  const lines = breakLines(cell.text, flow.width - 2 * padding, size, true);
  if (lines.length * lineHeight(size) + lineHeight(size) > flow.room()) {
    flow.newPage();
    drawTableHead(flow, columns);
  }
  for (const line of lines) {
    drawLine(flow.pdf, line, flow.left + padding, flow.y + size * 1.2, { size, strong: true });
    flow.y += lineHeight(size);
  }
  drawRule(flow, flow.y, 0.3);
}

function drawRow(flow: PageFlow, columns: readonly PrintColumn[], row: PrintRow): void {
  const laid = layOut(flow, columns);
  const cells = laid.map((_, index) => asCell(row.cells[index]));
  const lines = laid.map(({ width }, index) =>
    breakLines(cells[index]?.text ?? '', width, size, cells[index]?.strong),
  );
  const count = Math.max(1, ...lines.map((cellLines) => cellLines.length));
  const fitsOnePage = count * lineHeight(size) + 2 <= flow.fullRoom() - 3 * lineHeight(size);
  for (let done = 0; done < count;) {
    const left = count - done;
    if (linesThatFit(flow) < left && (fitsOnePage || linesThatFit(flow) < 3)) {
      flow.newPage();
      drawTableHead(flow, columns);
    }
    const now = Math.max(1, Math.min(left, linesThatFit(flow)));
    lines.forEach((cellLines, index) =>
      drawCellLines(
        flow,
        laid[index],
        cellLines.slice(done, done + now),
        flow.y + 1,
        cells[index] ?? { text: '' },
      ),
    );
    flow.y += now * lineHeight(size) + 2;
    done += now;
  }
  drawRule(flow, flow.y, 0.3);
}

const linesThatFit = (flow: PageFlow): number => Math.floor((flow.room() - 2) / lineHeight(size));

function drawCellLines(
  flow: PageFlow,
  laid: LaidColumn | undefined,
  lines: readonly string[],
  top: number,
  cell: PrintCell,
): void {
  if (!laid) return;
  lines.forEach((line, index) => {
    const spare = laid.width - textWidth(line, size, cell.strong);
    const shift = laid.column.align === 'right' ? spare : laid.column.align === 'center' ? spare / 2 : 0;
    drawLine(flow.pdf, line, laid.x + Math.max(0, shift), top + index * lineHeight(size) + size * 1.12, {
      size,
      strong: cell.strong ?? false,
      color: cell.color ? inkColor[cell.color] : inkColor.text,
    });
  });
}

const asCell = (cell: string | PrintCell | undefined): PrintCell =>
  typeof cell === 'string' ? { text: cell } : (cell ?? { text: '' });
