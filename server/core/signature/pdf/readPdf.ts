import { inflateSync } from 'node:zlib';
import { PdfError, isDictionary, isKind } from './objects.ts';
import type { PdfDictionary, PdfObject, PdfStream } from './objects.ts';
import { parseObject, readToken, skipWhitespace } from './parseObject.ts';

/** A PDF file opened through its classic cross-reference tables (ISO 32000-2 §7.5.4). */
export interface PdfFile {
  readonly bytes: Buffer;
  readonly trailer: PdfDictionary;
  readonly catalog: PdfDictionary;
  /** Position of the newest cross-reference table. */
  readonly startXref: number;
  /** The object itself, or what the reference stands for. */
  resolve(value: PdfObject | undefined): PdfObject | undefined;
  dictionary(value: PdfObject | undefined): PdfDictionary | undefined;
  array(value: PdfObject | undefined): readonly PdfObject[];
  /** Bytes of a stream, inflated when it says so. Throws a `PdfError` past `limit` bytes. */
  streamBytes(stream: PdfStream, limit?: number): Buffer;
}

const mostSections = 64;
const mostObjects = 1_000_000;

/**
 * Opens a PDF file. Only what the hub writes is read: classic tables, no cross-reference streams, no encryption.
 * Throws a `PdfError` for everything else.
 */
export function readPdf(bytes: Buffer): PdfFile {
  if (bytes.toString('latin1', 0, 5) !== '%PDF-') throw new PdfError('not a PDF file');
  const { offsets, trailer, startXref } = readCrossReferences(bytes);
  const objects = new Map<number, PdfObject>();

  function load(number: number): PdfObject {
    const known = objects.get(number);
    if (known !== undefined) return known;
    const offset = offsets.get(number);
    if (offset === undefined) return null;
    const value = readIndirectObject(bytes, offset, number);
    objects.set(number, value);
    return value;
  }
  function resolve(value: PdfObject | undefined): PdfObject | undefined {
    let current = value;
    for (let hops = 0; isKind(current, 'reference'); hops += 1) {
      if (hops > 8) throw new PdfError('reference leads in a circle');
      current = load(current.number);
    }
    return current;
  }
  const dictionary = (value: PdfObject | undefined): PdfDictionary | undefined => {
    const resolved = resolve(value);
    return isDictionary(resolved) ? resolved : undefined;
  };
  const array = (value: PdfObject | undefined): readonly PdfObject[] => {
    const resolved = resolve(value);
    return Array.isArray(resolved) ? (resolved as readonly PdfObject[]) : [];
  };
  const catalog = dictionary(trailer.get('Root'));
  if (!catalog) throw new PdfError('document catalog is missing');
  return {
    bytes,
    trailer,
    catalog,
    startXref,
    resolve,
    dictionary,
    array,
    streamBytes(stream, limit = 64 * 1024 * 1024) {
      const length = resolve(stream.dictionary.get('Length'));
      if (typeof length !== 'number' || length < 0 || stream.start + length > bytes.length)
        throw new PdfError('length of a stream is wrong');
      const raw = bytes.subarray(stream.start, stream.start + length);
      const filter = resolve(stream.dictionary.get('Filter'));
      const filters = (Array.isArray(filter) ? filter : filter === undefined ? [] : [filter]) as PdfObject[];
      if (filters.length === 0) return raw;
      if (filters.length > 1 || !isKind(filters[0], 'name') || filters[0].name !== 'FlateDecode')
        throw new PdfError('filter of a stream is not known');
      try {
        return inflateSync(raw, { maxOutputLength: limit });
      } catch (cause) {
        throw new PdfError('stream cannot be inflated', { cause });
      }
    },
  };
}

function readIndirectObject(bytes: Buffer, offset: number, number: number): PdfObject {
  const head = /^(\d{1,9})[ \t\r\n]+\d{1,5}[ \t\r\n]+obj/.exec(bytes.toString('latin1', offset, offset + 40));
  if (!head || Number(head[1]) !== number) throw new PdfError(`object ${number} is not where the table says`);
  const parsed = parseObject(bytes, offset + head[0].length);
  if (!isDictionary(parsed.value)) return parsed.value;
  const next = skipWhitespace(bytes, parsed.end);
  if (bytes.toString('latin1', next, next + 6) !== 'stream') return parsed.value;
  let start = next + 6;
  if (bytes[start] === 13) start += 1;
  if (bytes[start] === 10) start += 1;
  return { kind: 'stream', dictionary: parsed.value, start };
}

function readCrossReferences(bytes: Buffer): {
  offsets: Map<number, number>;
  trailer: PdfDictionary;
  startXref: number;
} {
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - 1024));
  const startXref = Number(/startxref\s+(\d{1,12})\s+%%EOF\s*$/.exec(tail)?.[1] ?? NaN);
  if (!Number.isSafeInteger(startXref)) throw new PdfError('end of the file is missing');
  const offsets = new Map<number, number>();
  const free = new Set<number>();
  let newest: PdfDictionary | undefined;
  let position: number | undefined = startXref;
  for (let section = 0; position !== undefined; section += 1) {
    if (section >= mostSections) throw new PdfError('too many cross-reference sections');
    const trailer = readSection(bytes, position, offsets, free);
    newest ??= trailer;
    const previous = trailer.get('Prev');
    position = typeof previous === 'number' ? previous : undefined;
  }
  if (!newest) throw new PdfError('trailer is missing');
  if (newest.has('Encrypt')) throw new PdfError('file is encrypted');
  return { offsets, trailer: newest, startXref };
}

function readSection(
  bytes: Buffer,
  position: number,
  offsets: Map<number, number>,
  free: Set<number>,
): PdfDictionary {
  if (bytes.toString('latin1', position, position + 4) !== 'xref')
    throw new PdfError('only files with a classic cross-reference table are read');
  let at = skipWhitespace(bytes, position + 4);
  for (;;) {
    const first = readToken(bytes, at);
    if (first.text === 'trailer') {
      const trailer = parseObject(bytes, first.end).value;
      if (!isDictionary(trailer)) throw new PdfError('trailer is not readable');
      return trailer;
    }
    const count = readToken(bytes, skipWhitespace(bytes, first.end));
    if (!/^\d{1,7}$/.test(first.text) || !/^\d{1,7}$/.test(count.text) || Number(count.text) > mostObjects)
      throw new PdfError('cross-reference table is not readable');
    at = skipWhitespace(bytes, count.end);
    for (let index = 0; index < Number(count.text); index += 1, at += 20) {
      const entry = /^(\d{10}) (\d{5}) ([nf])/.exec(bytes.toString('latin1', at, at + 18));
      if (!entry) throw new PdfError('cross-reference table is not readable');
      const number = Number(first.text) + index;
      if (offsets.has(number) || free.has(number)) continue;
      if (entry[3] === 'n') offsets.set(number, Number(entry[1]));
      else free.add(number);
    }
    at = skipWhitespace(bytes, at);
  }
}
