import { BeatShapes, type Fit, type Shape } from './beatShapes.ts';
import { median } from './filters.ts';
import type { Beat, BeatKind } from './types.ts';

const sameShape = 0.85;
/** Below this a beat is unlike the others, */
const unlike = 0.75;
/** and below this it may be, when its width and timing say so too: likeness does not see breadth well. */
const notQuiteAlike = 0.9;
const mostCompared = 60;
/** Golden section: multiples of it, without their whole parts, fall into step with no rhythm. */
const golden = (Math.sqrt(5) - 1) / 2;

/** Another group of at least this share of the largest one is the usual rhythm when its complexes are this much narrower. */
const rivalShare = 0.3;
const clearlyNarrower = 0.75;

/**
 * Groups beats by shape; the mean of the commonest group is the dominant shape. Where ectopic beats are as common as the
 * others (every second one), the narrow complexes are the usual ones.
 */
function dominantShape(shapes: BeatShapes, peaks: number[]): Shape | undefined {
  let left = spread(peaks.filter((peak) => shapes.whole(peak)));
  const groups: { places: number[]; widthMs: number }[] = [];
  while (left.length > 0 && left.length >= rivalShare * (groups[0]?.places.length ?? 0)) {
    const members = largestGroup(shapes, left);
    const places = [...members].map(([peak, lag]) => peak + lag);
    groups.push({ places, widthMs: median(places.map((place) => shapes.widthMs(place))) });
    left = left.filter((peak) => !members.has(peak));
  }
  const [largest] = groups;
  if (!largest) return undefined;
  const usual = groups.reduce(
    (best, group) =>
      group.places.length >= largest.places.length * rivalShare &&
      group.widthMs < best.widthMs * clearlyNarrower
        ? group
        : best,
    largest,
  );
  const rows = usual.places.map((place) => shapes.at(place));
  return rows[0]?.map((_, k) => rows.reduce((sum, row) => sum + (row[k] as number), 0) / rows.length);
}

/**
 * One beat of each sixtieth of them, at a changing place in it. Every ninth beat would, where every third one is ventricular,
 * always be of the same kind.
 */
function spread(peaks: number[]): number[] {
  const part = peaks.length / mostCompared;
  if (part <= 1) return peaks;
  return Array.from(
    { length: mostCompared },
    (_, k) => peaks[Math.floor((k + ((k * golden) % 1)) * part)] as number,
  );
}

/** Marks of the beats that look like one of them, with the lag at which each fits. */
function largestGroup(shapes: BeatShapes, peaks: number[]): Map<number, number> {
  let best = new Map<number, number>();
  for (const candidate of peaks) {
    const template = shapes.at(candidate);
    const members = new Map<number, number>();
    for (const peak of peaks) {
      const { likeness, lag } = shapes.fit(template, peak);
      if (likeness > sameShape) members.set(peak, lag);
    }
    if (members.size > best.size) best = members;
    // no other group can be larger
    if (best.size * 2 > peaks.length) break;
  }
  return best;
}

/**
 * Sorts beats by shape, width and timing. Unlike the dominant beat and wide, early or before a pause: ventricular; early
 * and alike: supraventricular. Nothing more is claimed. Beats that are alike but were marked on another wave of the complex are
 * moved onto the wave of the others, so that intervals run from like to like.
 */
export function classifyBeats(
  leads: Float64Array[],
  peaks: number[],
  rateHz: number,
  spikes: number[] = [],
): Beat[] {
  if (peaks.length === 0) return [];
  const shapes = new BeatShapes(leads, rateHz);
  const dominant = dominantShape(shapes, peaks);
  const fits = peaks.map((peak) => (dominant ? shapes.fit(dominant, peak) : { likeness: 1, lag: 0 }));
  // the template may have been cut out at a wave that few marks sit on: the place of most of them stays
  const usualLag = Math.round(
    median(fits.filter((fit) => fit.likeness > sameShape).map((fit) => fit.lag)) || 0,
  );
  const places = peaks.map((peak, i) => {
    const { likeness, lag } = fits[i] as Fit;
    return likeness > sameShape ? peak + lag - usualLag : peak;
  });
  const usualWidthMs = median(
    places
      .filter((_, i) => (fits[i] as Fit).likeness > sameShape)
      .slice(0, mostCompared)
      .map((place) => shapes.widthMs(place)),
  );
  const intervals = places.map((place, i) =>
    i === 0 ? 0 : ((place - (places[i - 1] as number)) / rateHz) * 1000,
  );
  const alike = (i: number): boolean => (fits[i]?.likeness ?? 0) >= unlike;
  return places.map((sample, i): Beat => {
    const rrMs = intervals[i] as number;
    const { likeness } = fits[i] as Fit;
    const usualMs = usualInterval(intervals, alike, i);
    const next = intervals[i + 1] ?? usualMs;
    const pause = next > usualMs * 1.1;
    const clearlyEarly = i > 0 && rrMs < usualMs * 0.82 && (pause || rrMs < usualMs * 0.7);
    let kind: BeatKind = 'normal';
    if (spikes.some((spike) => sample - spike >= 0 && sample - spike < rateHz * 0.12)) kind = 'paced';
    else if (!shapes.whole(sample)) kind = alike(i) ? 'normal' : 'unclassified';
    else if (
      likeness < notQuiteAlike &&
      isVentricular(likeness, {
        early: i > 0 && rrMs < usualMs * 0.85,
        pause: pause && next > rrMs * 1.1,
        wide: shapes.widthMs(sample) > usualWidthMs * 1.2,
      })
    )
      kind = 'ventricular';
    else if (!alike(i)) kind = 'unclassified';
    else if (clearlyEarly && steady(intervals, i)) kind = 'supraventricular';
    return { sample, rrMs, kind, likeness };
  });
}

/** A strange shape alone may be noise: a ventricular beat is also wide, early or followed by a pause. */
function isVentricular(
  likeness: number,
  { early, pause, wide }: { early: boolean; pause: boolean; wide: boolean },
): boolean {
  return likeness < unlike ? early || pause || wide : wide && (early || pause);
}

/** Median interval between neighbours of the usual shape around a beat; where every other beat is unlike, of all of them. */
function usualInterval(intervals: number[], alike: (i: number) => boolean, i: number): number {
  const around: number[] = [];
  for (let k = Math.max(1, i - 10); k <= Math.min(intervals.length - 1, i + 10); k++)
    if (alike(k) && alike(k - 1)) around.push(intervals[k] as number);
  return around.length >= 3 ? median(around) : median(intervals.slice(Math.max(1, i - 5), i + 6));
}

/** Prematurity means something only where the beats around keep a steady pace. */
function steady(intervals: number[], i: number): boolean {
  const around = [...intervals.slice(Math.max(1, i - 4), i), ...intervals.slice(i + 2, i + 6)];
  if (around.length < 3) return false;
  const middle = median(around);
  return median(around.map((value) => Math.abs(value - middle))) < middle * 0.06;
}
