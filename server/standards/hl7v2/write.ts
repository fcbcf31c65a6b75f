import { encodeText, msh18Of } from './charset.ts';
import { escapeValue } from './escape.ts';

/** A value; `null` writes `""` (delete), `undefined` nothing. */
export type OutValue = string | number | null | undefined;
/** A component: one value or its subcomponents. */
export type OutComponent = OutValue | readonly OutValue[];
/** A field: one value, its components, or repetitions of either. */
export type OutField =
  OutValue | readonly OutComponent[] | { readonly repeat: readonly (OutValue | readonly OutComponent[])[] };
/** A segment: name, then field 1, field 2 … (for MSH: field 3 first, delimiters are written by the writer). */
export type OutSegment = readonly [string, ...OutField[]];

export interface OutHeader {
  sendingApplication: string;
  sendingFacility: string;
  receivingApplication: string;
  receivingFacility: string;
  at: Date;
  /** `ACK^R01^ACK` as components. */
  messageType: readonly string[];
  controlId: string;
  processingId?: string;
  version: string;
  charset: string;
  /** MSH-15, MSH-16; absent = original mode. */
  acceptAck?: string;
  applicationAck?: string;
}

/** Writes one message as text: every value escaped, CR after each segment, no trailing separators. */
export function writeMessage(header: OutHeader, segments: readonly OutSegment[]): string {
  const msh: OutField[] = [
    header.sendingApplication,
    header.sendingFacility,
    header.receivingApplication,
    header.receivingFacility,
    formatTimestamp(header.at),
    undefined,
    header.messageType,
    header.controlId,
    header.processingId ?? 'P',
    header.version,
    undefined,
    undefined,
    header.acceptAck,
    header.applicationAck,
    'CHN',
    msh18Of(header.charset),
  ];
  let out = 'MSH|^~\\&|' + writeFields(msh) + '\r';
  for (const [id, ...fields] of segments) out += id + '|' + writeFields(fields) + '\r';
  return out;
}

/** The same as bytes of the header's character set. */
export function encodeMessage(header: OutHeader, segments: readonly OutSegment[]): Buffer {
  return encodeText(writeMessage(header, segments), header.charset);
}

function writeFields(fields: readonly OutField[]): string {
  return trimEnd(fields.map(writeField), '|');
}

function writeField(field: OutField): string {
  if (typeof field === 'object' && field !== null && 'repeat' in field)
    return field.repeat
      .map((one) => (Array.isArray(one) ? writeComponents(one) : writeComponents([one as OutValue])))
      .join('~');
  return writeComponents(Array.isArray(field) ? (field as readonly OutComponent[]) : [field as OutValue]);
}

function writeComponents(components: readonly OutComponent[]): string {
  return trimEnd(
    components.map((component) =>
      Array.isArray(component)
        ? trimEnd((component as readonly OutValue[]).map(writeValue), '&')
        : writeValue(component as OutValue),
    ),
    '^',
  );
}

function writeValue(value: OutValue): string {
  if (value === undefined) return '';
  if (value === null) return '""';
  return escapeValue(String(value));
}

function trimEnd(parts: string[], separator: string): string {
  let length = parts.length;
  while (length > 0 && parts[length - 1] === '') length--;
  return parts.slice(0, length).join(separator);
}
const pad = (n: number, width = 2) => String(n).padStart(width, '0');

/** HL7 TS in Asia/Shanghai, `YYYYMMDDHHMMSS+0800`. */
export function formatTimestamp(at: Date): string {
  const local = new Date(at.getTime() + 8 * 3600_000);
  return `${pad(local.getUTCFullYear(), 4)}${pad(local.getUTCMonth() + 1)}${pad(local.getUTCDate())}${pad(local.getUTCHours())}${pad(local.getUTCMinutes())}${pad(local.getUTCSeconds())}+0800`;
}
