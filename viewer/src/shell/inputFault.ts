import type { TFunction } from 'i18next';

/** Coded faults of what a report is made from, by centre, in the order in which they are offered. */
export const INPUT_FAULTS: Record<string, string[]> = {
  imaging: [
    'motion',
    'position',
    'exposure',
    'metal',
    'foreign-object',
    'coverage',
    'laterality-mark',
    'artefact',
    'noise',
    'contrast-timing',
    'wrong-protocol',
    'wrong-patient-data',
    'other',
  ],
  ecg: [
    'baseline-wander',
    'muscle-noise',
    'mains-noise',
    'lead-off',
    'lead-reversed',
    'calibration',
    'too-short',
    'wrong-patient-data',
    'other',
  ],
  lab: [
    'haemolysis',
    'lipaemia',
    'icterus',
    'clotted',
    'volume',
    'wrong-tube',
    'label',
    'too-late',
    'temperature',
    'contaminated',
    'other',
  ],
  pathology: [
    'fixation',
    'volume',
    'label',
    'crushed',
    'thickness',
    'folds',
    'stain',
    'wrong-patient-data',
    'other',
  ],
};

/** A fault in words; `t` knows the namespaces `imaging` and `quality`. */
export const inputFaultText = (center: string, fault: string, t: TFunction): string =>
  t(center === 'imaging' ? `imaging:grade.faults.${fault}` : `quality:inputFault.${center}.${fault}`, {
    defaultValue: fault,
  });
