import { chooseBeats } from './chooseBeats.ts';
import type { Candidate } from './chooseBeats.ts';
import { bandEnvelope, windowMaxima, withoutSpikes } from './envelope.ts';
import { bandPass, median } from './filters.ts';
import { networkBeats } from './networkBeats.ts';
import { reviewBeats } from './reviewBeats.ts';

/** Local maxima of the envelope at least 180 ms apart, with their height over the local level. */
function candidates(total: Float64Array, rateHz: number): Candidate[] {
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

const usualThreshold = 0.38;
/** Plausibility beyond which lower thresholds are not tried: even intervals, beats far above the rest. */
const clearlyRight = 0.7;
const thresholds = [usualThreshold, 0.27, 0.19, 0.135, 0.095, 0.067, 0.047];

/**
 * Small beats beside huge ectopic ones fall under the usual threshold. Lower ones are tried; one wins only
 * when it separates beats from the rest clearly better and the intervals become more even.
 */
function bestSequence(found: Candidate[], rateHz: number, span: [number, number]): Sequence {
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
  return {
    beats: best.length > 0 ? best : chooseBeats(found, rateHz, usualThreshold, span),
    plausibility: bestValue,
  };
}

interface Sequence {
  beats: Candidate[];
  plausibility: number;
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
/** Plausibility under which a stretch is decided by the network. */
const doubtful = 0.35;

interface Stretch {
  /** What the stretch answers for, in samples. */
  from: number;
  to: number;
  chosen: Candidate[];
  doubtful: boolean;
}

/** Long recordings are decided block by block, so that each stretch finds its own threshold. */
function sequence(found: Candidate[], length: number, rateHz: number): Stretch[] {
  const short = length <= rateHz * blockSeconds * 1.5;
  const step = short ? length : rateHz * blockSeconds;
  const context = rateHz * 3;
  const stretches: Stretch[] = [];
  let low = 0;
  for (let from = 0; from < length; from += step) {
    const to = Math.min(length, from + step);
    while (low < found.length && (found[low] as Candidate).sample < from - context) low++;
    let high = low;
    while (high < found.length && (found[high] as Candidate).sample < to + context) high++;
    const { beats, plausibility } = bestSequence(found.slice(low, high), rateHz, [
      Math.max(0, from - context),
      Math.min(length, to + context),
    ]);
    stretches.push({
      from,
      to,
      chosen: beats.filter((beat) => beat.sample >= from && beat.sample < to),
      doubtful: plausibility < doubtful,
    });
  }
  return stretches;
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

/** Recordings up to this length are read by the network as a whole, longer ones only where the envelope leaves doubt. */
const networkSeconds = 60;

/**
 * R peaks in samples from one or more simultaneous leads (any amplitude unit, 100–1000 Hz).
 * Energy envelope of 8–22 Hz over all leads, candidates with a local level, the best sequence of candidates,
 * then gaps in a lower band. The method is our own; the band follows Elgendi (2013). Short recordings, and stretches
 * where the envelope leaves doubt (small beats beside huge ones, artefacts), are decided by a small network instead.
 */
export function detectRPeaks(leads: ArrayLike<number>[], rateHz: number): number[] {
  const length = leads[0]?.length ?? 0;
  if (length < rateHz * 0.5) return [];
  const clean = leads.map((lead) => withoutSpikes(lead, rateHz));
  if (length <= rateHz * networkSeconds) return networkBeats(clean, rateHz, true);
  const found = candidates(bandEnvelope(clean, rateHz, 8, 22), rateHz);
  const stretches = sequence(found, length, rateHz);
  const all = stretches.flatMap((stretch) => stretch.chosen);
  const chosen = fillGaps(all, bandEnvelope(clean, rateHz, 3, 15), rateHz);
  const signal = bandPass(clearestLead(clean, chosen, rateHz), 2, 40, rateHz);
  const peaks = chosen.map((candidate) => refine(candidate.sample, signal, rateHz));
  const reviewed = reviewInStretches(signal, fromTallP(signal, peaks, rateHz), rateHz);
  return withNetwork(clean, reviewed, stretches, signal, rateHz);
}

/**
 * Puts the beats of the network where a stretch is doubtful, on the same wave of the clearest lead as the others: beats
 * are compared by their shape around the peak.
 */
function withNetwork(
  leads: Float64Array[],
  beats: number[],
  stretches: Stretch[],
  signal: Float64Array,
  rateHz: number,
): number[] {
  if (!stretches.some((stretch) => stretch.doubtful)) return beats;
  const context = rateHz * 3;
  const parts = stretches.map(({ from, to, doubtful: unsure }) => {
    if (!unsure) return beats.filter((beat) => beat >= from && beat < to);
    const start = Math.max(0, from - context);
    const part = leads.map((lead) => lead.subarray(start, to + context));
    return networkBeats(part, rateHz, false)
      .map((beat) => refine(beat + start, signal, rateHz))
      .filter((beat) => beat >= from && beat < to);
  });
  const result: number[] = [];
  for (const beat of parts.flat()) {
    const last = result.at(-1);
    if (last === undefined || beat - last > rateHz * 0.2) result.push(beat);
  }
  return result;
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
