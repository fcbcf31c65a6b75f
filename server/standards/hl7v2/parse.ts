import HL7 from 'hl7-standard';
import { decodeMessage } from './charset.ts';
import { contentError } from './errors.ts';
import { unescapeValue } from './escape.ts';
import { normalizeMessage } from './normalize.ts';

/** Field → repetitions → components → subcomponents, still escaped. */
type RawField = string[][][];

export interface Hl7Segment {
  id: string;
  /** Position in the message, from 0. */
  index: number;
  /** Which one of its kind, from 1. */
  sequence: number;
  /** `fields[n]` is field n; `fields[0]` is unused. */
  fields: (RawField | undefined)[];
  charset: string;
}

export interface Hl7Message {
  segments: Hl7Segment[];
  header: Hl7Segment;
  text: string;
  charset: string;
  declaredCharset: string;
  warnings: string[];
}

/** A message whose header is read and whose body is not split yet. */
export interface OpenedMessage {
  /** MSH, PID, ORC and OBR only: enough to store, order and acknowledge it. */
  head: Hl7Message;
  /** The whole message, split at the first call. */
  whole(): Hl7Message;
}

/**
 * Reads one HL7 v2 message from its bytes: character set, line ends and delimiters are settled first, then
 * `hl7-standard` splits it. This file is the only one that knows that package.
 * @throws Hl7ContentError when there is no readable MSH
 */
export function parseMessage(bytes: Uint8Array): Hl7Message {
  return openMessage(bytes).whole();
}

/**
 * Reads the header now and the rest when somebody asks: what only acknowledges a durable message does not pay for
 * splitting five megabytes of result.
 * @throws Hl7ContentError when there is no readable MSH
 */
export function openMessage(bytes: Uint8Array): OpenedMessage {
  const decoded = decodeMessage(bytes);
  const { text, warnings } = normalizeMessage(decoded.text);
  if (decoded.suspicious)
    warnings.push(`MSH-18: '${decoded.declared}' does not fit the bytes, read as ${decoded.charset}`);
  const about = { text, charset: decoded.charset, declaredCharset: decoded.declared, warnings };
  const split = (part: string): Hl7Message => {
    const segments = splitSegments(part, decoded.charset);
    const header = segments[0];
    if (header?.id !== 'MSH') throw contentError('MSH', 1, 'no MSH segment', 'reject');
    return { ...about, segments, header };
  };
  let whole: Hl7Message | undefined;
  return { head: split(headLines(text)), whole: () => (whole ??= split(text)) };
}

/** The first line of each kind that says who sends what about whom. */
function headLines(text: string): string {
  let lines = text.slice(0, text.indexOf('\r') + 1);
  for (const id of ['PID', 'ORC', 'OBR']) {
    const at = text.indexOf(`\r${id}|`);
    if (at >= 0) lines += text.slice(at + 1, text.indexOf('\r', at + 1) + 1);
  }
  return lines;
}

function splitSegments(text: string, charset: string): Hl7Segment[] {
  const parser = new HL7(text);
  parser.transform();
  const segments: Hl7Segment[] = [];
  for (const [id, list] of Object.entries(parser.transformed)) {
    for (const [position, parsed] of list.entries()) {
      const fields: (RawField | undefined)[] = [];
      for (const [key, value] of Object.entries(parsed.data))
        fields[Number(key.slice(id.length + 1))] = toField(value);
      segments.push({ id, index: parsed.index, sequence: position + 1, fields, charset });
    }
  }
  segments.sort((a, b) => a.index - b.index);
  const header = segments[0];
  if (header) {
    header.fields[1] = [[['|']]];
    header.fields[2] = [[['^~\\&']]];
  }
  return segments;
}

/**
 * The package's shapes: text; `{F.1: …, F.2: …}` for components; a list of those for repetitions; and a list
 * of plain texts, which is either subcomponents (no `~`) or, inside a repetition list, never seen.
 */
function toField(value: unknown): RawField {
  if (typeof value === 'string') return [[[value]]];
  if (Array.isArray(value)) {
    if (value.every((part) => typeof part === 'string')) return [[value]];
    return value.map((part) => toComponents(part));
  }
  return [toComponents(value)];
}

function toComponents(value: unknown): string[][] {
  if (typeof value === 'string') return [[value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).map((part: unknown) =>
    Array.isArray(part) ? part.map((sub) => String(sub)) : [String(part)],
  );
}

/** First segment with this name. */
export function segment(message: Hl7Message, id: string): Hl7Segment | undefined {
  return message.segments.find((candidate) => candidate.id === id);
}

/** All segments with this name, in message order. */
export function segmentsOf(message: Hl7Message, id: string): Hl7Segment[] {
  return message.segments.filter((candidate) => candidate.id === id);
}

/** Number of repetitions of a field, 0 when it is empty or past the end. */
export function repetitionCount(from: Hl7Segment | undefined, field: number): number {
  const repetitions = from?.fields[field];
  if (!repetitions) return 0;
  return repetitions.length === 1 && repetitions[0]?.every((c) => c.every((s) => s === ''))
    ? 0
    : repetitions.length;
}

/**
 * One value, unescaped. `undefined` = empty or past the end: no change; `null` = `""` on the wire: delete.
 * Field, component, repetition and subcomponent count from 1.
 */
export function value(
  from: Hl7Segment | undefined,
  field: number,
  component = 1,
  repetition = 1,
  subcomponent = 1,
): string | null | undefined {
  const raw = from?.fields[field]?.[repetition - 1]?.[component - 1]?.[subcomponent - 1];
  if (raw === undefined || raw === '') return undefined;
  if (raw === '""') return null;
  return unescapeValue(raw, from?.charset);
}

/** Like {@link value} but trimmed, and without the difference between empty and deleted. */
export function text(
  from: Hl7Segment | undefined,
  field: number,
  component = 1,
  repetition = 1,
  subcomponent = 1,
): string | undefined {
  const found = value(from, field, component, repetition, subcomponent)?.trim();
  return found === '' ? undefined : found;
}

/** A whole field as it stood, unescaped, with its component signs: for display and for free text with stray `^`. */
export function wholeField(from: Hl7Segment | undefined, field: number, repetition = 1): string {
  const components = from?.fields[field]?.[repetition - 1] ?? [];
  return components.map((subs) => subs.map((sub) => unescapeValue(sub, from?.charset)).join('&')).join('^');
}
