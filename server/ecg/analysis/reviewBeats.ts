import { median, quantile } from './filters.ts';

/** Normalised correlation of the signal around `sample` with a template of the same width. */
function correlation(signal: Float64Array, sample: number, template: Float64Array): number {
  const half = template.length >> 1;
  let product = 0;
  let energy = 0;
  let own = 0;
  let mean = 0;
  let count = 0;
  for (let k = 0; k < template.length; k++) {
    const at = sample - half + k;
    if (at < 0 || at >= signal.length) continue;
    mean += signal[at] as number;
    count++;
  }
  mean /= Math.max(1, count);
  for (let k = 0; k < template.length; k++) {
    const at = sample - half + k;
    const value = at < 0 || at >= signal.length ? 0 : (signal[at] as number) - mean;
    const wanted = template[k] as number;
    product += value * wanted;
    energy += value * value;
    own += wanted * wanted;
  }
  return energy > 0 && own > 0 ? product / Math.sqrt(energy * own) : 0;
}

/** Sample-wise median of up to 200 beats spread over the list, mean removed. */
function templateOf(signal: Float64Array, beats: number[], half: number): Float64Array {
  const stride = Math.max(1, Math.floor(beats.length / 200));
  const used = beats.filter((beat, i) => i % stride === 0 && beat >= half && beat + half < signal.length);
  const template = new Float64Array(2 * half + 1);
  for (let k = 0; k < template.length; k++)
    template[k] = median(used.map((beat) => signal[beat - half + k] as number));
  const mean = template.reduce((sum, value) => sum + value, 0) / template.length;
  return template.map((value) => value - mean);
}

/**
 * Second look at the beats of one stretch: a beat unlike the others moves to a neighbouring place that looks
 * like them, and a unique shape squeezed into a normal interval is an artefact and goes.
 */
export function reviewBeats(signal: Float64Array, beats: number[], rateHz: number): number[] {
  if (beats.length < 5) return beats;
  const half = Math.round(rateHz * 0.08);
  const template = templateOf(signal, beats, half);
  const fits = beats.map((beat) => correlation(signal, beat, template));
  if (quantile(fits, 0.4) < 0.7) return beats; // no common shape to compare with
  const moved = beats.map((beat, i) => {
    if ((fits[i] as number) > 0.6) return beat;
    const reach = Math.round(rateHz * 0.19);
    let best = beat;
    let bestFit = 0.8;
    for (let lag = -reach; lag <= reach; lag++) {
      const fit = correlation(signal, beat + lag, template);
      const previous = beats[i - 1] ?? -Infinity;
      const next = beats[i + 1] ?? Infinity;
      if (fit > bestFit && beat + lag - previous > rateHz * 0.25 && next - beat - lag > rateHz * 0.25) {
        bestFit = fit;
        best = beat + lag;
      }
    }
    return best;
  });
  const usual = median(moved.slice(1).map((beat, i) => beat - (moved[i] as number)));
  return moved.filter((beat, i) => {
    const previous = moved[i - 1];
    const next = moved[i + 1];
    if (previous === undefined || next === undefined || (fits[i] as number) > 0.5 || beat !== beats[i])
      return true;
    if (next - previous > usual * 1.25) return true;
    const shape = signal.subarray(Math.max(0, beat - half), beat + half + 1);
    return moved.some(
      (other, j) => j !== i && Math.abs(j - i) < 60 && correlation(signal, other, shape) > 0.85,
    );
  });
}
