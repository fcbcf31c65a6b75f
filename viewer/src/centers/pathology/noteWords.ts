import type { TFunction } from 'i18next';
import { duration } from '../../shell/format.ts';

/** Facts behind a case of an indicator, as the hub gives them. */
export interface IndicatorNote {
  minutes?: number;
  of?: number;
  specimens?: { letter: string; ischaemia: number | null; fixed: boolean }[];
  agreement?: string;
  differs?: boolean;
  text?: string | null;
}

/** The facts in the reader's language: minutes taken, fixation by specimen, how frozen and paraffin agree. */
export function noteWords(note: IndicatorNote | null, t: TFunction<['pathology', 'shell']>): string {
  if (!note) return '';
  const { minutes, of, specimens, agreement, differs, text } = note;
  if (minutes !== undefined)
    return of === undefined ? duration(minutes, t) : t('quality.note.minutesOf', { minutes, of });
  if (specimens)
    return specimens
      .map(({ letter, ischaemia, fixed }) =>
        [
          letter,
          ischaemia === null ? t('flow.ischaemiaUnknown') : t('flow.ischaemia', { minutes: ischaemia }),
          fixed ? '' : t('flow.fixationUnknown'),
        ]
          .filter(Boolean)
          .join(' · '),
      )
      .join('; ');
  return [agreement && t(`agreement.${agreement}`), differs && t('quality.differs'), text]
    .filter(Boolean)
    .join('：');
}
