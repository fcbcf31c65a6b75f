import { isFibrillation, leastIrregularity } from './flags.ts';
import { atrialFeatures, regularityOf } from './rhythm.ts';
import type { FlagRule } from './rules.ts';
import type { Beat } from './types.ts';

/** A stretch of irregular beats without a constant wave before them, in samples of the recording. */
export interface Episode {
  from: number;
  to: number;
}

const windowSeconds = 30;
const stepSeconds = 10;
const fewestBeats = 8;

/**
 * Suspected fibrillation over the whole time of a long recording. The intervals of 30 s around every 10 s tell where beats
 * are irregular; such stretches are looked at in pieces of about 30 s for P waves, which alone needs the samples. An
 * interruption shorter than a window cannot be told from one and stays in the episode.
 */
export function fibrillationEpisodes(
  beats: Beat[],
  rateHz: number,
  length: number,
  rule: FlagRule,
  read: (from: number, to: number) => { name: string; microvolts: Float64Array }[],
): Episode[] {
  const { irregularity = 0.08, pConsistency = 0.72, episodeSeconds = windowSeconds } = rule.limits;
  const size = windowSeconds * rateHz;
  const confirmed = irregularStretches(beats, rateHz, length, leastIrregularity(irregularity)).flatMap(
    ({ from, to }) => {
      const pieces = Math.max(1, Math.round((to - from) / size));
      return Array.from({ length: pieces }, (_, k): Episode => ({
        from: Math.round(from + ((to - from) * k) / pieces),
        to: Math.round(from + ((to - from) * (k + 1)) / pieces),
      })).filter((piece) => {
        const inside = beatsIn(beats, piece.from, piece.to).map((beat) => ({
          ...beat,
          sample: beat.sample - piece.from,
        }));
        if (inside.length < fewestBeats) return false;
        const features = atrialFeatures(read(piece.from, piece.to), inside, rateHz);
        return isFibrillation(inside, features, irregularity, pConsistency);
      });
    },
  );
  return joined(confirmed, size).filter(({ from, to }) => to - from >= episodeSeconds * rateHz);
}

/** Ten seconds count as irregular where the half minute around them is. */
function irregularStretches(beats: Beat[], rateHz: number, length: number, limit: number): Episode[] {
  const step = stepSeconds * rateHz;
  const rim = ((windowSeconds - stepSeconds) / 2) * rateHz;
  const found: Episode[] = [];
  for (let from = 0; from < length; from += step) {
    const to = Math.min(length, from + step);
    // at both ends of the recording the window stands inside
    const start = Math.max(0, Math.min(from - rim, length - windowSeconds * rateHz));
    const inside = beatsIn(beats, start, start + windowSeconds * rateHz);
    if (inside.length >= fewestBeats && regularityOf(inside).irregularity > limit) found.push({ from, to });
  }
  return joined(found, step);
}

/** Neighbours with less than `gap` between them become one. */
function joined(episodes: Episode[], gap: number): Episode[] {
  const result: Episode[] = [];
  for (const episode of episodes) {
    const last = result.at(-1);
    if (last && episode.from - last.to < gap) last.to = episode.to;
    else result.push({ ...episode });
  }
  return result;
}

/** Beats come in order: both ends are found by halving. */
function beatsIn(beats: Beat[], from: number, to: number): Beat[] {
  const place = (sample: number): number => {
    let low = 0;
    let high = beats.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((beats[middle] as Beat).sample < sample) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return beats.slice(place(from), place(to));
}
