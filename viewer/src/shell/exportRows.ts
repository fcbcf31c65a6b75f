export interface ExportColumn<T> {
  title: string;
  text: (row: T) => string | number | null | undefined;
  /** Names a patient: leaves the hub by right only, masked unless asked for in full. */
  person?: boolean;
}

/** The same columns with names that show their first character only. */
export function maskNames<T>(columns: ExportColumn<T>[]): ExportColumn<T>[] {
  return columns.map((column) => {
    if (!column.person) return column;
    const masked = (row: T) => {
      const [first, ...rest] = String(column.text(row) ?? '');
      return first === undefined ? '' : first + '*'.repeat(Math.min(rest.length, 2));
    };
    return { ...column, text: masked };
  });
}

/** A cell that a spreadsheet would run as a formula is kept as text. */
function safe(value: string): string {
  return /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
}

/** CSV with byte order mark, CRLF and quotes (RFC 4180), as Excel in Chinese opens it; `mark` is a last line that says whose file it is. */
export function toCsv<T>(columns: ExportColumn<T>[], rows: readonly T[], mark?: string): string {
  const cell = (value: string | number | null | undefined) => {
    const text = safe(String(value ?? ''));
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [
    columns.map((c) => cell(c.title)),
    ...rows.map((row) => columns.map((c) => cell(c.text(row)))),
    ...(mark ? [[cell(mark)]] : []),
  ];
  return '\uFEFF' + lines.map((line) => line.join(',')).join('\r\n') + '\r\n';
}

/** Workbook with one sheet, header in bold. The library is loaded when first used. */
export async function toXlsx<T>(
  columns: ExportColumn<T>[],
  rows: readonly T[],
  sheet: string,
  mark?: string,
): Promise<Blob> {
  const { default: write } = await import('write-excel-file/browser');
  const head = columns.map((c) => ({ value: c.title, fontWeight: 'bold' as const }));
  const body = rows.map((row) =>
    columns.map((c) => {
      const value = c.text(row);
      if (value === null || value === undefined || value === '') return null;
      return typeof value === 'number' ? { value, type: Number } : { value, type: String };
    }),
  );
  return write([head, ...body, ...(mark ? [[{ value: mark, type: String }]] : [])], {
    sheet: sheet.slice(0, 31),
  }).toBlob();
}

export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
