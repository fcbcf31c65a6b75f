import { wilson } from './figures.ts';

/** Under so many cases a share says little: it is shown, but nothing is concluded from it (P). */
export const FEW_CASES = 20;
const Z95 = 1.959964;

export type Verdict = 'missed' | 'near' | 'few' | 'met' | 'observed' | 'none';

interface Counted {
  numerator: number;
  denominator: number;
}

/**
 * What a figure says against its target. `missed`: worse than the target by more than chance (the 95 % interval lies on
 * the wrong side); `near`: worse, but chance could have done it; `few`: too few cases to say either. A target of all or
 * none has no interval on its far side: there every miss counts.
 */
export function judge(
  { numerator, denominator }: Counted,
  { better, target }: { better: 'up' | 'down'; target: number | null },
): Verdict {
  if (denominator === 0) return 'none';
  if (target === null) return 'observed';
  if (denominator < FEW_CASES) return 'few';
  const share = numerator / denominator;
  const { low, high } = wilson(numerator, denominator);
  if (better === 'up' ? share >= target : share <= target) return 'met';
  if (target === 1 || target === 0) return 'missed';
  return (better === 'up' ? (high ?? 1) < target : (low ?? 0) > target) ? 'missed' : 'near';
}

export type Change = 'better' | 'worse' | 'steady' | 'unknown';

/** Whether a share moved by more than chance since the span before (two proportions, z at 95 %). */
export function changeOf(now: Counted, before: Counted, better: 'up' | 'down'): Change {
  if (now.denominator < FEW_CASES || before.denominator < FEW_CASES) return 'unknown';
  const a = now.numerator / now.denominator;
  const b = before.numerator / before.denominator;
  const pooled = (now.numerator + before.numerator) / (now.denominator + before.denominator);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / now.denominator + 1 / before.denominator));
  if (error === 0 || Math.abs(a - b) < Z95 * error) return 'steady';
  return a > b === (better === 'up') ? 'better' : 'worse';
}

/**
 * Whether a share fell below what its own past allows by chance: two proportions, `sigma` standard errors apart (three as
 * on a control chart, so that a few hundred sites and indicators a month raise hardly a false alarm). The past is given as
 * the sum of the months before.
 */
export function fellBeyondChance(
  now: Counted,
  past: Counted,
  better: 'up' | 'down',
  sigma: number,
): { fell: boolean; z: number } {
  if (now.denominator === 0 || past.denominator === 0) return { fell: false, z: 0 };
  const pooled = (now.numerator + past.numerator) / (now.denominator + past.denominator);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / now.denominator + 1 / past.denominator));
  if (error === 0) return { fell: false, z: 0 };
  const worse = past.numerator / past.denominator - now.numerator / now.denominator;
  const z = (better === 'up' ? worse : -worse) / error;
  return { fell: z >= sigma, z: Math.round(z * 100) / 100 };
}
