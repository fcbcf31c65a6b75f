import { bandPass, lowPass, median, quantile } from './filters.ts';
import type { Beat } from './types.ts';

export interface RhythmFeatures {
  /** Median absolute step between successive intervals over the median interval, ectopics set aside. */
  irregularity: number;
  /** Share of intervals within 8 % of the median. */
  regularShare: number;
  /** Mean likeness of the stretch before each QRS to its median: near 1 with P waves, near 0 in fibrillation. */
  pConsistency: number;
  /** The same over a stretch long enough for a late ventricle (long PR), by the middle beat; 0 where it cannot tell. */
  distantPConsistency: number;
  /** Height of the averaged stretch before the QRS, µV. */
  pHeightMicrovolt: number;
  /** Share of 1 s windows with a sine-like signal and no separate QRS: ventricular flutter or fibrillation. */
  sineShare: number;
  /** Longest run of ventricular beats and its rate. */
  ventricularRun: { beats: number; rateBpm: number; sample: number };
}

export type AtrialFeatures = Omit<RhythmFeatures, 'sineShare' | 'ventricularRun'>;

export function rhythmFeatures(
  traces: { name: string; microvolts: Float64Array }[],
  beats: Beat[],
  rateHz: number,
): RhythmFeatures {
  return {
    ...atrialFeatures(traces, beats, rateHz),
    sineShare: sineShare(traces, rateHz),
    ventricularRun: longestRun(beats),
  };
}

/** How regular the beats are, and what stands before them. */
export function atrialFeatures(
  traces: { name: string; microvolts: Float64Array }[],
  beats: Beat[],
  rateHz: number,
): AtrialFeatures {
  const regularity = regularityOf(beats);
  const { consistency, height } = pWaveConsistency(traces, beats, rateHz, regularity.middleMs);
  return {
    irregularity: regularity.irregularity,
    regularShare: regularity.regularShare,
    pConsistency: consistency,
    distantPConsistency: distantPConsistency(traces, beats, rateHz, regularity.middleMs),
    pHeightMicrovolt: height,
  };
}

/** Evenness of the intervals between beats, those around ventricular ones set aside. */
export function regularityOf(
  beats: Beat[],
): Pick<RhythmFeatures, 'irregularity' | 'regularShare'> & { middleMs: number } {
  const clean = beats.filter(
    (beat, i) => beat.rrMs > 0 && beat.kind !== 'ventricular' && beats[i - 1]?.kind !== 'ventricular',
  );
  const intervals = clean.map((beat) => beat.rrMs);
  const middle = median(intervals) || 0;
  const steps = intervals.slice(1).map((value, i) => Math.abs(value - (intervals[i] as number)));
  return {
    middleMs: middle,
    irregularity: intervals.length > 3 ? median(steps) / middle : 0,
    regularShare:
      intervals.length > 0
        ? intervals.filter((value) => Math.abs(value - middle) < middle * 0.08).length / intervals.length
        : 1,
  };
}

/** The leads that usually show the atria best. */
const atrialLeads = ['II', 'V1', 'I', 'aVF', 'III', 'MLII'];

/** A sixth of a millimetre on paper: the tail of a T wave is alike from beat to beat, but that low it is no P wave. */
const leastWaveMicrovolt = 15;

function pWaveConsistency(
  traces: { name: string; microvolts: Float64Array }[],
  beats: Beat[],
  rateHz: number,
  rrMs: number,
): { consistency: number; height: number } {
  const used = atrialTraces(traces);
  const late = markedLate(used, beats, rateHz);
  const before = Math.round(Math.min(0.24, (rrMs / 1000) * 0.36) * rateHz) + late;
  const gap = Math.round(usualGapSeconds * rateHz) + late;
  const width = before - gap;
  const picked = beats.filter((beat) => beat.kind === 'normal' && beat.sample > before).slice(0, 60);
  if (width < 8 || picked.length < 4) return { consistency: 0.5, height: 0 };
  let best = { consistency: 0, height: 0 };
  for (const { microvolts } of used) {
    const smooth = lowPass(microvolts, 20, rateHz);
    const rows = picked.map((beat) => level(smooth.subarray(beat.sample - before, beat.sample - gap)));
    const template = new Float64Array(width);
    for (let k = 0; k < width; k++) template[k] = median(rows.map((row) => row[k] as number));
    const height = quantile(template, 0.98) - quantile(template, 0.02);
    if (height < leastWaveMicrovolt) continue;
    const fits = rows.map((row) => correlate(row, template));
    const consistency = fits.reduce((sum, value) => sum + value, 0) / fits.length;
    if (consistency > best.consistency) best = { consistency, height };
  }
  return best;
}

/** From the mark back to where no QRS is any more, for a mark on the R wave. */
const usualGapSeconds = 0.05;
/** The complex begins at most this far ahead of its mark, */
const reachSeconds = 0.12;
/** where the leads begin to move this steeply, as a share of the steepest; */
const steep = 0.22;
/** a flat stretch of this length belongs to the complex when a steep one lies before it. */
const notchSeconds = 0.02;
const marginSeconds = 0.02;

/**
 * Samples by which beats are marked later in their complex than on an R wave (on a deep S, or the late R of a wide one): the
 * beginning of the QRS, which is alike in all of them, would else stand where P waves are looked for.
 */
function markedLate(traces: { microvolts: Float64Array }[], beats: Beat[], rateHz: number): number {
  const reach = Math.round(reachSeconds * rateHz);
  const half = Math.max(1, Math.round(rateHz * 0.008));
  const picked = beats.filter((beat) => beat.kind === 'normal' && beat.sample >= reach + half).slice(0, 60);
  // mean slope at 0…reach samples before the mark
  const slopes = Array.from({ length: reach + 1 }, (_, back) => {
    let sum = 0;
    for (const { sample } of picked)
      for (const { microvolts } of traces) {
        const at = sample - back;
        sum += Math.abs((microvolts[at + half] ?? 0) - (microvolts[at - half] ?? 0));
      }
    return sum;
  });
  const floor = quantile(slopes, 0.1);
  const least = floor + (Math.max(...slopes) - floor) * steep;
  const notch = Math.round(notchSeconds * rateHz);
  let onset = 0;
  for (let back = 0; back <= reach && back - onset <= notch; back++)
    if ((slopes[back] as number) > least) onset = back;
  return Math.max(0, onset + Math.round((marginSeconds - usualGapSeconds) * rateHz));
}

export function atrialTraces<T extends { name: string }>(traces: T[]): T[] {
  const preferred = traces.filter((trace) => atrialLeads.includes(trace.name)).slice(0, 3);
  return preferred.length > 0 ? preferred : traces.slice(0, 2);
}

/** Below this interval the T wave of the beat before reaches into the stretch and would pass for a P wave. */
const slowEnoughMs = 600;
/** Fewer beats make the template resemble each of them by chance: they count for less, a handful for nothing. */
const enoughBeats = 16;
const fewestBeats = 8;
const chanceOfFewBeats = 0.2;

/**
 * A P wave far ahead of its QRS lies outside the short stretch. Here 360 ms (at most 45 % of the usual interval) are
 * compared, below 12 Hz and without their trend, which long stretches have.
 */
function distantPConsistency(
  traces: { name: string; microvolts: Float64Array }[],
  beats: Beat[],
  rateHz: number,
  rrMs: number,
): number {
  if (!(rrMs >= slowEnoughMs)) return 0;
  const late = markedLate(atrialTraces(traces), beats, rateHz);
  const before = Math.round(Math.min(0.36, (rrMs / 1000) * 0.45) * rateHz) + late;
  const gap = Math.round(0.06 * rateHz) + late;
  const picked = beats.filter((beat) => beat.kind === 'normal' && beat.sample > before).slice(0, 60);
  if (picked.length < fewestBeats) return 0;
  let best = 0;
  for (const { microvolts } of atrialTraces(traces)) {
    const smooth = lowPass(microvolts, 12, rateHz);
    const rows = picked.map((beat) => detrend(smooth.subarray(beat.sample - before, beat.sample - gap)));
    const template = new Float64Array(before - gap);
    for (let k = 0; k < template.length; k++) template[k] = median(rows.map((row) => row[k] as number));
    best = Math.max(best, median(rows.map((row) => correlate(row, template))));
  }
  return picked.length < enoughBeats ? best - chanceOfFewBeats : best;
}

/** Takes off the straight line of least squares. */
function detrend(row: Float64Array): Float64Array {
  const n = row.length;
  const middle = (n - 1) / 2;
  let sum = 0;
  let slope = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    sum += row[i] as number;
    slope += (i - middle) * (row[i] as number);
    spread += (i - middle) ** 2;
  }
  return row.map((value, i) => value - sum / n - (slope / Math.max(1, spread)) * (i - middle));
}

/** Takes off the straight line between the ends. */
function level(row: Float64Array): Float64Array {
  const a = row[0] ?? 0;
  const b = row[row.length - 1] ?? 0;
  return row.map((value, i) => value - a - ((b - a) * i) / Math.max(1, row.length - 1));
}

function correlate(a: Float64Array, b: Float64Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] as number) * (b[i] as number);
    aa += (a[i] as number) ** 2;
    bb += (b[i] as number) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/**
 * VF filter after Kuo and Dillman: a signal shifted by half its mean period and added to itself nearly
 * vanishes when it is a sine; QRS complexes do not vanish.
 */
function sineShare(traces: { name: string; microvolts: Float64Array }[], rateHz: number): number {
  const trace = traces.find((entry) => entry.name === 'II') ?? traces[0];
  if (!trace) return 0;
  const band = bandPass(trace.microvolts, 1.5, 20, rateHz);
  const size = Math.round(rateHz * 2);
  const limit = Math.min(band.length, rateHz * 60);
  let sine = 0;
  let windows = 0;
  for (let start = 0; start + size <= limit; start += Math.round(size / 2)) {
    windows++;
    let amplitude = 0;
    let slope = 0;
    for (let i = start + 1; i < start + size; i++) {
      amplitude += Math.abs(band[i] as number);
      slope += Math.abs((band[i] as number) - (band[i - 1] as number));
    }
    const half = Math.floor((Math.PI * amplitude) / Math.max(1e-9, slope) + 0.5);
    if (amplitude / size < 60 || half < rateHz * 0.05 || half > rateHz * 0.2) continue;
    let leak = 0;
    let total = 0;
    for (let i = start + half; i < start + size; i++) {
      leak += Math.abs((band[i] as number) + (band[i - half] as number));
      total += Math.abs(band[i] as number) + Math.abs(band[i - half] as number);
    }
    if (leak / Math.max(1e-9, total) < 0.4) sine++;
  }
  return windows > 0 ? sine / windows : 0;
}

function longestRun(beats: Beat[]): RhythmFeatures['ventricularRun'] {
  let best = { beats: 0, rateBpm: 0, sample: 0 };
  for (let i = 0; i < beats.length; i++) {
    if (beats[i]?.kind !== 'ventricular') continue;
    const from = i;
    while (i + 1 < beats.length && beats[i + 1]?.kind === 'ventricular') i++;
    const count = i - from + 1;
    const intervals = beats.slice(from + 1, i + 1).map((beat) => beat.rrMs);
    const rateBpm =
      intervals.length > 0
        ? Math.round((60000 * intervals.length) / intervals.reduce((a, b) => a + b, 0))
        : 0;
    if (count > best.beats) best = { beats: count, rateBpm, sample: beats[from]?.sample ?? 0 };
  }
  return best;
}
