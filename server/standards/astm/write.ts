import { encodeText } from '../hl7v2/charset.ts';
import { frameRecords } from './frame.ts';

/** A field: value or its components; repetitions as a list of either inside `repeat`. */
export type AstmOut =
  | string
  | number
  | undefined
  | readonly (string | number | undefined)[]
  | { readonly repeat: readonly (readonly (string | number | undefined)[])[] };

/** One record as text with the usual delimiters `| \ ^ &`, without its CR. */
export function writeRecord(type: string, ...fields: AstmOut[]): string {
  const parts = type === 'H' ? ['H', '\\^&', ...fields.map(writeOne)] : [type, ...fields.map(writeOne)];
  let length = parts.length;
  while (length > 1 && parts[length - 1] === '') length--;
  return parts.slice(0, length).join('|');
}

function writeOne(field: AstmOut): string {
  if (typeof field === 'object' && 'repeat' in field) return field.repeat.map(components).join('\\');
  if (Array.isArray(field)) return components(field as readonly (string | number | undefined)[]);
  return escape(field as string | number | undefined);
}

function components(list: readonly (string | number | undefined)[]): string {
  const parts = list.map(escape);
  let length = parts.length;
  while (length > 0 && parts[length - 1] === '') length--;
  return parts.slice(0, length).join('^');
}

function escape(value: string | number | undefined): string {
  const letters: Record<string, string> = { '|': 'F', '^': 'S', '\\': 'R', '&': 'E' };
  return String(value ?? '')
    .replace(/[\r\n]+/g, ' ')
    .replace(/[|^\\&]/g, (sign) => `&${letters[sign] ?? ''}&`);
}

/** Records to frames ready for the wire. */
export function encodeRecords(records: readonly string[], charset = 'utf-8'): Buffer[] {
  return frameRecords(records.map((record) => encodeText(record + '\r', charset)));
}
