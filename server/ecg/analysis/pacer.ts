import { quantile } from './filters.ts';
import type { PacerSpike } from './types.ts';

/** Microvolts of the smallest spike. */
const LEAST = 250;

/**
 * Pacemaker spikes on the unfiltered samples: a jump within 2 ms that returns within 4 ms and towers over the
 * steepest QRS slopes around, in at least two leads where there are several.
 */
export function findPacerSpikes(leads: ArrayLike<number>[], rateHz: number): PacerSpike[] {
  if (rateHz < 450) return []; // slower recordings cannot hold a spike
  const reach = Math.max(1, Math.round(rateHz * 0.002));
  const votes = new Map<number, { leads: number; microvolts: number }>();
  for (const lead of leads) {
    for (const spike of spikesOf(lead, reach, rateHz)) {
      const key =
        [...votes.keys()].find((sample) => Math.abs(sample - spike.sample) <= 2 * reach) ?? spike.sample;
      const vote = votes.get(key) ?? { leads: 0, microvolts: 0 };
      vote.leads++;
      if (Math.abs(spike.microvolts) > Math.abs(vote.microvolts)) vote.microvolts = spike.microvolts;
      votes.set(key, vote);
    }
  }
  const needed = Math.min(2, leads.length);
  const spikes = [...votes]
    .filter(([, vote]) => vote.leads >= needed)
    .map(([sample, vote]) => ({ sample, microvolts: Math.round(vote.microvolts) }));
  spikes.sort((a, b) => a.sample - b.sample);
  // bursts are noise, not pacing
  return spikes.length > (20 * (leads[0]?.length ?? 0)) / rateHz / 4 ? [] : spikes;
}

function spikesOf(x: ArrayLike<number>, reach: number, rateHz: number): PacerSpike[] {
  const found: PacerSpike[] = [];
  const jumps = new Float64Array(Math.max(0, x.length - 2 * reach));
  let highest = 0;
  for (let i = reach; i < x.length - reach; i++) {
    const value = x[i] as number;
    const up = value - (x[i - reach] as number);
    const down = value - (x[i + reach] as number);
    // both sides must fall the same way: a narrow peak, not a slope
    if (!(up * down > 0)) continue;
    const size = Math.min(Math.abs(up), Math.abs(down));
    jumps[i - reach] = Math.sign(up) * size;
    if (size > highest) highest = size;
  }
  if (highest < LEAST) return found;
  const usual = quantile(jumps.map(Math.abs), 0.98);
  const limit = Math.max(LEAST, usual * 6);
  for (let i = 0; i < jumps.length; i++) {
    const size = Math.abs(jumps[i] as number);
    if (size < limit) continue;
    const last = found.at(-1);
    if (last && i + reach - last.sample < rateHz * 0.01) {
      if (size > Math.abs(last.microvolts))
        found[found.length - 1] = { sample: i + reach, microvolts: jumps[i] as number };
    } else found.push({ sample: i + reach, microvolts: jumps[i] as number });
  }
  return found;
}
