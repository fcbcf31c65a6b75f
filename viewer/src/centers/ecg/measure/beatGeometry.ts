import type { Fiducials, MedianBeat } from '../types.ts';

export const markKeys = ['pOnMs', 'pOffMs', 'qrsOnMs', 'qrsOffMs', 'tOffMs'] as const;
export type MarkKey = (typeof markKeys)[number];

/** Intervals that follow from the marks, while they are being moved. */
export function intervalsOf(
  marks: Fiducials,
  heartRateBpm: number | undefined,
): Record<string, number | undefined> {
  const qt = marks.tOffMs === undefined ? undefined : marks.tOffMs - marks.qrsOnMs;
  return {
    pMs: marks.pOnMs !== undefined && marks.pOffMs !== undefined ? marks.pOffMs - marks.pOnMs : undefined,
    prMs: marks.pOnMs === undefined ? undefined : marks.qrsOnMs - marks.pOnMs,
    qrsMs: marks.qrsOffMs - marks.qrsOnMs,
    qtMs: qt,
    qtcBazettMs: qt !== undefined && heartRateBpm ? qt / Math.sqrt(60 / heartRateBpm) : undefined,
    qtcFridericiaMs: qt !== undefined && heartRateBpm ? qt / Math.cbrt(60 / heartRateBpm) : undefined,
  };
}

export interface Tangent {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  /** Where it meets the baseline: the end of T by the tangent method (Lepeschkin, Surawicz 1952). */
  endMs: number;
}

/** Tangent at the steepest fall behind the T peak of one lead, in ms and µV. */
export function tTangent(beat: MedianBeat, leadName: string, marks: Fiducials): Tangent | undefined {
  const lead = beat.leads.find((entry) => entry.name === leadName)?.microvolts;
  if (!lead || marks.tOffMs === undefined) return undefined;
  const rate = beat.samplingRateHz;
  const index = (ms: number): number => Math.round((ms / 1000) * rate);
  const from = index(marks.qrsOffMs + 70);
  const to = Math.min(lead.length - 4, index(marks.tOffMs + 30));
  let peak = from;
  for (let i = from; i < to; i++) if (Math.abs(lead[i] ?? 0) > Math.abs(lead[peak] ?? 0)) peak = i;
  const sign = Math.sign(lead[peak] ?? 1) || 1;
  let steep = peak;
  let slope = 0;
  for (let i = peak + 2; i < to; i++) {
    const fall = (sign * ((lead[i - 2] ?? 0) - (lead[i + 2] ?? 0))) / 4;
    if (fall > slope) {
      slope = fall;
      steep = i;
    }
  }
  if (slope <= 0) return undefined;
  const reach = 0.06 * rate;
  const value = (k: number): number => (lead[steep] ?? 0) - sign * slope * k;
  const ms = (i: number): number => (i / rate) * 1000;
  const before = [...lead.slice(index(marks.qrsOnMs - 24), index(marks.qrsOnMs - 8) + 1)].sort(
    (a, b) => a - b,
  );
  // the level of the PR segment: at the mark itself a lead may already be in its Q wave
  const baseline = before[Math.floor(before.length / 2)] ?? 0;
  const toBaseline = ((lead[steep] ?? 0) - baseline) / (sign * slope);
  return {
    x1: ms(steep - reach),
    y1: value(-reach),
    x2: ms(steep + Math.max(reach, toBaseline)),
    y2: value(Math.max(reach, toBaseline)),
    endMs: Math.round(ms(steep + toBaseline)),
  };
}
