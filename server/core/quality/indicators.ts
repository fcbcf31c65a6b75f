import type { Center } from '../center.ts';
import { communityIndicators } from './indicator/community.ts';
import { counts } from './indicator/counts.ts';
import { ecgIndicators } from './indicator/ecg.ts';
import { imagingIndicators } from './indicator/imaging.ts';
import type { Indicator } from './indicator/indicator.ts';
import { labIndicators } from './indicator/laboratory.ts';
import { pathologyIndicators } from './indicator/pathology.ts';

/** Indicators of the core; formulas are shown to whoever reads a figure. */
const INDICATORS: Indicator[] = [
  ...imagingIndicators,
  ...ecgIndicators,
  ...labIndicators,
  ...pathologyIndicators,
  ...communityIndicators,
  ...counts,
];

/** Every indicator of the hub: the core's and those the centres add. */
export const indicatorsOf = (centers: readonly Center[]): Indicator[] => [
  ...INDICATORS,
  ...centers.flatMap((center) => center.indicators ?? []),
];
