/** Objects of a PDF file (ISO 32000-2 §7.3). A string keeps its bytes and where its token stands in the file. */
export interface PdfName {
  readonly kind: 'name';
  readonly name: string;
}
export interface PdfString {
  readonly kind: 'string';
  readonly bytes: Buffer;
  readonly hexadecimal: boolean;
  readonly start: number;
  readonly end: number;
}
export interface PdfReference {
  readonly kind: 'reference';
  readonly number: number;
  readonly generation: number;
}
export interface PdfStream {
  readonly kind: 'stream';
  readonly dictionary: PdfDictionary;
  /** Where the first byte of the stream stands in the file. */
  readonly start: number;
}
export type PdfDictionary = Map<string, PdfObject>;
export type PdfObject =
  | PdfName
  | PdfString
  | PdfReference
  | PdfStream
  | PdfDictionary
  | readonly PdfObject[]
  | number
  | boolean
  | null;

export class PdfError extends Error {
  override readonly name = 'PdfError';
}

export const pdfName = (name: string): PdfName => ({ kind: 'name', name });
export const pdfReference = (number: number): PdfReference => ({ kind: 'reference', number, generation: 0 });

/** Text string (§7.9.2.2): UTF-16BE with a byte order mark. */
export function pdfText(text: string): PdfString {
  const bytes = Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(text, 'utf16le').swap16()]);
  return { kind: 'string', bytes, hexadecimal: true, start: 0, end: 0 };
}

export function pdfAscii(text: string): PdfString {
  return { kind: 'string', bytes: Buffer.from(text, 'latin1'), hexadecimal: false, start: 0, end: 0 };
}

export function readPdfText(value: PdfString): string {
  const bytes = value.bytes;
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0)
    return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  return bytes.toString('latin1');
}

export function isDictionary(value: PdfObject | undefined): value is PdfDictionary {
  return value instanceof Map;
}

export function isKind<K extends 'name' | 'string' | 'reference' | 'stream'>(
  value: PdfObject | undefined,
  kind: K,
): value is Extract<PdfObject, { kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

const escapes: Record<string, string> = { '(': '\\(', ')': '\\)', '\\': '\\\\', '\r': '\\r', '\n': '\\n' };

/** Writes an object in file syntax. Streams are written by whoever holds their bytes. */
export function writePdfObject(value: PdfObject): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isDictionary(value))
    return `<< ${[...value].map(([key, entry]) => `${writeName(key)} ${writePdfObject(entry)}`).join(' ')} >>`;
  if (Array.isArray(value)) return `[${value.map((entry: PdfObject) => writePdfObject(entry)).join(' ')}]`;
  if (isKind(value, 'name')) return writeName(value.name);
  if (isKind(value, 'reference')) return `${value.number} ${value.generation} R`;
  if (isKind(value, 'string'))
    return value.hexadecimal
      ? `<${value.bytes.toString('hex')}>`
      : `(${value.bytes.toString('latin1').replace(/[()\\\r\n]/g, (sign) => escapes[sign] ?? sign)})`;
  throw new PdfError('A stream is not written inside another object');
}

function writeName(name: string): string {
  return `/${name.replace(/[^!-~]|[#/%()<>[\]{}]/g, (sign) => `#${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
}
