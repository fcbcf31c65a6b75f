import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNetwork, markRateHz, networkInput, networkMarks } from './beatNetwork.ts';
import type { Network } from './beatNetwork.ts';
import { chooseBeats } from './chooseBeats.ts';
import type { Candidate } from './chooseBeats.ts';
import { bandPass } from './filters.ts';
import { weighLikeness } from './likeBeats.ts';
import type { Place } from './likeBeats.ts';

const networks = new Map<string, Network>();
function networkOf(file: string): Network {
  const network = networks.get(file) ?? loadNetwork(readFileSync(join(import.meta.dirname, file), 'utf8'));
  networks.set(file, network);
  return network;
}

const pieceSeconds = 12;
const contextSeconds = 3;
/** What is less likely is no beat even where one is missing: a pause must stay a pause. */
const leastOdds = -1.5;
/** What looks like the other beats may be one though the network doubts it more. */
const leastOddsAlone = -3;
/** More leads than these add time, hardly beats. */
const mostLeads = 2;

/** How a lead is shown to which networks, and how their odds become ratios. */
interface Looks {
  /** Each network has one voice, averaged over the speeds that it sees. */
  voices: { file: string; speeds: number[] }[];
  /** One look that is very sure must not outvote the others. */
  mostOdds: number;
  softness: number;
}
const oneLook: Looks = {
  voices: [{ file: 'beatNetwork.json', speeds: [1] }],
  mostOdds: Infinity,
  softness: 0.3,
};
const severalLooks: Looks = {
  voices: [
    { file: 'beatNetwork.json', speeds: [0.86, 0.92, 1, 1.08, 1.16] },
    { file: 'singleLeadNetwork.json', speeds: [0.86, 1, 1.16] },
  ],
  mostOdds: 4,
  softness: 0.45,
};

/**
 * R peaks by the network, in samples: marks of up to two leads together, then the most plausible sequence. A single lead
 * has no other to be compared with; `thorough` shows it to a larger network as well, at several speeds, and averages the odds:
 * what is a beat stays one, what was taken for one by chance does not.
 */
export function networkBeats(leads: Float64Array[], rateHz: number, thorough: boolean): number[] {
  // a lead that lies still shows nothing, and a network that is shown nothing has no say
  const used = leads.filter((lead) => lead.some((value) => value !== lead[0])).slice(0, mostLeads);
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
  const [lead] = leads;
  const several = thorough && lead !== undefined && leads.length === 1;
  const looks = several ? severalLooks : oneLook;
  const marks = oddsOf(leads, rateHz, looks);
  const places = several
    ? weighLikeness(placesIn(marks, leastOddsAlone, rateHz), lead, rateHz)
    : placesIn(marks, leastOdds, rateHz);
  return places
    .filter(({ odds }) => odds >= leastOdds)
    .map(({ sample, odds }) => ({ sample, ratio: 2 ** (looks.softness * odds) }));
}

function oddsOf(leads: Float64Array[], rateHz: number, { voices, mostOdds }: Looks): Float32Array {
  return mean(
    leads.flatMap((lead) =>
      voices.map(({ file, speeds }) =>
        mean(
          speeds.map((speed) => {
            const marks = networkMarks(networkOf(file), networkInput(lead, rateHz * speed));
            return atOwnPlaces(marks, lead.length / rateHz, speed, mostOdds);
          }),
        ),
      ),
    ),
  );
}

/** Turning points of the odds that reach the least ones, the higher one of two that are too near. */
function placesIn(marks: Float32Array, least: number, rateHz: number): Place[] {
  const apart = 0.2 * markRateHz;
  const found: { at: number; odds: number }[] = [];
  for (let i = 0; i < marks.length; i++) {
    const odds = marks[i] as number;
    const before = marks[i - 1] ?? odds - 1;
    const after = marks[i + 1] ?? odds - 1;
    if (odds < least || odds < before || odds <= after) continue;
    const bend = before - 2 * odds + after;
    const at = i + (bend < 0 ? (0.5 * (before - after)) / bend : 0);
    const previous = found.at(-1);
    if (previous && at - previous.at < apart) {
      if (odds > previous.odds) found[found.length - 1] = { at, odds };
    } else found.push({ at, odds });
  }
  return found.map(({ at, odds }) => ({ sample: Math.round((at / markRateHz) * rateHz), odds }));
}

function mean(each: Float32Array[]): Float32Array {
  return Float32Array.from(each[0] ?? [], (_, i) => {
    let sum = 0;
    for (const marks of each) sum += marks[i] as number;
    return sum / each.length;
  });
}

/** Marks of a lead that was played `speed` times as fast, limited, back at their own places. */
function atOwnPlaces(marks: Float32Array, seconds: number, speed: number, mostOdds: number): Float32Array {
  if (speed === 1 && mostOdds === Infinity) return marks;
  const limited = (i: number): number =>
    Math.max(-mostOdds, Math.min(mostOdds, marks[Math.min(i, marks.length - 1)] ?? -mostOdds));
  return Float32Array.from({ length: Math.ceil(seconds * markRateHz) }, (_, i) => {
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
