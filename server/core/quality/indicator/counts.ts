import { volume, criticalAcknowledged } from './cases.ts';
import type { Indicator } from './indicator.ts';

const CENTERS = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;

/** A volume or count that serves other figures. */
const count = (code: string, name: string, nameEn: string, cases: Indicator['cases']): Indicator => ({
  code,
  version: 1,
  name,
  nameEn,
  center: 'community',
  better: 'up',
  target: null,
  mark: 'P',
  formula: name,
  formulaEn: nameEn,
  hidden: true,
  cases,
});

/** Volumes and counts behind the regulator's figures; not listed among the indicators. */
export const counts: Indicator[] = [
  {
    ...count('critical-acknowledged', '危急值已确认', 'Critical values acknowledged', criticalAcknowledged),
    version: 2,
  },
  ...CENTERS.flatMap((kind) => [
    count(`volume.${kind}`, '申请数', 'Orders', volume(kind, false)),
    count(`members.${kind}`, '为成员单位', 'For members', volume(kind, true)),
  ]),
];
