import type { TFunction } from 'i18next';

export interface Difference {
  field: string;
  input: string;
  order: string;
}

/** What the recording says against what the order says, field by field; codes in words. */
export function differenceText(differences: readonly Difference[], t: TFunction): string {
  const word = (field: string, value: string): string =>
    value === '' || (field !== 'sex' && field !== 'status')
      ? value || '—'
      : field === 'sex'
        ? t(`ecg:sex.${value}`)
        : t(`shell:status.${value}`);
  return differences
    .map((d) => `${t(`ecg:field.${d.field}`)} ${word(d.field, d.input)} ≠ ${word(d.field, d.order)}`)
    .join(t('ecg:listBreak'));
}
