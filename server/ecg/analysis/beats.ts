import { median } from './filters.ts';
import type { Beat, BeatKind } from './types.ts';

interface Shapes {
  /** Per beat: all leads around the R peak behind each other, mean of each lead removed. */
  rows: Float64Array[];
}

function shapesOf(leads: Float64Array[], peaks: number[], rateHz: number): Shapes {
  const before = Math.round(rateHz * 0.06);
  const after = Math.round(rateHz * 0.1);
  const step = Math.max(1, Math.round(rateHz / 200));
  const width = Math.floor((before + after) / step);
  const rows = peaks.map((peak) => {
    const row = new Float64Array(width * leads.length);
    for (const [l, lead] of leads.entries()) {
      let mean = 0;
      for (let k = 0; k < width; k++) {
        const value = lead[Math.min(lead.length - 1, Math.max(0, peak - before + k * step))] as number;
        row[l * width + k] = value;
        mean += value / width;
      }
      for (let k = 0; k < width; k++) row[l * width + k] = (row[l * width + k] as number) - mean;
    }
    return row;
  });
  return { rows };
}

function likeness(a: Float64Array, b: Float64Array): number {
  let product = 0;
  let left = 0;
  let right = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    product += x * y;
    left += x * x;
    right += y * y;
  }
  return left > 0 && right > 0 ? product / Math.sqrt(left * right) : 0;
}

/** Groups beats by shape; the first group is the commonest, its mean the dominant shape. */
function dominantShape(rows: Float64Array[]): Float64Array {
  const sample = rows.length > 60 ? rows.filter((_, i) => i % Math.ceil(rows.length / 60) === 0) : rows;
  let best: number[] = [];
  for (const candidate of sample) {
    const members = sample.flatMap((row, i) => (likeness(candidate, row) > 0.85 ? [i] : []));
    if (members.length > best.length) best = members;
  }
  const width = sample[0]?.length ?? 0;
  const mean = new Float64Array(width);
  for (const i of best)
    for (let k = 0; k < width; k++)
      mean[k] = (mean[k] as number) + ((sample[i] as Float64Array)[k] as number) / best.length;
  return mean;
}

/**
 * Sorts beats by shape and timing. Early and unlike the dominant beat: ventricular; early and alike:
 * supraventricular. Nothing more is claimed.
 */
export function classifyBeats(
  leads: Float64Array[],
  peaks: number[],
  rateHz: number,
  spikes: number[] = [],
): Beat[] {
  if (peaks.length === 0) return [];
  const { rows } = shapesOf(leads, peaks, rateHz);
  const dominant = dominantShape(rows);
  const intervals = peaks.map((peak, i) =>
    i === 0 ? 0 : ((peak - (peaks[i - 1] as number)) / rateHz) * 1000,
  );
  return peaks.map((sample, i): Beat => {
    const rrMs = intervals[i] as number;
    const near = median(intervals.slice(Math.max(1, i - 5), i + 6));
    const next = intervals[i + 1];
    const alike = likeness(rows[i] as Float64Array, dominant);
    const early = i > 0 && rrMs < near * 0.82;
    const pause = next !== undefined && next > near * 1.1;
    let kind: BeatKind = 'normal';
    if (spikes.some((spike) => sample - spike >= 0 && sample - spike < rateHz * 0.12)) kind = 'paced';
    else if (alike < 0.55 || (alike < 0.75 && (early || pause))) kind = 'ventricular';
    else if (alike < 0.75) kind = 'unclassified';
    else if (early && (pause || rrMs < near * 0.7) && steady(intervals, i)) kind = 'supraventricular';
    return { sample, rrMs, kind, likeness: alike };
  });
}

/** Prematurity means something only where the beats around keep a steady pace. */
function steady(intervals: number[], i: number): boolean {
  const around = [...intervals.slice(Math.max(1, i - 4), i), ...intervals.slice(i + 2, i + 6)];
  if (around.length < 3) return false;
  const middle = median(around);
  return median(around.map((value) => Math.abs(value - middle))) < middle * 0.06;
}
