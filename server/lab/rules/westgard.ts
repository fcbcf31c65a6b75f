export const WESTGARD_RULES = ['1-2s', '1-3s', '2-2s', 'R-4s', '4-1s', '10x', '3-1s', '7T'] as const;
export type WestgardRule = (typeof WESTGARD_RULES)[number];
export type RuleUse = 'reject' | 'warning' | 'off';
export type WestgardPlan = Partial<Record<WestgardRule, RuleUse>>;

/** The multirule as published (Westgard 1981) with the trend and 3-1s as warnings; a test may have its own plan. */
export const DEFAULT_PLAN: WestgardPlan = {
  '1-2s': 'warning',
  '1-3s': 'reject',
  '2-2s': 'reject',
  'R-4s': 'reject',
  '4-1s': 'reject',
  '10x': 'reject',
  '3-1s': 'warning',
  '7T': 'warning',
};

export interface QcPoint {
  /** Deviation from the mean in standard deviations. */
  z: number;
  level: number;
  /** Runs of one occasion share it: the levels measured together. */
  at: Date;
}

const SAME_RUN_MS = 2 * 3_600_000;

/**
 * Which rules the newest point breaks. `history` holds earlier points of the same test and analyzer, all levels,
 * newest last; points that were excluded do not belong in it.
 * Within one level: 1-2s, 1-3s, 2-2s, 3-1s, 4-1s, 10x, 7T. Between levels of one run: R-4s and 2-2s.
 */
export function brokenRules(history: readonly QcPoint[], point: QcPoint): WestgardRule[] {
  const own = [...history.filter((one) => one.level === point.level), point];
  const beside = history.filter(
    (one) => one.level !== point.level && Math.abs(point.at.getTime() - one.at.getTime()) <= SAME_RUN_MS,
  );
  // A level measured again within the run counts as it stands now, not as it was before it was put right.
  const run = [...new Map(beside.map((one) => [one.level, one])).values()];
  const broken: WestgardRule[] = [];
  const last = (n: number) => (own.length >= n ? own.slice(-n) : []);
  const oneSide = (points: readonly QcPoint[], limit: number) =>
    points.length > 0 && (points.every((one) => one.z > limit) || points.every((one) => one.z < -limit));
  if (Math.abs(point.z) > 2) broken.push('1-2s');
  if (Math.abs(point.z) > 3) broken.push('1-3s');
  if (oneSide(last(2), 2) || run.some((one) => oneSide([one, point], 2))) broken.push('2-2s');
  if (run.some((one) => (one.z > 2 && point.z < -2) || (one.z < -2 && point.z > 2))) broken.push('R-4s');
  if (oneSide(last(3), 1)) broken.push('3-1s');
  if (oneSide(last(4), 1)) broken.push('4-1s');
  if (oneSide(last(10), 0)) broken.push('10x');
  if (isTrend(last(7))) broken.push('7T');
  return broken;
}

/** Verdict of a run by the plan of its test. */
export function judge(
  broken: readonly WestgardRule[],
  plan: WestgardPlan,
): 'in-control' | 'warning' | 'rejected' {
  if (broken.some((rule) => plan[rule] === 'reject')) return 'rejected';
  return broken.some((rule) => plan[rule] === 'warning') ? 'warning' : 'in-control';
}

function isTrend(points: readonly QcPoint[]): boolean {
  if (points.length < 7) return false;
  const steps = points.slice(1).map((point, index) => point.z - (points[index]?.z ?? 0));
  return steps.every((step) => step > 0) || steps.every((step) => step < 0);
}

/** Mean and SD (n−1) of the values; undefined below two. */
export function meanAndSd(values: readonly number[]): { mean: number; sd: number } | undefined {
  if (values.length < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  return { mean, sd };
}

/** Sigma metric = (TEa − |bias|) ÷ CV, all in percent. Undefined when the CV is 0. */
export function sigmaMetric(teaPercent: number, biasPercent: number, cvPercent: number): number | undefined {
  return cvPercent > 0 ? (teaPercent - Math.abs(biasPercent)) / cvPercent : undefined;
}
