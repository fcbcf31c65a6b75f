import { invalid } from '../../core/errors.ts';

/** GS1 General Specifications §3: application identifiers read here, with their length. */
interface ApplicationIdentifier {
  ai: string;
  min: number;
  max: number;
  /** A predefined length needs no separator after it. */
  fixed: boolean;
  digits: boolean;
}

const fixed = (ai: string, length: number): ApplicationIdentifier => ({
  ai,
  min: length,
  max: length,
  fixed: true,
  digits: true,
});
const variable = (ai: string, max: number, digits = false, min = 1): ApplicationIdentifier => ({
  ai,
  min,
  max,
  fixed: false,
  digits,
});

const IDENTIFIERS: ApplicationIdentifier[] = [
  fixed('00', 18),
  fixed('01', 14),
  fixed('02', 14),
  ...['11', '12', '13', '15', '16', '17'].map((ai) => fixed(ai, 6)),
  fixed('20', 2),
  variable('10', 20),
  variable('21', 20),
  variable('22', 20),
  variable('240', 30),
  variable('241', 30),
  variable('250', 30),
  variable('251', 30),
  variable('30', 8, true),
  variable('37', 8, true),
  variable('400', 30),
  ...['410', '411', '412', '413', '414', '415', '416', '417'].map((ai) => fixed(ai, 13)),
  ...['710', '711', '712', '713', '714', '715'].map((ai) => variable(ai, 20)),
  variable('7003', 10, true, 10),
  variable('8003', 30, false, 14),
  variable('8004', 30),
  ...['90', '91', '92', '93', '94', '95', '96', '97', '98', '99'].map((ai) => variable(ai, 90)),
];

const SEPARATOR = '\u001d';

export interface Gs1Code {
  /** Value by application identifier, as scanned. */
  elements: Record<string, string>;
  gtin?: string;
  lot?: string;
  serialNumber?: string;
  producedOn?: string;
  expiresOn?: string;
  /** Returnable asset (8003), a tray. */
  grai?: string;
  /** Individual asset (8004), an instrument. */
  giai?: string;
  /** What a person should look at: the scanner may have swallowed a separator. */
  warnings: string[];
}

/** True when a scanned text looks like a GS1 element string (bracketed, with symbology prefix, or raw). */
export function looksLikeGs1(text: string): boolean {
  return (
    text.startsWith(SEPARATOR) ||
    /^(\](d2|C1|Q3|e0)|\(\d{2,4}\))/.test(text) ||
    /^(01\d{14}|8003\d{14}|8004)/.test(text)
  );
}

/**
 * Reads a GS1 element string: bracketed `(01)…(17)…`, or raw with FNC1 as GS (0x1D), with or without a symbology
 * identifier (`]d2`, `]C1`, `]Q3`). Dates become `YYYY-MM-DD` (day 00 = last of the month, century by the 49/50 rule).
 * Throws `invalid` with the reason. Source: GS1 General Specifications §3 and §7.8, §7.12 (century).
 */
export function parseGs1(scanned: string): Gs1Code {
  const text = scanned.trim().replace(/^\](d2|C1|Q3|e0)/, '');
  if (text.length === 0 || text.length > 400)
    throw invalid('the code is empty or too long for GS1', 'gs1-code');
  const pairs = text.startsWith('(') ? splitBracketed(text) : splitRaw(text);
  const elements: Record<string, string> = {};
  const warnings: string[] = [];
  for (const [ai, value] of pairs) {
    const known = IDENTIFIERS.find((entry) => entry.ai === ai);
    if (!known) throw invalid(`GS1 identifier (${ai}) is not known here`, 'gs1-code');
    if (value.length < known.min || value.length > known.max)
      throw invalid(
        `GS1 (${ai}) has ${value.length} characters, allowed are ${known.min} to ${known.max}`,
        'gs1-code',
      );
    if (known.digits && !/^\d+$/.test(value)) throw invalid(`GS1 (${ai}) must be digits`, 'gs1-code');
    if (!/^[\x21-\x7e]+$/.test(value))
      throw invalid(`GS1 (${ai}) has a character outside the allowed set`, 'gs1-code');
    if (elements[ai] !== undefined && elements[ai] !== value)
      throw invalid(`GS1 (${ai}) occurs twice with two values`, 'gs1-code');
    elements[ai] = value;
  }
  for (const ai of ['01', '02', '00']) {
    const value = elements[ai];
    if (value !== undefined && !hasCheckDigit(value))
      throw invalid(`GS1 (${ai}) ${value} has a wrong check digit`, 'gs1-code');
  }
  const grai = elements['8003'];
  if (grai !== undefined && !hasCheckDigit(grai.slice(0, 14)))
    throw invalid(`GS1 (8003) ${grai} has a wrong check digit`, 'gs1-code');
  const last = pairs.at(-1);
  if (last && !text.includes(SEPARATOR) && !text.startsWith('(') && swallowsAnother(last[0], last[1]))
    warnings.push('separator-may-be-missing');
  return {
    elements,
    ...(elements['01'] !== undefined && { gtin: elements['01'] }),
    ...(elements['10'] !== undefined && { lot: elements['10'] }),
    ...(elements['21'] !== undefined && { serialNumber: elements['21'] }),
    ...(elements['11'] !== undefined && { producedOn: readDate(elements['11']) }),
    ...(elements['17'] !== undefined && { expiresOn: readDate(elements['17']) }),
    ...(grai !== undefined && { grai }),
    ...(elements['8004'] !== undefined && { giai: elements['8004'] }),
    warnings,
  };
}

function splitBracketed(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  const pattern = /\((\d{2,4})\)([^(]*)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw invalid('the brackets of the GS1 code do not match', 'gs1-code');
    pairs.push([match[1] ?? '', (match[2] ?? '').replaceAll(SEPARATOR, '').trim()]);
  }
  return pairs;
}

function splitRaw(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === SEPARATOR) {
      at += 1;
      continue;
    }
    const known = IDENTIFIERS.filter((entry) => text.startsWith(entry.ai, at)).sort(
      (a, b) => b.ai.length - a.ai.length,
    )[0];
    if (!known) throw invalid(`no GS1 identifier is known at position ${at + 1}`, 'gs1-code');
    const from = at + known.ai.length;
    const separator = text.indexOf(SEPARATOR, from);
    const end = known.fixed
      ? Math.min(from + known.max, text.length)
      : separator === -1
        ? text.length
        : separator;
    pairs.push([known.ai, text.slice(from, end)]);
    at = end;
  }
  return pairs;
}

/** A lot or serial number whose tail reads as (17) or (11) with a date: a separator was probably lost on the way. */
function swallowsAnother(ai: string, value: string): boolean {
  if (ai !== '10' && ai !== '21') return false;
  const tail = /^.+?(?:17|11)(\d{2})(\d{2})(\d{2})(?:21.+|10.+)?$/.exec(value);
  return tail !== null && Number(tail[2]) >= 1 && Number(tail[2]) <= 12 && Number(tail[3]) <= 31;
}

/** Modulo-10 check digit, weights 3 and 1 from the right. */
export function hasCheckDigit(digits: string): boolean {
  if (!/^\d{2,}$/.test(digits)) return false;
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 1 ? 3 : 1), 0);
  return sum % 10 === 0;
}

function readDate(value: string): string {
  const [year, month, day] = [value.slice(0, 2), value.slice(2, 4), value.slice(4, 6)].map(Number);
  if (year === undefined || month === undefined || day === undefined || month < 1 || month > 12 || day > 31)
    throw invalid(`GS1 date ${value} is not a date`, 'gs1-code');
  const fullYear = year <= 50 ? 2000 + year : 1900 + year;
  const lastDay = new Date(Date.UTC(fullYear, month, 0)).getUTCDate();
  if (day > lastDay) throw invalid(`GS1 date ${value} is not a date`, 'gs1-code');
  return `${fullYear}-${String(month).padStart(2, '0')}-${String(day === 0 ? lastDay : day).padStart(2, '0')}`;
}
