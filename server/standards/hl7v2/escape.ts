import { decodeStrict } from './charset.ts';

// Control characters (\p{Cc}) would break the block or the segment; a tab is harmless text.
const NEEDS_ESCAPE = /[|^~\\&]|(?!\t)\p{Cc}/u;
const ESCAPED = /\r\n|[|^~\\&]|(?!\t)\p{Cc}/gu;

const letters: Record<string, string> = { '|': 'F', '^': 'S', '~': 'R', '\\': 'E', '&': 'T' };

/** Escapes a value for a message in default delimiters (HL7 v2.5.1 §2.7); line breaks become `\.br\`. */
export function escapeValue(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value;
  return value.replace(ESCAPED, (found) => {
    const letter = letters[found];
    if (letter) return `\\${letter}\\`;
    if (found === '\r\n' || found === '\r' || found === '\n') return '\\.br\\';
    return `\\X${Buffer.from(found, 'utf8').toString('hex').toUpperCase()}\\`;
  });
}

/**
 * Decodes escape sequences of a value already split out of a message in default delimiters. A backslash that
 * starts no known sequence stays as it is: real senders put Windows paths and JSON leftovers into text.
 * @param charset the character set of the message, for the bytes of `\Xhh..\`
 */
export function unescapeValue(value: string, charset = 'utf-8'): string {
  if (!value.includes('\\')) return value;
  return value.replace(/\\([^\\]{1,2048})\\/g, (whole, body: string) => {
    const simple = unescapeLetter(body);
    if (simple !== undefined) return simple;
    if (/^X(?:[0-9A-Fa-f]{2})+$/.test(body)) {
      const bytes = Buffer.from(body.slice(1), 'hex');
      return decodeStrict(bytes, charset) ?? decodeStrict(bytes, 'gb18030') ?? whole;
    }
    return whole;
  });
}

function unescapeLetter(body: string): string | undefined {
  switch (body) {
    case 'F':
      return '|';
    case 'S':
      return '^';
    case 'T':
      return '&';
    case 'R':
      return '~';
    case 'E':
      return '\\';
    case 'P':
      return '#';
    case 'H':
    case 'N':
      return '';
    default:
      break;
  }
  const format = /^\.(br|sp|ce|fi|nf|in|ti|sk)([+-]?\d*)$/.exec(body);
  if (!format) return undefined;
  const count = Math.min(Number(format[2]) || 1, 20);
  if (format[1] === 'br' || format[1] === 'ce') return '\n';
  if (format[1] === 'sp') return '\n'.repeat(count);
  if (format[1] === 'sk') return ' '.repeat(count);
  return '';
}
