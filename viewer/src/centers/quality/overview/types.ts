import type { IndicatorFigure } from '../types.ts';

export const VERDICTS = ['missed', 'near', 'few', 'met', 'observed', 'none'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface OverviewRow extends IndicatorFigure {
  share: number | null;
  low: number | null;
  high: number | null;
  verdict: Verdict;
  /** Cases that went wrong: outside the numerator where more is better, in it where less is. */
  wrong: number;
  before: number | null;
  change: 'better' | 'worse' | 'steady' | 'unknown';
  months: { month: string; numerator: number; denominator: number }[];
  sites: { institutionId: string; name: string; wrong: number; cases: number }[];
}
