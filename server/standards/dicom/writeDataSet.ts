import { vrOf } from './dictionary.ts';
import { encodeText } from './encodeText.ts';
import { DicomError } from './errors.ts';
import { isNumberVr, writeNumber } from './numbers.ts';
import { tagText, tags } from './tags.ts';
import { transferSyntaxes } from './uids.ts';
import type { Vr } from './vr.ts';
import { characterSetVrs, longLengthVrs, singleValueTextVrs, textVrs } from './vr.ts';

/**
 * A value to write: text or numbers (an array for several values), bytes for the opaque representations, data sets for a sequence,
 * undefined or null for an empty element.
 */
export type ElementValue =
  | string
  | number
  | bigint
  | Uint8Array
  | null
  | undefined
  | readonly (string | number | bigint)[]
  | readonly ElementList[];

/** Tag, value, and the representation where the dictionary's is not meant or the tag is private. */
export type ElementToWrite = readonly [tag: number, value: ElementValue, vr?: Vr];

export type ElementList = readonly ElementToWrite[];

export interface WriteDataSetOptions {
  /** Explicit or implicit little endian, or an encapsulated syntax (coded explicit). Default explicit little endian. */
  readonly transferSyntax?: string;
  /** Specific Character Set to write text in; written as (0008,0005) unless the list holds one. Default ISO_IR 192. */
  readonly characterSet?: string;
}

const sequenceItem = Buffer.from([0xfe, 0xff, 0x00, 0xe0]);

/**
 * Encodes a data set (PS3.5 §7), elements sorted by tag, sequences and items with defined length. A backslash inside one text value, which would split
 * it, is written as "/".
 * @throws DicomError `unencodable` for an unknown representation, a value too long for it, or a syntax that the hub does not write
 */
export function writeDataSet(list: ElementList, options: WriteDataSetOptions = {}): Buffer {
  const { transferSyntax = transferSyntaxes.explicitLittleEndian, characterSet = 'ISO_IR 192' } = options;
  if (
    transferSyntax === transferSyntaxes.explicitBigEndian ||
    transferSyntax === transferSyntaxes.deflatedExplicitLittleEndian
  )
    throw new DicomError('unencodable', `transfer syntax ${transferSyntax} is not written by the hub`);
  const explicit = transferSyntax !== transferSyntaxes.implicitLittleEndian;
  const declared = list.some(([tag]) => tag === tags.specificCharacterSet) || characterSet === '';
  const full: ElementList = declared
    ? list
    : [[tags.specificCharacterSet, characterSet.split('\\')], ...list];
  return writeElements(full, explicit, characterSet);
}

function writeElements(list: ElementList, explicit: boolean, characterSet: string): Buffer {
  const parts: Buffer[] = [];
  for (const element of [...list].sort((a, b) => a[0] - b[0]))
    writeElement(element, explicit, characterSet, parts);
  return Buffer.concat(parts);
}

function writeElement(
  [tag, value, vr]: ElementToWrite,
  explicit: boolean,
  characterSet: string,
  parts: Buffer[],
): void {
  const representation = vr ?? vrOf(tag);
  if (representation === undefined)
    throw new DicomError('unencodable', `value representation of (${tagText(tag)}) is not known`);
  const bytes = writeValue(value, representation, explicit, characterSet, tag);
  parts.push(writeHead(tag, representation, bytes.length, explicit), bytes);
}

function writeHead(tag: number, vr: Vr, length: number, explicit: boolean): Buffer {
  const long = !explicit || longLengthVrs.has(vr);
  const head = Buffer.alloc(explicit && long ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  if (!explicit) {
    head.writeUInt32LE(length, 4);
    return head;
  }
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(length, 8);
  else if (length > 0xfffe)
    throw new DicomError('unencodable', `value of (${tagText(tag)}) is too long for ${vr}`);
  else head.writeUInt16LE(length, 6);
  return head;
}

function isDataSets(value: ElementValue): value is readonly ElementList[] {
  return Array.isArray(value) && value.every((entry) => Array.isArray(entry));
}

function writeValue(
  value: ElementValue,
  vr: Vr,
  explicit: boolean,
  characterSet: string,
  tag: number,
): Buffer {
  if (value === null || value === undefined) return Buffer.alloc(0);
  if (value instanceof Uint8Array)
    return padded(Buffer.from(value.buffer, value.byteOffset, value.byteLength), 0);
  if (vr === 'SQ') {
    if (!isDataSets(value))
      throw new DicomError('unencodable', `(${tagText(tag)}) is a sequence and needs data sets`);
    return Buffer.concat(
      value.flatMap((item) => writeItem(writeElements(item, explicit, characterSetOf(item) ?? characterSet))),
    );
  }
  const values = (Array.isArray(value) ? value : [value]) as readonly (string | number | bigint)[];
  if (isNumberVr(vr)) return Buffer.concat(values.map((number) => writeBinary(number, vr, tag)));
  if (vr === 'AT') return Buffer.concat(values.map((attribute) => writeAttributeTag(attribute)));
  if (!textVrs.has(vr))
    throw new DicomError('unencodable', `(${tagText(tag)}) has representation ${vr} and needs bytes`);
  const single = singleValueTextVrs.has(vr);
  const text = values
    .map((entry) => (single ? String(entry) : String(entry).replaceAll('\\', '/')))
    .join('\\');
  const bytes = characterSetVrs.has(vr) ? encodeText(text, characterSet) : Buffer.from(text, 'latin1');
  return padded(bytes, vr === 'UI' ? 0 : 0x20);
}

/** The character set that an item declares for itself: records of a directory do. */
function characterSetOf(item: ElementList): string | undefined {
  const declared = item.find(([tag]) => tag === tags.specificCharacterSet)?.[1];
  return typeof declared === 'string' ? declared : undefined;
}

function writeItem(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return [sequenceItem, length, bytes];
}

function writeBinary(
  value: string | number | bigint,
  vr: Parameters<typeof writeNumber>[1],
  tag: number,
): Buffer {
  try {
    return writeNumber(typeof value === 'string' ? Number(value) : value, vr);
  } catch (cause) {
    throw new DicomError('unencodable', `a number of (${tagText(tag)}) does not fit ${vr}`, { cause });
  }
}

function writeAttributeTag(value: string | number | bigint): Buffer {
  const tag = typeof value === 'string' ? Number.parseInt(value, 16) : Number(value);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE((tag >>> 16) & 0xffff, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  return bytes;
}

function padded(bytes: Buffer, padding: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([padding])]);
}
