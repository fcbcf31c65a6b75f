/** One object of a file: its number and what stands between `obj` and `endobj`. */
export type TinyObject = readonly [number: number, body: string];

const page: TinyObject[] = [
  [1, '<< /Type /Catalog /Pages 2 0 R >>'],
  [2, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>'],
  [3, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>'],
];

/** Objects of a file of one empty page; those given replace or follow them. */
export const onePage = (...more: TinyObject[]): TinyObject[] => [
  ...page.filter(([number]) => !more.some(([other]) => other === number)),
  ...more,
];

const entry = (offset: number, kind: 'n' | 'f' = 'n'): string =>
  `${String(offset).padStart(10, '0')} ${kind === 'n' ? '00000' : '65535'} ${kind} \n`;

/** A file with one classic cross-reference table, byte for byte as given (latin1). */
export function tinyPdf(objects: readonly TinyObject[] = onePage(), trailer = '/Root 1 0 R'): Buffer {
  return append(Buffer.from('%PDF-1.7\n'), objects, trailer);
}

/** What an incremental update adds: objects, freed numbers, a table that names the one before. */
export function append(
  file: Buffer,
  objects: readonly TinyObject[],
  trailer: string,
  freed: readonly number[] = [],
): Buffer {
  let text = '';
  let table = freed.map((number) => `${number} 1\n${entry(0, 'f')}`).join('');
  let size = 0;
  for (const [number, body] of objects) {
    table += `${number} 1\n${entry(file.length + text.length)}`;
    text += `${number} 0 obj\n${body}\nendobj\n`;
    size = Math.max(size, number + 1);
  }
  const at = file.length + text.length;
  text += `xref\n${table}trailer\n<< /Size ${size} ${trailer} >>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([file, Buffer.from(text, 'latin1')]);
}

/** Where the newest table of a file stands, for the `/Prev` of the next. */
export const tableOf = (file: Buffer): number =>
  Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(file.toString('latin1'))?.[1]);
