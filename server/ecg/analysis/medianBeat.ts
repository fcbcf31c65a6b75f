import { lowPass, median } from './filters.ts';
import { findFiducials } from './fiducials.ts';
import type { Beat, MedianBeatResult, MedianLead } from './types.ts';

/** Best lag of a beat against the mean, on the summed absolute slopes of all leads. */
function align(activity: Float64Array, beats: number[], rateHz: number): number[] {
  const half = Math.round(rateHz * 0.06);
  const reach = Math.round(rateHz * 0.02);
  const template = new Float64Array(2 * half + 1);
  for (const beat of beats)
    for (let k = -half; k <= half; k++)
      template[k + half] = (template[k + half] as number) + (activity[beat + k] ?? 0);
  return beats.map((beat) => {
    let best = 0;
    let bestSum = -Infinity;
    for (let lag = -reach; lag <= reach; lag++) {
      let sum = 0;
      for (let k = -half; k <= half; k++)
        sum += (template[k + half] as number) * (activity[beat + lag + k] ?? 0);
      if (sum > bestSum) {
        bestSum = sum;
        best = lag;
      }
    }
    return beat + best;
  });
}

/**
 * Median beat by lead from the dominant beats: ectopic and unlike beats are set aside, every beat is freed of
 * its own baseline (a line through the isoelectric points before it and before the next one), nothing else
 * is filtered. @returns undefined when fewer than two beats are alike.
 */
export function medianBeat(
  leads: { name: string; microvolts: Float64Array }[],
  beats: Beat[],
  rateHz: number,
): MedianBeatResult | undefined {
  const length = leads[0]?.microvolts.length ?? 0;
  const dominant = beats.filter((beat) => beat.kind === 'normal' || beat.kind === 'paced');
  const pool = dominant.length >= 2 ? dominant : beats;
  if (pool.length < 2) return undefined;
  const rr = median(pool.filter((beat) => beat.rrMs > 0).map((beat) => beat.rrMs)) || 800;
  const before = Math.round(Math.min(0.36, (rr / 1000) * 0.42) * rateHz);
  const after = Math.round(Math.min(0.62, (rr / 1000) * 0.75) * rateHz);
  const activity = new Float64Array(length);
  for (const lead of leads)
    for (let i = 1; i < length; i++)
      activity[i] =
        (activity[i] as number) +
        Math.abs((lead.microvolts[i] as number) - (lead.microvolts[i - 1] as number));
  const step = Math.max(1, Math.ceil(pool.length / 40));
  const chosen = pool.filter((_, i) => i % step === 0).map((beat) => beat.sample);
  const aligned = align(activity, chosen, rateHz).filter(
    (beat) => beat - before >= 0 && beat + after < length,
  );
  if (aligned.length < 2) return undefined;
  const rrSamples = Math.round((rr / 1000) * rateHz);
  const result: MedianLead[] = leads.map(({ name, microvolts }) => {
    const rows = aligned.map((beat) => freedOfBaseline(microvolts, beat, before, after, rrSamples, rateHz));
    const out = new Float64Array(before + after);
    const column = new Float64Array(rows.length);
    for (let k = 0; k < out.length; k++) {
      for (let r = 0; r < rows.length; r++) column[r] = (rows[r] as Float64Array)[k] as number;
      out[k] = median(column);
    }
    return { name, microvolts: out };
  });
  const smooth = result.map((lead) => lowPass(lead.microvolts, 60, rateHz));
  const fiducials = findFiducials(smooth, before, rateHz, rr);
  const iso = Math.round((fiducials.qrsOnMs / 1000) * rateHz);
  for (const lead of result) {
    const level = levelAt(lead.microvolts, iso - Math.round(rateHz * 0.006), Math.round(rateHz * 0.012));
    for (let k = 0; k < lead.microvolts.length; k++)
      lead.microvolts[k] = (lead.microvolts[k] as number) - level;
  }
  return { samplingRateHz: rateHz, leads: result, beatsUsed: aligned.length, fiducials };
}

function levelAt(x: Float64Array, at: number, width: number): number {
  let sum = 0;
  let count = 0;
  for (let i = Math.max(0, at - (width >> 1)); i <= Math.min(x.length - 1, at + (width >> 1)); i++) {
    sum += x[i] as number;
    count++;
  }
  return count > 0 ? sum / count : 0;
}

function freedOfBaseline(
  x: Float64Array,
  beat: number,
  before: number,
  after: number,
  rr: number,
  rateHz: number,
): Float64Array {
  const lead = Math.round(rateHz * 0.075);
  const width = Math.round(rateHz * 0.02);
  const first = beat - lead;
  const second = Math.min(x.length - 1, first + rr);
  const a = levelAt(x, first, width);
  const b = levelAt(x, second, width);
  const slope = second > first ? (b - a) / (second - first) : 0;
  const freed = new Float64Array(before + after);
  for (let k = 0; k < freed.length; k++) {
    const at = beat - before + k;
    freed[k] = (x[at] as number) - a - slope * (at - first);
  }
  return freed;
}
