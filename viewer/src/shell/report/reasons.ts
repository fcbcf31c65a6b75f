import type { TFunction } from 'i18next';
import type { Reason } from '../DangerDialog.tsx';

const codes = {
  reject: ['findings', 'conclusion', 'measurement', 'wording', 'patient', 'other'],
  return: [
    'image-quality',
    'incomplete',
    'wrong-site',
    'patient-mismatch',
    'no-clinical',
    'specimen',
    'other',
  ],
  addendum: ['new-information', 'comparison', 'second-reading', 'other'],
  correct: ['wrong-finding', 'wrong-side', 'wrong-patient-data', 'typing', 'other'],
  void: ['wrong-patient', 'wrong-images', 'duplicate', 'other'],
  cancel: ['patient-refused', 'not-needed', 'wrong-order', 'duplicate', 'transferred', 'other'],
  withdraw: ['misread', 'wrong-patient', 'artefact', 'other'],
} as const;

/** Coded reasons of an act; `other` asks for a note. */
export function reasonsFor(act: keyof typeof codes, t: TFunction): Reason[] {
  return codes[act].map((code) => ({
    code,
    label: t(`shell:reasons.${act}.${code}`),
    needsNote: code === 'other',
  }));
}
