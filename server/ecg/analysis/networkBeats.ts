import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNetwork, markRateHz, networkInput, networkMarks } from './beatNetwork.ts';
import type { Network } from './beatNetwork.ts';
import { chooseBeats } from './chooseBeats.ts';
import type { Candidate } from './chooseBeats.ts';
import { bandPass } from './filters.ts';

let network: Network | undefined;
const trained = (): Network =>
  (network ??= loadNetwork(readFileSync(join(import.meta.dirname, 'beatNetwork.json'), 'utf8')));

const pieceSeconds = 12;
const contextSeconds = 3;
/** What is less likely is no beat even where one is missing: a pause must stay a pause. */
const leastOdds = -1.5;
/** More leads than these add time, hardly beats. */
const mostLeads = 2;

/** How a lead is shown to the network, and how its odds become ratios. */
interface Looks {
  speeds: number[];
  /** One look that is very sure must not outvote the others. */
  mostOdds: number;
  softness: number;
}
const oneLook: Looks = { speeds: [1], mostOdds: Infinity, softness: 0.3 };
const severalLooks: Looks = { speeds: [0.86, 0.92, 1, 1.08, 1.16], mostOdds: 4, softness: 0.45 };

/**
 * R peaks by the network, in samples: marks of up to two leads together, then the most plausible sequence. A single lead
 * has no other to be compared with; `thorough` shows it at several speeds and averages the odds: what is a beat stays
 * one, what was taken for one by chance does not.
 */
export function networkBeats(leads: Float64Array[], rateHz: number, thorough: boolean): number[] {
  const used = leads.slice(0, mostLeads);
  const length = used[0]?.length ?? 0;
  const step = length <= pieceSeconds * 1.5 * rateHz ? length : pieceSeconds * rateHz;
  const signals = used.map((lead) => bandPass(lead, 2, 40, rateHz));
  const beats: number[] = [];
  for (let from = 0; from < length; from += step) {
    const start = Math.max(0, from - contextSeconds * rateHz);
    const end = Math.min(length, from + step + contextSeconds * rateHz);
    if (end - start < rateHz * 0.5) continue;
    const found = marksOf(
      used.map((lead) => lead.subarray(start, end)),
      rateHz,
      thorough,
    );
    for (const { sample } of chooseBeats(found, rateHz, 1, [0, end - start])) {
      const beat = snap(sample + start, signals[0] as Float64Array, rateHz);
      const last = beats.at(-1);
      if (beat >= from && beat < from + step && (last === undefined || beat - last > rateHz * 0.2))
        beats.push(beat);
    }
  }
  return beats;
}

/** Places that the network takes for beats; a `ratio` of 1 is even odds, and the odds are softened. */
function marksOf(leads: Float64Array[], rateHz: number, thorough: boolean): Candidate[] {
  const { speeds, mostOdds, softness } = thorough && leads.length === 1 ? severalLooks : oneLook;
  const marks = mean(
    leads.flatMap((lead) => speeds.map((speed) => marksAtSpeed(lead, rateHz, speed, mostOdds))),
  );
  const apart = 0.2 * markRateHz;
  const found: { at: number; odds: number }[] = [];
  for (let i = 0; i < marks.length; i++) {
    const odds = marks[i] as number;
    const before = marks[i - 1] ?? odds - 1;
    const after = marks[i + 1] ?? odds - 1;
    if (odds < leastOdds || odds < before || odds <= after) continue;
    const bend = before - 2 * odds + after;
    const at = i + (bend < 0 ? (0.5 * (before - after)) / bend : 0);
    const previous = found.at(-1);
    if (previous && at - previous.at < apart) {
      if (odds > previous.odds) found[found.length - 1] = { at, odds };
    } else found.push({ at, odds });
  }
  return found.map(({ at, odds }) => ({
    sample: Math.round((at / markRateHz) * rateHz),
    ratio: 2 ** (softness * odds),
  }));
}

function mean(each: Float32Array[]): Float32Array {
  return Float32Array.from(each[0] ?? [], (_, i) => {
    let sum = 0;
    for (const marks of each) sum += marks[i] as number;
    return sum / each.length;
  });
}

/** Marks of a lead played `speed` times as fast, back at their own places. */
function marksAtSpeed(lead: Float64Array, rateHz: number, speed: number, mostOdds: number): Float32Array {
  const marks = networkMarks(trained(), networkInput(lead, rateHz * speed));
  if (speed === 1 && mostOdds === Infinity) return marks;
  const limited = (i: number): number =>
    Math.max(-mostOdds, Math.min(mostOdds, marks[Math.min(i, marks.length - 1)] ?? -mostOdds));
  return Float32Array.from({ length: Math.ceil((lead.length / rateHz) * markRateHz) }, (_, i) => {
    const place = i / speed;
    const left = Math.floor(place);
    return limited(left) * (1 - place + left) + limited(left + 1) * (place - left);
  });
}

/**
 * The turning point next to a mark that is at least half as high as the highest one near it. The network knows the wave
 * better than the height does, so nothing but the top of that wave is looked for.
 */
function snap(sample: number, signal: Float64Array, rateHz: number): number {
  const half = Math.round(rateHz * 0.01);
  const from = Math.max(1, sample - half);
  const to = Math.min(signal.length - 2, sample + half);
  let highest = 0;
  for (let i = from; i <= to; i++) highest = Math.max(highest, Math.abs(signal[i] as number));
  let best = -1;
  for (let i = from; i <= to; i++) {
    const value = Math.abs(signal[i] as number);
    const turns = value >= Math.abs(signal[i - 1] as number) && value > Math.abs(signal[i + 1] as number);
    if (turns && value >= 0.5 * highest && (best < 0 || Math.abs(i - sample) < Math.abs(best - sample)))
      best = i;
  }
  return best < 0 ? sample : best;
}
