import {
  isDictionary,
  isKind,
  pdfName,
  pdfReference,
  PdfError,
  writePdfObject,
  type PdfDictionary,
  type PdfObject,
  type PdfStream,
} from '../signature/pdf/objects.ts';
import { readPdf, type PdfFile } from '../signature/pdf/readPdf.ts';

/** Attributes a page may inherit from the nodes above it (ISO 32000-2 §7.7.3.4). */
const INHERITED = ['Resources', 'MediaBox', 'CropBox', 'Rotate'];
/** What a copy for paper leaves behind: form fields with their signatures, structure, and the way back up. */
const LEFT = new Set(['Parent', 'Annots', 'StructParents', 'AA', 'B']);
const DEEPEST = 32;

/**
 * Pages of several PDF files as one file, in order, for printing in one go. The pages are the same, byte for byte of
 * their content; signatures do not survive joining, so the joined file is no document of its own. Throws `PdfError`
 * for a file the hub did not write.
 */
export function joinPdfs(files: readonly Buffer[]): Buffer {
  const bodies: (Buffer | undefined)[] = [undefined, undefined];
  const kids: PdfObject[] = [];
  for (const bytes of files) {
    const file = readPdf(bytes);
    const copy = copier(file, bodies);
    for (const page of pagesOf(file)) {
      const made: PdfDictionary = new Map();
      for (const [key, value] of page) if (!LEFT.has(key)) made.set(key, copy(value));
      made.set('Parent', pdfReference(2));
      bodies.push(Buffer.from(writePdfObject(made), 'latin1'));
      kids.push(pdfReference(bodies.length));
    }
  }
  bodies[0] = Buffer.from(
    writePdfObject(
      new Map<string, PdfObject>([
        ['Type', pdfName('Catalog')],
        ['Pages', pdfReference(2)],
      ]),
    ),
  );
  bodies[1] = Buffer.from(
    writePdfObject(
      new Map<string, PdfObject>([
        ['Type', pdfName('Pages')],
        ['Kids', kids],
        ['Count', kids.length],
      ]),
    ),
  );
  return writeFile(bodies);
}

function pagesOf(file: PdfFile): PdfDictionary[] {
  const found: PdfDictionary[] = [];
  const walk = (node: PdfObject | undefined, above: PdfDictionary, depth: number): void => {
    const dictionary = file.dictionary(node);
    if (!dictionary) return;
    if (depth > DEEPEST) throw new PdfError('the page tree is too deep');
    const inherited = new Map(above);
    for (const key of INHERITED) {
      const value = dictionary.get(key);
      if (value !== undefined) inherited.set(key, value);
    }
    if (dictionary.has('Kids'))
      for (const kid of file.array(dictionary.get('Kids'))) walk(kid, inherited, depth + 1);
    else found.push(new Map([...inherited, ...dictionary]));
  };
  walk(file.catalog.get('Pages'), new Map(), 0);
  return found;
}

/** Copies values of one file into the new one; each object once, under a new number. */
function copier(file: PdfFile, bodies: (Buffer | undefined)[]): (value: PdfObject) => PdfObject {
  const numbers = new Map<number, number>();
  const copy = (value: PdfObject): PdfObject => {
    if (isKind(value, 'reference')) {
      const known = numbers.get(value.number);
      if (known !== undefined) return pdfReference(known);
      bodies.push(undefined);
      const number = bodies.length;
      numbers.set(value.number, number);
      const target = file.resolve(value) ?? null;
      bodies[number - 1] = isKind(target, 'stream')
        ? writeStream(file, target, copy)
        : Buffer.from(writePdfObject(copy(target)), 'latin1');
      return pdfReference(number);
    }
    if (isDictionary(value))
      return new Map(
        [...value]
          .filter(([key]) => key !== 'Parent' && key !== 'StructParents')
          .map(([key, entry]) => [key, copy(entry)]),
      );
    return Array.isArray(value) ? value.map((entry: PdfObject) => copy(entry)) : value;
  };
  return copy;
}

function writeStream(file: PdfFile, stream: PdfStream, copy: (value: PdfObject) => PdfObject): Buffer {
  const length = file.resolve(stream.dictionary.get('Length'));
  if (typeof length !== 'number' || length < 0 || stream.start + length > file.bytes.length)
    throw new PdfError('length of a stream is wrong');
  const dictionary = new Map<string, PdfObject>();
  for (const [key, value] of stream.dictionary) dictionary.set(key, key === 'Length' ? length : copy(value));
  return Buffer.concat([
    Buffer.from(`${writePdfObject(dictionary)}\nstream\n`, 'latin1'),
    file.bytes.subarray(stream.start, stream.start + length),
    Buffer.from('\nendstream', 'latin1'),
  ]);
}

function writeFile(bodies: readonly (Buffer | undefined)[]): Buffer {
  const parts = [Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1')];
  let position = parts[0]?.length ?? 0;
  const offsets: number[] = [];
  bodies.forEach((body, index) => {
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`, 'latin1'),
      body ?? Buffer.from('null'),
      Buffer.from('\nendobj\n', 'latin1'),
    ]);
    offsets.push(position);
    position += part.length;
    parts.push(part);
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${bodies.length + 1} /Root 1 0 R >>\nstartxref\n${position}\n%%EOF\n`,
      'latin1',
    ),
  );
  return Buffer.concat(parts);
}
