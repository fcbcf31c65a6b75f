import type { DataElement, DataSet } from './dataSet.ts';
import { readExactNumbers } from './numbers.ts';
import { readPersonName } from './personName.ts';
import { tagText, tags } from './tags.ts';
import { isNumberVr } from './numbers.ts';
import type { Vr } from './vr.ts';
import { singleValueTextVrs, textVrs, wordSizes } from './vr.ts';

interface JsonPersonName {
  Alphabetic?: string;
  Ideographic?: string;
  Phonetic?: string;
}

export type JsonValue = string | number | null | JsonPersonName | DicomJson;

export interface JsonElement {
  vr: Vr;
  Value?: JsonValue[];
  InlineBinary?: string;
  BulkDataURI?: string;
}

/** A data set in the DICOM JSON model (PS3.18 Annex F): attributes by tag in hexadecimal. */
export interface DicomJson {
  [tag: string]: JsonElement;
}

export interface DicomJsonOptions {
  /**
   * URI for a value that is left out of the JSON; undefined puts it inline. `path` is the tags and item numbers that lead to it, as in `00400275/0/00321060`.
   */
  readonly bulkDataUri?: (path: string, element: DataElement) => string | undefined;
  /** Binary values longer than this are offered to `bulkDataUri` (default 1024 bytes). */
  readonly inlineBinaryBytes?: number;
}

/**
 * The data set as DICOM JSON, text in Unicode (Specific Character Set says so), group lengths left out. Pixel data is not part of a header; the caller adds its
 * BulkDataURI.
 */
export function dicomJson(dataSet: DataSet, options: DicomJsonOptions = {}): DicomJson {
  return jsonOf(dataSet, '', options);
}

function jsonOf(dataSet: DataSet, path: string, options: DicomJsonOptions): DicomJson {
  const json: DicomJson = {};
  for (const element of dataSet.elements()) {
    if ((element.tag & 0xffff) === 0) continue;
    const name = tagText(element.tag);
    json[name] = elementJson(dataSet, element, path + name, options);
  }
  return json;
}

function elementJson(
  dataSet: DataSet,
  element: DataElement,
  path: string,
  options: DicomJsonOptions,
): JsonElement {
  const { tag, vr } = element;
  if (tag === tags.specificCharacterSet) return { vr, Value: ['ISO_IR 192'] };
  if (vr === 'SQ') {
    const items = dataSet.sequence(tag);
    return items.length === 0
      ? { vr }
      : { vr, Value: items.map((item, index) => jsonOf(item, `${path}/${index}/`, options)) };
  }
  if (element.length === 0) return { vr };
  if (textVrs.has(vr)) {
    const values = textValues(dataSet, tag, vr);
    // Padding alone, or a name of delimiters alone, is an empty attribute (PS3.18 §F.2.5).
    return values.every((value) => value === null || value === '') && values.length < 2
      ? { vr }
      : { vr, Value: values };
  }
  const bytes = dataSet.bytes(tag) ?? Buffer.alloc(0);
  if (isNumberVr(vr))
    return { vr, Value: readExactNumbers(bytes, vr, dataSet.encoding.bigEndian).map(numberJson) };
  if (vr === 'AT') return { vr, Value: attributeTags(bytes, dataSet.encoding.bigEndian) };
  if (bytes.length > (options.inlineBinaryBytes ?? 1024)) {
    const uri = options.bulkDataUri?.(path, element);
    if (uri !== undefined) return { vr, BulkDataURI: uri };
  }
  return { vr, InlineBinary: littleEndianBytes(bytes, vr, dataSet.encoding.bigEndian).toString('base64') };
}

function textValues(dataSet: DataSet, tag: number, vr: Vr): JsonValue[] {
  if (singleValueTextVrs.has(vr)) return [dataSet.text(tag) ?? ''];
  return dataSet.strings(tag).map((value) => {
    if (value === '' || (vr === 'PN' && /^[\^= ]*$/.test(value))) return null;
    if (vr === 'PN') return personNameJson(value);
    if (vr === 'IS' || vr === 'DS') return decimalJson(value);
    return value;
  });
}

function personNameJson(value: string): JsonPersonName {
  const { alphabetic, ideographic, phonetic } = readPersonName(value);
  return {
    ...(alphabetic !== undefined && { Alphabetic: alphabetic }),
    ...(ideographic !== undefined && { Ideographic: ideographic }),
    ...(phonetic !== undefined && { Phonetic: phonetic }),
  };
}

/** DS and IS as numbers; text that is no number stays text, which PS3.18 §F.2.3 allows. */
function decimalJson(value: string): number | string {
  const number = Number(value);
  return Number.isFinite(number) && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? number : value;
}

/** Integers beyond 2^53 and non-finite numbers as text: JSON numbers cannot hold them. */
function numberJson(value: number | bigint): number | string {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  return Number.isFinite(value) ? value : String(value);
}

function attributeTags(bytes: Buffer, bigEndian: boolean): string[] {
  const list: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const group = bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
    const element = bigEndian ? bytes.readUInt16BE(at + 2) : bytes.readUInt16LE(at + 2);
    list.push(tagText(group * 0x10000 + element));
  }
  return list;
}

/** Inline binary is always little endian (PS3.18 §F.2.7). */
function littleEndianBytes(bytes: Buffer, vr: Vr, bigEndian: boolean): Buffer {
  const size = wordSizes[vr] ?? 1;
  if (!bigEndian || size === 1 || bytes.length % size !== 0) return bytes;
  const copy = Buffer.from(bytes);
  if (size === 2) return copy.swap16();
  return size === 4 ? copy.swap32() : copy.swap64();
}
