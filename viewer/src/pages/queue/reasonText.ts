import type { TFunction } from 'i18next';
import type { Unmatched } from './types.ts';

/** What the hub writes down as the reason → the key of its sentence; groups become `a` and `b`. First match wins. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^several orders agree with the (?:images|recording)$/, 'ambiguous'],
  [/^the (?:images|recording) came without an order that is known here$/, 'noOrder'],
  [/^the recording names no patient$/, 'noPatient'],
  [/^the number is right but nothing identifies the patient$/, 'numberAlone'],
  [/^the number is right but (.+) differ$/, 'differ'],
  [/^the patient on file differs in (.+)$/, 'fileDiffers'],
  [/^split from (\S+): (.*)$/, 'split'],
  [/^taken off (\S+): (.*)$/, 'split'],
  [/^another object with this SOP Instance UID is stored already$/, 'sameUid'],
  [/^the study belongs to another institution or patient$/, 'foreignStudy'],
  [/^the series belongs to another study$/, 'foreignSeries'],
  [/^(.+ UID) is missing$/, 'uidMissing'],
  [/^(.+ UID) is not a UID$/, 'uidWrong'],
  [/^SOP Instance UID differs from that of the request$/, 'uidDiffers'],
  [/^the object ends inside (?:its pixel data|a fragment)$/, 'pixelsCut'],
  [/^pixel data ends before its image does$/, 'pixelsShort'],
  [/^(?:data set|the file) ends inside (?:element )?(.+)$/, 'cut'],
  [/^element (\S+) cannot be read$/, 'element'],
  [/^the bytes are not a DICOM file or data set$|^the file holds no data elements$/, 'notDicom'],
  [/^SOP class is not one of storage$/, 'notStored'],
  [/^the object is of another study than the request$/, 'otherStudy'],
  [/^SOP Instance UID is taken$/, 'sameUid'],
  [/^pixel data of undefined length in a syntax without fragments$/, 'pixelLength'],
  [/^deflated data set grows beyond (\d+) bytes$/, 'inflates'],
];

/** A reason of the hub in the language of the reader, or undefined when it is not known here. */
function knownReason(reason: string, t: TFunction): string | undefined {
  for (const [pattern, key] of sentences) {
    const match = pattern.exec(reason);
    if (!match) continue;
    const [, a = '', b = ''] = match;
    const fields =
      key === 'differ' || key === 'fileDiffers'
        ? a.split(', ').map((field) => t(`queue:fields.${field}`, { defaultValue: field }))
        : [];
    return t(`queue:why.${key}`, { a: fields.length > 0 ? fields.join(t('queue:why.comma')) : a, b });
  }
  return undefined;
}

/** Why input waits; a reason that is not known here stands as it was written. Needs the namespace `queue`. */
export function reasonText(row: Pick<Unmatched, 'reason' | 'kind' | 'detail'>, t: TFunction): string {
  const why = (row.detail as { why?: { code: string; params: Record<string, string> } } | null)?.why;
  if (why) return t(`lab:fault.${why.code}`, { ...why.params, defaultValue: row.reason });
  return (
    knownReason(row.reason, t) ??
    (row.kind === 'unreadable' ? t('queue:why.unreadable', { a: row.reason }) : row.reason)
  );
}

/** Why a file that was sent is kept for a person or refused. Needs the namespace `queue`. */
export const commentText = (comment: string, t: TFunction): string => {
  const reason = comment.replace(/^kept for a person: /, '');
  return knownReason(reason, t) ?? reason;
};
