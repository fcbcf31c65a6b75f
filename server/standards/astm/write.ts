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

const SIGN_BYTES = new Set(Buffer.from('|\\^&'));

/**
 * False when a character of the text, encoded, holds the byte of a delimiter: in GB18030 a second byte may be `|`, `\`
 * or `^` (珅 is CB 7C). An analyzer that cuts bytes would misread every field behind it, and E1394 has no escape for
 * part of a character.
 */
export function holdsNoSignByte(text: string, charset: string): boolean {
  return [...text].every(
    (character) =>
      character.charCodeAt(0) < 0x80 || !encodeText(character, charset).some((byte) => SIGN_BYTES.has(byte)),
  );
}

/** Records to frames ready for the wire. */
export function encodeRecords(records: readonly string[], charset = 'utf-8'): Buffer[] {
  return frameRecords(records.map((record) => encodeText(record + '\r', charset)));
}
