import { median } from './filters.ts';

export interface Candidate {
  sample: number;
  /** How far it stands out: the envelope relative to the level of the beats around it. */
  ratio: number;
}

/**
 * Chooses the most plausible sequence of beats among the candidates (dynamic programming): height over the
 * threshold speaks for a beat, a gap of about two usual intervals for a missed one, a far too short
 * interval against both.
 */
export function chooseBeats(
  found: Candidate[],
  rateHz: number,
  threshold: number,
  span: [number, number],
): Candidate[] {
  const strong = found.filter((candidate) => candidate.ratio > threshold * 1.15);
  const intervals = strong
    .slice(1)
    .map((candidate, i) => (candidate.sample - (strong[i] as Candidate).sample) / rateHz);
  const usual = Math.min(1.5, Math.max(0.3, median(intervals.filter((s) => s > 0.25 && s < 2.5)) || 0.8));
  const n = found.length;
  const score = new Float64Array(n);
  const from = new Int32Array(n).fill(-1);
  let best = -1;
  let bestScore = -Infinity;
  for (let i = 0; i < n; i++) {
    const { sample, ratio } = found[i] as Candidate;
    const height = Math.log2(ratio / threshold);
    // beyond the cap height decides only between neighbours that cannot both be beats
    const own = Math.max(-3, Math.min(1.2, height) + 0.05 * Math.max(0, Math.min(2, height - 1.2)));
    score[i] = own - gapCost((sample - span[0]) / rateHz, usual);
    for (let j = i - 1; j >= 0; j--) {
      const previous = found[j] as Candidate;
      const interval = (sample - previous.sample) / rateHz;
      if (interval > 6) break;
      const value = (score[j] as number) + own - intervalCost(interval, usual, ratio, previous.ratio);
      if (value > (score[i] as number)) {
        score[i] = value;
        from[i] = j;
      }
    }
    const end = (score[i] as number) - gapCost((span[1] - sample) / rateHz, usual);
    if (best < 0 || end > bestScore) {
      best = i;
      bestScore = end;
    }
  }
  const chosen: Candidate[] = [];
  for (let i = best; i >= 0; i = from[i] as number) chosen.push(found[i] as Candidate);
  return chosen.reverse();
}

function intervalCost(interval: number, usual: number, ratio: number, previousRatio: number): number {
  if (interval < 0.2) return 10;
  let cost = 0;
  if (interval < 0.36) cost += 1.2 * ((0.36 - interval) / 0.16) + (ratio < 0.6 * previousRatio ? 0.8 : 0);
  if (interval < usual * 0.6) cost += 0.8 * (1 - interval / (usual * 0.6));
  return cost + gapCost(interval, usual);
}

function gapCost(interval: number, usual: number): number {
  return interval > usual * 1.5 ? Math.min(2.5, 0.9 * (interval / usual - 1.5)) : 0;
}
