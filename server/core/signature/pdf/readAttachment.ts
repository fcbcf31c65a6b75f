import { isKind, readPdfText } from './objects.ts';
import type { PdfObject } from './objects.ts';
import type { PdfFile } from './readPdf.ts';

/** Bytes of an attached file (ISO 32000-2 §7.11.4), or undefined. Throws a `PdfError` when it cannot be read. */
export function readAttachment(file: PdfFile, name: string): Buffer | undefined {
  const names = file.dictionary(file.catalog.get('Names'));
  const specification = findName(file, names?.get('EmbeddedFiles'), name, 0);
  const embedded = file.dictionary(file.dictionary(specification)?.get('EF'))?.get('F');
  const stream = file.resolve(embedded);
  return isKind(stream, 'stream') ? file.streamBytes(stream) : undefined;
}

/** Walks the name tree (§7.9.6). */
function findName(
  file: PdfFile,
  node: PdfObject | undefined,
  name: string,
  depth: number,
): PdfObject | undefined {
  const dictionary = file.dictionary(node);
  if (!dictionary || depth > 8) return undefined;
  const pairs = file.array(dictionary.get('Names'));
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const key = file.resolve(pairs[index]);
    if (isKind(key, 'string') && readPdfText(key) === name) return pairs[index + 1];
  }
  for (const kid of file.array(dictionary.get('Kids'))) {
    const found = findName(file, kid, name, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
