import type { TFunction } from 'i18next';
import type { Unmatched } from './types.ts';

/** What the hub writes down as the reason → the key of its sentence; groups become `a` and `b`. First match wins. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^several orders agree with the (?:images|recording)$/, 'ambiguous'],
  [/^the (?:images|recording) came without an order that is known here$/, 'noOrder'],
  [/^the recording names no patient$/, 'noPatient'],
  [/^the number is right but nothing identifies the patient$/, 'numberAlone'],
  [/^the number is right but (.+) differ$/, 'differ'],
  [/^split from (\S+): (.*)$/, 'split'],
  [/^taken off (\S+): (.*)$/, 'split'],
  [/^another object with this SOP Instance UID is stored already$/, 'sameUid'],
  [/^the study belongs to another institution or patient$/, 'foreignStudy'],
  [/^the series belongs to another study$/, 'foreignSeries'],
  [/^(.+ UID) is missing$/, 'uidMissing'],
  [/^(.+ UID) is not a UID$/, 'uidWrong'],
  [/^SOP Instance UID differs from that of the request$/, 'uidDiffers'],
  [/^the object ends inside its pixel data$/, 'pixelsCut'],
  [/^(?:data set|the file) ends inside (?:element )?(.+)$/, 'cut'],
  [/^element (\S+) cannot be read$/, 'element'],
  [/^pixel data of undefined length in a syntax without fragments$/, 'pixelLength'],
  [/^deflated data set grows beyond (\d+) bytes$/, 'inflates'],
];

/** Why input waits, in the language of the reader; a reason that is not known here stands as it was written. */
export function reasonText(row: Pick<Unmatched, 'reason' | 'kind' | 'detail'>, t: TFunction): string {
  for (const [pattern, key] of sentences) {
    const match = pattern.exec(row.reason);
    if (!match) continue;
    const [, a = '', b = ''] = match;
    const fields = key === 'differ' ? a.split(', ').map((field) => t(`fields.${field}`, field)) : [];
    return t(`why.${key}`, { a: fields.length > 0 ? fields.join(t('why.comma')) : a, b });
  }
  return row.kind === 'unreadable' ? t('why.unreadable', { a: row.reason }) : row.reason;
}
