/**
 * The little of DER (X.690 §8, §10, §11) that signed data needs. Writing is canonical by construction; reading
 * refuses whatever is not canonical, so that two different byte strings never mean the same thing.
 */
import { utcTime } from './utcTime.ts';

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nothing: 0x05,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export interface DerElement {
  readonly tag: number;
  /** The element as it stands in the input, header included. */
  readonly bytes: Buffer;
  readonly content: Buffer;
}

export class DerError extends Error {
  override readonly name = 'DerError';
}

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const hex = length.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(0x80 | digits.length), digits]);
}

export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag), lengthBytes(length), ...content]);
}

export const derSequence = (...parts: readonly Uint8Array[]): Buffer => der(derTag.sequence, ...parts);

/** Context-specific, constructed: `[number]`. */
export const derContext = (number: number, ...parts: readonly Uint8Array[]): Buffer =>
  der(0xa0 | number, ...parts);

/** SET OF in the order that DER demands (X.690 §11.6). */
export function sortedSetContent(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)).sort(Buffer.compare));
}

export function derInteger(value: number): Buffer {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const first = digits[0] ?? 0;
  return der(derTag.integer, first >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

export function derObjectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const septets = [arc % 0x80];
    for (let left = Math.floor(arc / 0x80); left > 0; left = Math.floor(left / 0x80))
      septets.unshift((left % 0x80) | 0x80);
    bytes.push(...septets);
  }
  return der(derTag.objectIdentifier, Buffer.from(bytes));
}

export function readObjectIdentifier(element: DerElement): string {
  if (element.tag !== derTag.objectIdentifier) throw new DerError('object identifier expected');
  const arcs: number[] = [];
  let arc = 0;
  let open = true; // an arc begins, and there must be one
  for (const byte of element.content) {
    if (byte === 0x80 && arc === 0) throw new DerError('object identifier not in its shortest form');
    arc = arc * 0x80 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new DerError('object identifier arc too large');
    open = byte >= 0x80;
    if (open) continue;
    arcs.push(arc);
    arc = 0;
  }
  if (open) throw new DerError('object identifier cut off');
  const head = arcs.shift() ?? 0;
  const first = Math.min(2, Math.floor(head / 40));
  return [first, head - first * 40, ...arcs].join('.');
}

/** Reads the element at `offset`. Throws a `DerError` for indefinite, overlong or truncated lengths. */
export function readDer(bytes: Buffer, offset = 0): DerElement {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError('truncated element');
  if ((tag & 0x1f) === 0x1f) throw new DerError('long tags are not used here');
  let start = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4 || start + count > bytes.length) throw new DerError('length not readable');
    length = bytes.readUIntBE(start, count);
    if (length < 0x80 || (count > 1 && length < 2 ** (8 * (count - 1))))
      throw new DerError('length not in its shortest form');
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError('truncated element');
  return { tag, bytes: bytes.subarray(offset, end), content: bytes.subarray(start, end) };
}

/** The elements inside a constructed one. */
export function derChildren(element: DerElement): DerElement[] {
  const children: DerElement[] = [];
  for (let offset = 0; offset < element.content.length;) {
    const child = readDer(element.content, offset);
    children.push(child);
    offset += child.bytes.length;
  }
  return children;
}

/** The element at `index`, which must have this tag. */
export function derChild(children: readonly DerElement[], index: number, tag: number): DerElement {
  const child = children[index];
  if (child?.tag !== tag) throw new DerError(`element ${index} is not of type 0x${tag.toString(16)}`);
  return child;
}

/** UTCTime or GeneralizedTime in the only form that RFC 5280 §4.1.2.5 allows. */
export function readDerTime(element: DerElement): Date {
  const text = element.content.toString('latin1');
  const match =
    element.tag === derTag.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const [year = 0, ...rest] = (match ?? []).slice(1).map(Number);
  const fullYear = element.tag === derTag.utcTime ? (year >= 50 ? 1900 + year : 2000 + year) : year;
  const at = utcTime([fullYear, ...rest]);
  if (!at) throw new DerError('time not readable');
  return at;
}
