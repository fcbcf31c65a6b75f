import { bandPass, median, movingAverage, quantile } from './filters.ts';

/** Single samples that stand out from both neighbours (pacer spikes, dropouts) would ring in every filter. */
export function withoutSpikes(x: ArrayLike<number>, rateHz: number): Float64Array {
  const out = new Float64Array(x);
  const reach = Math.max(1, Math.round(rateHz * 0.004));
  const window = new Float64Array(2 * reach + 1);
  const step = typicalStep(x);
  const far = 12 * step;
  for (let i = reach; i < out.length - reach; i++) {
    const value = x[i] as number;
    const left = value - (x[i - reach] as number);
    // only look closer where the sample leaves the corridor of its neighbours by far
    if (left < far && left > -far) continue;
    const right = value - (x[i + reach] as number);
    if (right < far && right > -far) continue;
    for (let k = -reach; k <= reach; k++) window[k + reach] = x[i + k] as number;
    const middle = new Float64Array(window).sort()[reach] as number;
    if (Math.abs(value - middle) > far) out[i] = middle;
  }
  return out;
}

function typicalStep(x: ArrayLike<number>): number {
  const stride = Math.max(1, Math.floor(x.length / 5000));
  const steps: number[] = [];
  for (let i = 1; i < x.length; i += stride) steps.push(Math.abs((x[i] as number) - (x[i - 1] as number)));
  return quantile(steps, 0.9) + 1e-9;
}

/** Maxima of 1.6 s windows: every window holds a beat, few hold an artefact. */
export function windowMaxima(x: Float64Array, rateHz: number): Float64Array {
  const width = Math.max(1, Math.round(rateHz * 1.6));
  const maxima = new Float64Array(Math.max(1, Math.ceil(x.length / width)));
  for (let w = 0; w < maxima.length; w++) {
    const end = Math.min(x.length, (w + 1) * width);
    let most = 0;
    for (let i = w * width; i < end; i++) if ((x[i] as number) > most) most = x[i] as number;
    maxima[w] = most;
  }
  return maxima;
}

const blockSeconds = 4;

/**
 * Energy of a band over all leads, each lead scaled to its beats. Block by block a lead counts by how far its
 * beats stand out of its own floor, so that a lead that becomes noisy loses its voice for that time only.
 */
export function bandEnvelope(
  leads: ArrayLike<number>[],
  rateHz: number,
  lowHz: number,
  highHz: number,
): Float64Array {
  const n = leads[0]?.length ?? 0;
  const block = Math.max(1, Math.round(rateHz * blockSeconds));
  const blocks = Math.max(1, Math.round(n / block));
  const energies = leads.map((lead) => {
    const band = bandPass(lead, lowHz, highHz, rateHz);
    for (let i = 0; i < n; i++) band[i] = (band[i] as number) ** 2;
    const energy = movingAverage(band, rateHz * 0.08);
    const level = median(windowMaxima(energy, rateHz));
    const standing = Array.from({ length: blocks }, (_, b) =>
      prominence(energy.subarray(b * block, b === blocks - 1 ? n : (b + 1) * block), level, rateHz),
    );
    return { energy, level, standing };
  });
  const best = Array.from({ length: blocks }, (_, b) =>
    Math.max(1e-9, ...energies.map((lead) => lead.standing[b] as number)),
  );
  const total = new Float64Array(n);
  for (const { energy, level, standing } of energies) {
    if (!(level > 0)) continue;
    const weights = standing.map((value, b) => (value / (best[b] as number)) ** 1.5 / level);
    // weights change linearly between the middles of the blocks; before the first and behind the last they stay
    for (let b = -1; b < blocks; b++) {
      const left = Math.max(0, b);
      const from = weights[left] as number;
      const change = b < 0 ? 0 : (weights[Math.min(blocks - 1, left + 1)] as number) - from;
      const end = b === blocks - 1 ? n : Math.min(n, Math.ceil((b + 1.5) * block));
      for (let i = Math.max(0, Math.ceil((b + 0.5) * block)); i < end; i++)
        total[i] = (total[i] as number) + (from + change * (i / block - 0.5 - left)) * (energy[i] as number);
    }
  }
  for (let i = 0; i < n; i++) total[i] = Math.sqrt(total[i] as number);
  return total;
}

/** Height of the usual beats over the middle of the energy in one block, limited to what matters. */
function prominence(energy: Float64Array, level: number, rateHz: number): number {
  const stride = Math.max(1, Math.round(rateHz / 60));
  const picked = new Float64Array(Math.floor(energy.length / stride));
  for (let i = 0; i < picked.length; i++) picked[i] = energy[i * stride] as number;
  const floor = Math.max(median(picked), level * 1e-3);
  return Math.min(1000, level / floor);
}
