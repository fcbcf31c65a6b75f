import { decodeUnlabelled } from '../hl7v2/charset.ts';

export interface AstmRecord {
  /** H P O R C Q M L. */
  type: string;
  /** `fields[n]` is field n counted from 1 as in E1394, field 1 being the record type; repetitions → components. */
  fields: (string[][] | undefined)[];
  raw: string;
}

/** What one transmission said, patients → orders → results. Comments hang where they stood. */
export interface AstmMessage {
  records: AstmRecord[];
  sender: string;
  charset: string;
  warnings: string[];
}

/**
 * Reads the text of one transmission (frames already joined). Delimiters come from the H record.
 * The bytes are cut only after decoding: in GB18030 a second byte may be one of `| \\ ^`.
 * @param charset used when the bytes are neither UTF-8 nor GB18030; analyzers rarely say
 * @throws Error when there is no H record
 */
export function parseAstm(bytes: Uint8Array, charset = 'gb18030'): AstmMessage {
  const guess = charset === 'gb18030' || charset === 'utf-8' ? decodeUnlabelled(bytes) : undefined;
  const decoded = guess?.text ?? new TextDecoder(charset).decode(bytes);
  const lines = decoded.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const header = lines[0] ?? '';
  const separator = header[1];
  if (!/^H/i.test(header) || !separator || /\w/.test(separator))
    throw new Error('H-1: the transmission does not begin with a header record');
  const end = header.indexOf(separator, 2);
  const [repetition = '\\', component = '^', escape = '&'] = header.slice(2, end < 0 ? 5 : end);
  const warnings: string[] = [];
  const records: AstmRecord[] = [];
  for (const line of lines) {
    const type = line[0]?.toUpperCase() ?? '';
    if (!/^[A-Z]$/.test(type) || (line.length > 1 && line[1] !== separator)) {
      warnings.push(`record ${records.length + 1}: '${line.slice(0, 12)}' is no record and was left out`);
      continue;
    }
    records.push({
      type,
      raw: line,
      fields: splitFields(line, type, separator, repetition, component, escape),
    });
  }
  if (records.at(-1)?.type !== 'L') warnings.push('L-1: no terminator record');
  const first = records[0];
  return {
    records,
    sender: first ? sender(first) : '',
    charset: guess?.charset ?? charset,
    warnings,
  };
}

function splitFields(
  line: string,
  type: string,
  separator: string,
  repetition: string,
  component: string,
  escape: string,
): AstmRecord['fields'] {
  const fields: AstmRecord['fields'] = [undefined];
  for (const [index, part] of line.split(separator).entries()) {
    if (type === 'H' && index === 1) {
      fields.push([[part]]);
      continue;
    }
    fields.push(
      part
        .split(repetition)
        .map((one) =>
          one.split(component).map((text) => unescape(text, escape, { separator, repetition, component })),
        ),
    );
  }
  return fields;
}

function unescape(
  text: string,
  escape: string,
  signs: { separator: string; repetition: string; component: string },
): string {
  if (!text.includes(escape)) return text;
  const replacements: Record<string, string> = {
    F: signs.separator,
    S: signs.component,
    R: signs.repetition,
    E: escape,
  };
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at + 1] ?? '';
    const replaced = text[at] === escape && text[at + 2] === escape ? replacements[letter] : undefined;
    out += replaced ?? text[at] ?? '';
    if (replaced !== undefined) at += 2;
  }
  return out;
}

/** Value of a field, trimmed; counts from 1. */
export function astmField(
  record: AstmRecord,
  field: number,
  component = 1,
  repetition = 1,
): string | undefined {
  const found = record.fields[field]?.[repetition - 1]?.[component - 1]?.trim();
  return found === '' ? undefined : found;
}

/** Components of a field with empty ones kept, for the drivers. */
export function astmComponents(record: AstmRecord, field: number, repetition = 1): string[] {
  return record.fields[field]?.[repetition - 1] ?? [];
}

/** H-5: who sent it, `XN-550` of `    XN-550^00-24^22723^^^^BD634545`. */
function sender(header: AstmRecord): string {
  return (
    astmComponents(header, 5)
      .map((one) => one.trim())
      .filter((one) => one !== '')[0] ?? ''
  );
}
