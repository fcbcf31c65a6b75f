import { markRateHz, networkInput, networkMarks } from './beatNetwork.ts';
import type { Network } from './beatNetwork.ts';
import { bandEnvelope, windowMaxima, withoutSpikes } from './envelope.ts';
import { bandPass, median } from './filters.ts';
import { reviewBeats } from './reviewBeats.ts';

export interface Candidate {
  sample: number;
  /** Envelope relative to the level of the beats around it. */
  ratio: number;
}

/** Local maxima of the envelope at least 180 ms apart, with their height over the local level. */
export function candidates(total: Float64Array, rateHz: number): Candidate[] {
  const maxima = windowMaxima(total, rateHz);
  const global = median(maxima);
  const width = Math.max(1, Math.round(rateHz * 1.6));
  const levels = Array.from(maxima, (_, w) => {
    const near = maxima.subarray(Math.max(0, w - 3), w + 4);
    return Math.min(Math.max(median(near), global * 0.25), global * 4);
  });
  const apart = Math.round(rateHz * 0.18);
  const found: Candidate[] = [];
  for (let i = 1; i < total.length - 1; i++) {
    const value = total[i] as number;
    if (value < (total[i - 1] as number) || value <= (total[i + 1] as number) || value < global * 0.01)
      continue;
    const previous = found.at(-1);
    if (previous && i - previous.sample < apart) {
      if (value > previous.ratio) found[found.length - 1] = { sample: i, ratio: value };
    } else found.push({ sample: i, ratio: value });
  }
  for (const candidate of found) candidate.ratio /= levels[Math.floor(candidate.sample / width)] as number;
  return found;
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

const usualThreshold = 0.38;
/** Plausibility beyond which lower thresholds are not tried: even intervals, beats far above the rest. */
const clearlyRight = 0.7;
const thresholds = [usualThreshold, 0.27, 0.19, 0.135, 0.095, 0.067, 0.047];

/**
 * Small beats beside huge ectopic ones fall under the usual threshold. Lower ones are tried; one wins only
 * when it separates beats from the rest clearly better and the intervals become more even.
 */
export function bestWithValue(found: Candidate[], rateHz: number, span: [number, number]): [Candidate[], number] {
  let best: Candidate[] = [];
  let bestValue = -Infinity;
  for (const threshold of thresholds) {
    const chosen = chooseBeats(found, rateHz, threshold, span);
    if (chosen.length < 2) continue;
    const value = plausibility(found, chosen, rateHz) - 0.26 * Math.log2(usualThreshold / threshold);
    if (value > bestValue) {
      bestValue = value;
      best = chosen;
    }
    if (threshold === usualThreshold && value > clearlyRight) break;
  }
  return [best.length > 0 ? best : chooseBeats(found, rateHz, usualThreshold, span), bestValue];
}
function bestSequence(found: Candidate[], rateHz: number, span: [number, number]): Candidate[] {
  return bestWithValue(found, rateHz, span)[0];
}

function plausibility(found: Candidate[], chosen: Candidate[], rateHz: number): number {
  const taken = new Set(chosen);
  const heights = chosen.map((candidate) => Math.log2(candidate.ratio)).sort((a, b) => a - b);
  const rest = found
    .filter((candidate) => !taken.has(candidate))
    .map((candidate) => Math.log2(candidate.ratio))
    .sort((a, b) => b - a);
  // a few outliers on either side are allowed
  const lowest = heights[Math.floor(heights.length * 0.15)] as number;
  const highest = rest[Math.floor(rest.length * 0.05)] ?? -6;
  const separation = Math.max(-2, Math.min(3, lowest - highest));
  const intervals = chosen
    .slice(1)
    .map((candidate, i) => (candidate.sample - (chosen[i] as Candidate).sample) / rateHz);
  const middle = median(intervals);
  const uneven = median(intervals.map((interval) => Math.abs(interval - middle) / middle));
  const long =
    intervals.filter((interval) => interval > 2.1 || interval > 2.4 * middle).length / intervals.length;
  const fast = middle < 0.36 ? (0.36 - middle) * 8 : 0;
  return separation * 0.5 - uneven * 2.5 - long * 2.5 - fast;
}

const blockSeconds = 12;

/** Long recordings are decided block by block, so that each stretch finds its own threshold. */
function sequence(found: Candidate[], length: number, rateHz: number): Candidate[] {
  if (length <= rateHz * blockSeconds * 1.5) return bestSequence(found, rateHz, [0, length]);
  const chosen: Candidate[] = [];
  const step = rateHz * blockSeconds;
  const context = rateHz * 3;
  let low = 0;
  for (let start = 0; start < length; start += step) {
    while (low < found.length && (found[low] as Candidate).sample < start - context) low++;
    let high = low;
    while (high < found.length && (found[high] as Candidate).sample < start + step + context) high++;
    for (const candidate of bestSequence(found.slice(low, high), rateHz, [
      Math.max(0, start - context),
      Math.min(length, start + step + context),
    ]))
      if (candidate.sample >= start && candidate.sample < start + step) {
        const last = chosen.at(-1);
        if (!last || candidate.sample - last.sample > rateHz * 0.2) chosen.push(candidate);
      }
  }
  return chosen;
}

/**
 * Wide ectopic beats carry little energy in the QRS band: gaps are searched in a lower band, where they must
 * exceed the T waves of the other beats.
 */
function fillGaps(chosen: Candidate[], low: Float64Array, rateHz: number): Candidate[] {
  if (chosen.length < 4) return chosen;
  const around = (sample: number, from: number, to: number): number =>
    peakIn(low, sample + rateHz * from, sample + rateHz * to).value;
  const beats = median(chosen.map((beat) => around(beat.sample, -0.06, 0.06)));
  const tWaves = median(chosen.map((beat) => around(beat.sample, 0.18, 0.42)));
  const needed = Math.max(0.3 * beats, 1.35 * tWaves);
  const intervals = chosen.slice(1).map((beat, i) => beat.sample - (chosen[i] as Candidate).sample);
  const result: Candidate[] = [];
  const fill = (from: number, to: number, usual: number, depth: number): void => {
    if (to - from < usual * 1.45 || depth > 6) return;
    const margin = Math.max(0.34 * rateHz, usual * 0.42);
    const { sample, value } = peakIn(low, from + margin, to - margin * 0.9);
    if (sample < 0 || value < needed || value < (low[sample - 1] ?? 0) || value < (low[sample + 1] ?? 0))
      return;
    // the T wave of a big ectopic beat stands in the pause behind it, higher than the T waves of the others
    if (sample - from < rateHz * 0.6 && value < 0.75 * around(from, -0.08, 0.08)) return;
    fill(from, sample, usual, depth + 1);
    result.push({ sample, ratio: value / beats });
    fill(sample, to, usual, depth + 1);
  };
  const first = chosen[0] as Candidate;
  fill(-median(intervals) * 0.5, first.sample, median(intervals.slice(0, 8)), 0);
  for (const [i, beat] of chosen.entries()) {
    result.push(beat);
    const next = chosen[i + 1];
    const usual = median(intervals.slice(Math.max(0, i - 4), i + 5));
    fill(beat.sample, next ? next.sample : low.length + usual * 0.5, usual, 0);
  }
  return result;
}

function peakIn(x: Float64Array, from: number, to: number): { sample: number; value: number } {
  let sample = -1;
  let value = -Infinity;
  for (let i = Math.max(0, Math.round(from)); i <= Math.min(x.length - 1, Math.round(to)); i++)
    if ((x[i] as number) > value) {
      value = x[i] as number;
      sample = i;
    }
  return { sample, value };
}

/** The R wave near a beat: the upright deflection, unless the downward one is far deeper. */
function refine(sample: number, signal: Float64Array, rateHz: number): number {
  const half = Math.round(rateHz * 0.06);
  const up = peakIn(signal, sample - half, sample + half);
  let down = { sample, value: 0 };
  for (let i = Math.max(0, sample - half); i <= Math.min(signal.length - 1, sample + half); i++)
    if (-(signal[i] as number) > down.value) down = { sample: i, value: -(signal[i] as number) };
  return up.value >= 0.6 * down.value ? up.sample : down.sample;
}

/** Places that the network takes for beats in a stretch of leads; `ratio` 1 is even odds, softened. */
export function networkCandidates(
  network: Network,
  leads: ArrayLike<number>[],
  rateHz: number,
): Candidate[] {
  const each = leads.map((lead) => networkMarks(network, networkInput(lead, rateHz)));
  const marks = each[0] ?? new Float32Array(0);
  for (let i = 0; i < marks.length; i++) {
    let sum = 0;
    for (const lead of each) sum += lead[i] as number;
    marks[i] = sum / each.length;
  }
  const apart = 0.2 * markRateHz;
  const found: { at: number; odds: number }[] = [];
  for (let i = 0; i < marks.length; i++) {
    const odds = marks[i] as number;
    const before = marks[i - 1] ?? odds - 1;
    const after = marks[i + 1] ?? odds - 1;
    if (odds < -8 || odds < before || odds <= after) continue;
    const bend = before - 2 * odds + after;
    const at = i + (bend < 0 ? (0.5 * (before - after)) / bend : 0);
    const previous = found.at(-1);
    if (previous && at - previous.at < apart) {
      if (odds > previous.odds) found[found.length - 1] = { at, odds };
    } else found.push({ at, odds });
  }
  return found.map(({ at, odds }) => ({
    sample: Math.round((at / markRateHz) * rateHz),
    ratio: 2 ** (0.4 * (odds + 0.2)),
  }));
}

/**
 * R peaks in samples from one or more simultaneous leads (any amplitude unit, 100–1000 Hz).
 * Energy envelope of 8–22 Hz over all leads, candidates with a local level, the best sequence of candidates,
 * then gaps in a lower band. The method is our own; the band follows Elgendi (2013).
 */
export function detectRPeaks(leads: ArrayLike<number>[], rateHz: number): number[] {
  const length = leads[0]?.length ?? 0;
  if (length < rateHz * 0.5) return [];
  const clean = leads.map((lead) => withoutSpikes(lead, rateHz));
  const found = candidates(bandEnvelope(clean, rateHz, 8, 22), rateHz);
  const chosen = fillGaps(sequence(found, length, rateHz), bandEnvelope(clean, rateHz, 3, 15), rateHz);
  const signal = bandPass(clearestLead(clean, chosen, rateHz), 2, 40, rateHz);
  const peaks = chosen.map((candidate) => refine(candidate.sample, signal, rateHz));
  return reviewInStretches(signal, fromTallP(signal, peaks, rateHz), rateHz);
}

/**
 * A tall sharp P wave can stand out more than the QRS behind it. Where nearly all beats point one way, a beat that
 * points the other way, is no higher than they are and has the usual deflection within 150 ms behind it moves there.
 */
function fromTallP(signal: Float64Array, peaks: number[], rateHz: number): number[] {
  const values = peaks.map((peak) => signal[peak] as number);
  const sign = Math.sign(median(values));
  const along = values.filter((value) => value * sign > 0).map(Math.abs);
  if (along.length < 5 || along.length < values.length * 0.7) return peaks;
  const usual = median(along);
  const facing = sign > 0 ? signal : signal.map((value) => -value);
  return peaks.map((peak, i) => {
    const value = values[i] as number;
    if (value * sign > 0 || Math.abs(value) > usual) return peak;
    const behind = peakIn(facing, peak + rateHz * 0.06, peak + rateHz * 0.15);
    const next = peaks[i + 1] ?? Infinity;
    return behind.value > 0.6 * usual && next - behind.sample > rateHz * 0.25 ? behind.sample : peak;
  });
}

/** The lead whose beats stand highest over everything else; the first one unless another is clearly better. */
function clearestLead(leads: Float64Array[], chosen: Candidate[], rateHz: number): Float64Array {
  let best = leads[0] as Float64Array;
  let bestValue = 0;
  for (const [index, lead] of leads.entries()) {
    const part = lead.subarray(0, Math.min(lead.length, rateHz * 60));
    const band = bandPass(part, 5, 30, rateHz).map(Math.abs);
    const beats = chosen.filter((beat) => beat.sample < part.length - 1);
    const height = median(
      beats.map((beat) => peakIn(band, beat.sample - rateHz * 0.05, beat.sample + rateHz * 0.05).value),
    );
    const value = (height / (median(band) + 1e-9)) * (index === 0 ? 1.5 : 1);
    if (value > bestValue) {
      bestValue = value;
      best = lead;
    }
  }
  return best;
}

function reviewInStretches(signal: Float64Array, beats: number[], rateHz: number): number[] {
  const size = 120;
  if (beats.length <= size * 1.5) return reviewBeats(signal, beats, rateHz);
  const reviewed: number[] = [];
  for (let i = 0; i < beats.length; i += size) {
    const last = i + 2 * size > beats.length;
    reviewed.push(...reviewBeats(signal, beats.slice(i, last ? undefined : i + size), rateHz));
    if (last) break;
  }
  return reviewed;
}
