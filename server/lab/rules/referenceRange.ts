/** One row of the reference ranges of a test. */
export interface ReferenceRange {
  id: string;
  sex: string | null;
  ageFromDays: number;
  ageToDays: number;
  pregnant: boolean | null;
  method: string | null;
  low: number | null;
  high: number | null;
  normalText: string | null;
  criticalLow: number | null;
  criticalHigh: number | null;
  validFrom: string;
  validTo: string | null;
}

export interface RangeSubject {
  sex: string;
  birthDate: string | null;
  pregnant?: boolean;
  method?: string | null;
  /** Calendar day of the collection. */
  on: string;
}

/**
 * The range that holds for this person on this day: the most specific row (pregnancy, sex, method, narrowest age).
 * Undefined when none fits: then there is no flag. An unknown age fits only a row for all ages.
 */
export function chooseRange(
  ranges: readonly ReferenceRange[],
  subject: RangeSubject,
): ReferenceRange | undefined {
  const age = subject.birthDate ? ageInDays(subject.birthDate, subject.on) : undefined;
  const fitting = ranges.filter(
    (range) =>
      range.validFrom <= subject.on &&
      (range.validTo === null || range.validTo >= subject.on) &&
      (range.sex === null || range.sex === subject.sex) &&
      (range.pregnant === null || range.pregnant === (subject.pregnant ?? false)) &&
      (range.method === null || range.method === subject.method) &&
      (age === undefined
        ? range.ageFromDays === 0 && range.ageToDays >= 54_000
        : age >= range.ageFromDays && age < range.ageToDays),
  );
  const weight = (range: ReferenceRange) =>
    (range.pregnant !== null ? 8 : 0) + (range.sex !== null ? 4 : 0) + (range.method !== null ? 2 : 0);
  return fitting.sort(
    (a, b) =>
      weight(b) - weight(a) ||
      a.ageToDays - a.ageFromDays - (b.ageToDays - b.ageFromDays) ||
      (a.validFrom < b.validFrom ? 1 : -1),
  )[0];
}

/** Whole days between two calendar days. */
export function ageInDays(birthDate: string, on: string): number {
  return Math.floor((Date.parse(`${on}T00:00:00Z`) - Date.parse(`${birthDate}T00:00:00Z`)) / 86_400_000);
}

/** The range as it is printed: `3.5～9.5`, `<5.2`, `>1.0`, `阴性`. */
export function rangeText(
  range: { low: number | null; high: number | null; normalText: string | null } | undefined,
  decimals: number,
): string | null {
  if (!range) return null;
  if (range.normalText) return range.normalText;
  const show = (value: number) => value.toFixed(decimals);
  if (range.low !== null && range.high !== null) return `${show(range.low)}～${show(range.high)}`;
  if (range.high !== null) return `≤${show(range.high)}`;
  return range.low !== null ? `≥${show(range.low)}` : null;
}
