import { contentError } from './errors.ts';

export interface NormalizedText {
  /** Segments ended by CR, delimiters `|^~\&`, no BOM, upper-case segment names. */
  text: string;
  /** What had to be repaired, in words that name the segment. */
  warnings: string[];
}

const DEFAULT = '|^~\\&';

/**
 * Brings decoded text into the one shape that is parsed: CR line ends, default delimiters, no BOM or leading
 * white space, upper-case segment names. Delimiters come from MSH-1 and MSH-2. A line that is no segment is
 * a line break inside a value and is joined to the segment before it.
 */
export function normalizeMessage(decoded: string): NormalizedText {
  const warnings: string[] = [];
  const text = decoded.replace(/^[\uFEFF\v\s]+/, '');
  if (/^(FHS|BHS)/i.test(text))
    throw contentError('FHS', 1, 'batches are not accepted, send single messages', 'reject');
  if (!/^MSH/i.test(text))
    throw contentError('MSH', 1, 'the message does not begin with an MSH segment', 'reject');
  const separator = text[3];
  if (!separator || /[\w\s]/.test(separator))
    throw contentError('MSH', 1, 'no field separator after MSH', 'reject');
  const lines = joinBrokenLines(text.split(/\r\n|\r|\n/), separator, warnings);
  const delimiters = separator + encodingCharacters(lines[0] ?? '', separator, warnings);
  if (delimiters === DEFAULT) return { text: lines.join('\r') + '\r', warnings };
  const translated = lines.map((line, index) =>
    index === 0
      ? 'MSH' + DEFAULT + translate(line.slice(line.indexOf(separator, 4)), delimiters)
      : translate(line, delimiters),
  );
  return { text: translated.join('\r') + '\r', warnings };
}

function joinBrokenLines(lines: string[], separator: string, warnings: string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const name = line.slice(0, 3);
    if (/^[A-Za-z][A-Za-z0-9]{2}$/.test(name) && (line.length === 3 || line[3] === separator)) {
      joined.push(line.length === 3 ? name.toUpperCase() + separator : name.toUpperCase() + line.slice(3));
      continue;
    }
    const last = joined.length - 1;
    const before = joined[last];
    if (before === undefined) continue;
    const id = before.slice(0, 3);
    warnings.push(`${id}: a line break inside the segment was repaired`);
    joined[last] = before + (id === 'OBX' || id === 'NTE' ? '\\.br\\' : '') + line;
  }
  return joined;
}

function encodingCharacters(header: string, separator: string, warnings: string[]): string {
  const end = header.indexOf(separator, 4);
  const sent = header.slice(4, end < 0 ? header.length : end);
  const chosen = (sent + DEFAULT.slice(1 + Math.min(sent.length, 4))).slice(0, 4);
  if (new Set(separator + chosen).size === 5 && !/[A-Za-z0-9\s]/.test(chosen)) return chosen;
  // `^~\\&` is the default written through a programming language's string escape.
  if (sent.startsWith('^~\\\\')) {
    warnings.push(`MSH-2: '${sent}' read as '^~\\&'`);
    return DEFAULT.slice(1);
  }
  throw contentError('MSH', 2, `encoding characters '${sent}' are not four different signs`, 'reject');
}

/** Rewrites one line from foreign delimiters into the default ones, escaping default signs used as text. */
function translate(line: string, foreign: string): string {
  const [field = '|', component = '^', repetition = '~', escape = '\\', sub = '&'] = foreign;
  const structural: Record<string, string> = {
    [field]: '|',
    [component]: '^',
    [repetition]: '~',
    [sub]: '&',
  };
  const text: Record<string, string> = {
    '|': '\\F\\',
    '^': '\\S\\',
    '~': '\\R\\',
    '&': '\\T\\',
    '\\': '\\E\\',
  };
  let out = '';
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? '';
    if (sign === escape && escape !== '\\') {
      const end = line.indexOf(escape, at + 1);
      const body = end < 0 ? '' : line.slice(at + 1, end);
      if (/^(?:[FSTREPHN]|X[0-9A-Fa-f]+|\.[a-z]{2}[+-]?\d*)$/.test(body)) {
        out += `\\${body}\\`;
        at = end;
        continue;
      }
      out += sign;
      continue;
    }
    if (sign === escape) out += sign;
    else out += structural[sign] ?? text[sign] ?? sign;
  }
  return out;
}
