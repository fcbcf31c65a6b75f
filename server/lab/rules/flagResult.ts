import type { ReferenceRange } from './referenceRange.ts';

export type Flag = 'N' | 'L' | 'H' | 'LL' | 'HH' | 'A';

/** A value as read: a number, possibly with a comparator (`<0.01`), or text. */
export interface ParsedValue {
  number: number | null;
  comparator: '<' | '<=' | '>' | '>=' | null;
  text: string | null;
}

/** Reads what a person or an analyzer wrote. Undefined for what is no value at all (`***.**`, `----`, empty). */
export function parseValue(written: string): ParsedValue | undefined {
  const value = written
    .trim()
    .replace(/\uFF1C/g, '<')
    .replace(/\uFF1E/g, '>')
    .replace(/≤/g, '<=')
    .replace(/≥/g, '>=');
  if (value === '' || /^[*.\-_?#\s]+$/.test(value)) return undefined;
  const found = /^(<=|>=|<|>)?\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)$/.exec(value);
  if (!found) return { number: null, comparator: null, text: value };
  const number = Number(found[2]);
  if (!Number.isFinite(number)) return undefined;
  return { number, comparator: (found[1] as ParsedValue['comparator']) ?? null, text: null };
}

/**
 * Flag of a value against its range. No range, or a side of it that is missing → no flag. A value with a comparator
 * is flagged only where it is beyond doubt: `<0.01` can be low, never high.
 */
export function flagResult(
  value: ParsedValue,
  range: Pick<ReferenceRange, 'low' | 'high' | 'normalText' | 'criticalLow' | 'criticalHigh'> | undefined,
  abnormalChoices: readonly string[] = [],
): { flag: Flag | null; critical: boolean } {
  if (value.text !== null) {
    if (abnormalChoices.length > 0)
      return { flag: abnormalChoices.includes(value.text) ? 'A' : 'N', critical: false };
    if (range?.normalText) return { flag: range.normalText === value.text ? 'N' : 'A', critical: false };
    return { flag: null, critical: false };
  }
  if (value.number === null || !range) return { flag: null, critical: false };
  const number = value.number;
  const below = value.comparator === null || value.comparator.startsWith('<');
  const above = value.comparator === null || value.comparator.startsWith('>');
  // "<3.0" against a limit of 3.0 is below it; "3.0" is not.
  const under = (limit: number | null) =>
    limit !== null && below && (number < limit || (value.comparator === '<' && number <= limit));
  const over = (limit: number | null) =>
    limit !== null && above && (number > limit || (value.comparator === '>' && number >= limit));
  if (under(range.criticalLow)) return { flag: 'LL', critical: true };
  if (over(range.criticalHigh)) return { flag: 'HH', critical: true };
  if (under(range.low)) return { flag: 'L', critical: false };
  if (over(range.high)) return { flag: 'H', critical: false };
  if (value.comparator !== null) return { flag: null, critical: false };
  return { flag: range.low !== null || range.high !== null ? 'N' : null, critical: false };
}
