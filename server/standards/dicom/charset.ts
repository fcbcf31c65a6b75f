import { decodeIso2022 } from './iso2022.ts';
import { decodeStrictly, hasHighBytes, isUtf8, looksLikeGbk, looksLikeUtf8 } from './mislabelled.ts';

/** What a value was found to be written in, against its label; `unknown` where bytes fit no declared or likely set. */
export type CharacterSetDoubt = 'gbk' | 'utf-8' | 'unknown';

export interface CharacterSet {
  /** Defined terms of Specific Character Set (0008,0005), trimmed, empty values kept. */
  readonly terms: readonly string[];
  decode(bytes: Uint8Array, isPersonName: boolean): string;
  /** What these bytes are more likely written in; undefined where they agree with the label. */
  doubt(bytes: Uint8Array): CharacterSetDoubt | undefined;
}

const utf8 = new TextDecoder('utf-8');
const gb18030 = new TextDecoder('gb18030');
const latin1 = new TextDecoder('latin1');

/** Sets of PS3.3 Table C.12-2 without code extensions, by ISO registration number. */
const singleByte: Readonly<Record<string, string>> = {
  '100': 'latin1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'windows-1254',
  '203': 'iso-8859-15',
  '13': 'shift_jis',
  '166': 'windows-874',
};

/** Values that occur in the field for sets that have one right name. */
const aliases: Readonly<Record<string, string>> = {
  GB2312: 'GBK',
  'GB 18030': 'GB18030',
  'GB18030-2000': 'GB18030',
  'UTF-8': 'ISO_IR 192',
  UTF8: 'ISO_IR 192',
  'ISO IR 192': 'ISO_IR 192',
  'ISO 2022 IR 192': 'ISO_IR 192',
};

function registration(term: string): string | undefined {
  return /^ISO(?: 2022|)[ _-]IR[ _-]?(\d+)$/.exec(term)?.[1] ?? /^ISO[_-]IR[ _-]?(\d+)$/.exec(term)?.[1];
}

function judge(bytes: Uint8Array, fallback: CharacterSetDoubt | undefined): CharacterSetDoubt | undefined {
  if (!hasHighBytes(bytes)) return undefined;
  if (looksLikeUtf8(bytes)) return 'utf-8';
  if (looksLikeGbk(bytes)) return 'gbk';
  return fallback;
}

const escapes = (bytes: Uint8Array): boolean => bytes.includes(0x1b);

function unicode(terms: readonly string[]): CharacterSet {
  return {
    terms,
    decode: (bytes) => utf8.decode(bytes),
    doubt: (bytes) => (isUtf8(bytes) ? undefined : judge(bytes, 'unknown')),
  };
}

function chinese(terms: readonly string[]): CharacterSet {
  return {
    terms,
    decode: (bytes) => gb18030.decode(bytes),
    doubt: (bytes) => (hasHighBytes(bytes) && looksLikeUtf8(bytes) ? 'utf-8' : undefined),
  };
}

function extended(terms: readonly string[]): CharacterSet {
  const initialSet = registration(terms[0] ?? '');
  const declaresGb2312 = terms.some((term) => registration(term) === '58');
  const declaresAnyG1 = terms.some((term) => !['6', '14', undefined].includes(registration(term)));
  return {
    terms,
    decode(bytes, isPersonName) {
      if (declaresGb2312 && !escapes(bytes)) return gb18030.decode(bytes);
      return decodeIso2022(bytes, initialSet, isPersonName);
    },
    doubt(bytes) {
      if (escapes(bytes) || !hasHighBytes(bytes)) return undefined;
      if (declaresGb2312) return looksLikeUtf8(bytes) ? 'utf-8' : 'gbk';
      return judge(bytes, declaresAnyG1 ? undefined : 'unknown');
    },
  };
}

function single(terms: readonly string[], label: string): CharacterSet {
  const decoder = label === 'latin1' ? latin1 : new TextDecoder(label);
  return {
    terms,
    decode: (bytes, isPersonName) =>
      escapes(bytes)
        ? decodeIso2022(bytes, registration(terms[0] ?? ''), isPersonName)
        : decoder.decode(bytes),
    doubt: (bytes) => (escapes(bytes) ? undefined : judge(bytes, undefined)),
  };
}

/** No set declared, or one that nobody knows: ASCII; high bytes are judged, and read as Latin-1 when nothing else fits. */
function undeclared(terms: readonly string[]): CharacterSet {
  return {
    terms,
    decode: (bytes, isPersonName) =>
      escapes(bytes) ? decodeIso2022(bytes, undefined, isPersonName) : latin1.decode(bytes),
    doubt: (bytes) => (escapes(bytes) ? undefined : judge(bytes, 'unknown')),
  };
}

const cache = new Map<string, CharacterSet>();

/**
 * Character set for the values of Specific Character Set (0008,0005), by PS3.3 §C.12.1.1.2 and PS3.5 §6.1: single-byte sets, UTF-8, GB18030, GBK,
 * and ISO 2022 code extensions. Unknown terms read as undeclared.
 */
export function characterSet(values: readonly string[]): CharacterSet {
  const key = values.join('\\');
  const known = cache.get(key);
  if (known !== undefined) return known;
  const set = makeCharacterSet(
    values.map((value) => {
      const term = value.trim().toUpperCase();
      return aliases[term] ?? term;
    }),
  );
  if (cache.size < 256) cache.set(key, set);
  return set;
}

function makeCharacterSet(terms: readonly string[]): CharacterSet {
  const [first = ''] = terms;
  if (terms.includes('ISO_IR 192')) return unicode(terms);
  if (first === 'GB18030' || first === 'GBK') return chinese(terms);
  if (terms.length > 1 || first.startsWith('ISO 2022')) return extended(terms);
  const label = singleByte[registration(first) ?? ''];
  return label === undefined ? undeclared(terms) : single(terms, label);
}

/** Text of a value in a data set whose label is in doubt; undefined where this value does not fit the doubt and is read by its label. */
export function decodeDoubted(bytes: Uint8Array, doubt: CharacterSetDoubt): string | undefined {
  if (doubt === 'unknown' || escapes(bytes) || !hasHighBytes(bytes)) return undefined;
  return decodeStrictly(doubt, bytes);
}
