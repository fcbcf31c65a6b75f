import { breakLines, lineHeight } from './breakLines.ts';
import { drawLine } from './drawLine.ts';
import { inkColor, typeSize } from './pageFlow.ts';
import type { PageFlow } from './pageFlow.ts';
import type { PrintField, PrintSection } from './sections.ts';
import { textWidth } from './textRuns.ts';

const gap = 8;

interface Cell {
  field: PrintField;
  x: number;
  labelWidth: number;
  lines: string[];
}

/** Label and value in columns; a value too long for its cell takes more lines, never less text. */
export function drawFields(flow: PageFlow, section: Extract<PrintSection, { type: 'fields' }>): void {
  const columns = Math.max(1, section.columns ?? 3);
  const columnWidth = (flow.width + gap) / columns;
  let row: Cell[] = [];
  let used = 0;
  for (const field of section.fields) {
    const span = Math.min(columns, field.span ?? 1);
    if (used + span > columns) {
      drawRow(flow, row);
      row = [];
      used = 0;
    }
    row.push(layOut(field, flow.left + used * columnWidth, span * columnWidth - gap));
    used += span;
  }
  drawRow(flow, row);
}

function layOut(field: PrintField, x: number, width: number): Cell {
  const label = field.label === '' ? '' : `${field.label} `;
  const labelWidth = textWidth(label, typeSize.field);
  const room = Math.max(width - labelWidth, 24);
  return { field, x, labelWidth, lines: breakLines(field.value, room, typeSize.field, field.strong) };
}

function drawRow(flow: PageFlow, row: readonly Cell[]): void {
  const size = typeSize.field;
  const height = Math.max(0, ...row.map((cell) => cell.lines.length)) * lineHeight(size);
  flow.need(height);
  for (const cell of row) {
    const baseline = flow.y + size * 1.12;
    drawLine(flow.pdf, cell.field.label, cell.x, baseline, { size, color: inkColor.label });
    cell.lines.forEach((line, index) =>
      drawLine(flow.pdf, line, cell.x + cell.labelWidth, baseline + index * lineHeight(size), {
        size,
        strong: cell.field.strong ?? false,
      }),
    );
  }
  flow.y += height;
}
