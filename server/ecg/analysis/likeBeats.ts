import { bandPass } from './filters.ts';

/** A place in a lead, and the log-odds that it is a beat. */
export interface Place {
  sample: number;
  odds: number;
}

const halfSeconds = 0.15;
const lagSeconds = 0.02;
const stepSeconds = 0.008;
/** Beats that a place is compared with: the most alike ones, so that ectopic beats find their own kind. */
const mostCompared = 4;
/** Likeness that speaks neither for a beat nor against it, and what full likeness adds to the odds over it. */
const neutral = 0.5;
const weight = 3;
const rounds = 2;

/**
 * Raises the odds of places that look like other likely beats of the lead and lowers those of the others: shape and height
 * of 300 ms around them (3–30 Hz). What is alike is weighed by its own odds, twice over.
 */
export function weighLikeness(places: Place[], lead: Float64Array, rateHz: number): Place[] {
  const band = bandPass(lead, 3, 30, rateHz);
  const likeness = places.map((one, i) =>
    places.map((other, j) => (i === j ? 0 : likenessOf(band, one.sample, other.sample, rateHz))),
  );
  let odds = places.map((place) => place.odds);
  for (let round = 0; round < rounds; round++) {
    const chances = odds.map((value) => 1 / (1 + Math.exp(-value)));
    odds = places.map(
      (place, i) => place.odds + weight * (support(likeness[i] as number[], chances, i) - neutral),
    );
  }
  return places.map(({ sample }, i) => ({ sample, odds: odds[i] as number }));
}

/** Mean likeness to the most alike others, each counted as far as it is a beat; what is missing counts as neutral. */
function support(likeness: number[], chances: number[], own: number): number {
  const others = likeness
    .map((value, i) => ({ value, chance: i === own ? 0 : (chances[i] as number) }))
    .sort((a, b) => b.value - a.value);
  let counted = 0;
  let sum = 0;
  for (const { value, chance } of others) {
    const part = Math.min(chance, mostCompared - counted);
    counted += part;
    sum += part * value;
  }
  return (sum + neutral * (mostCompared - counted)) / mostCompared;
}

/** 1 for the same deflections of the same height at the best lag, 0 for nothing in common. */
function likenessOf(band: Float64Array, one: number, other: number, rateHz: number): number {
  const step = Math.max(1, Math.round(stepSeconds * rateHz));
  const half = Math.round(halfSeconds * rateHz);
  const lag = Math.round(lagSeconds * rateHz);
  const product = (a: number, b: number): number => {
    let sum = 0;
    for (let i = -half; i <= half; i += step) sum += (band[a + i] ?? 0) * (band[b + i] ?? 0);
    return sum;
  };
  const energy = product(one, one);
  let best = -1;
  for (let at = other - lag; at <= other + lag; at += step)
    best = Math.max(best, (2 * product(one, at)) / (energy + product(at, at) + 1e-9));
  return best;
}
