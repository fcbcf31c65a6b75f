import type { TFunction } from 'i18next';

const DATES = ['birthDate', 'studyDate'];

/** One fact of unmatched input as people read it: dates with their lines, sex in words, several values behind each other. */
export function factText(field: string, value: unknown, t: TFunction): string {
  if (value === null || value === undefined) return '';
  const text = Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  if (DATES.includes(field)) return text.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  if (field === 'sex') return t(`shell:sex.${text}`, { defaultValue: text });
  return text;
}
