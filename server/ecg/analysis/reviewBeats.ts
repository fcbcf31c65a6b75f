import { median, quantile } from './filters.ts';

/** Likeness of the signal around `sample` to a template: normalised correlation, and the size relative to it. */
function compare(
  signal: Float64Array,
  sample: number,
  template: Float64Array,
): { fit: number; gain: number } {
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
  return energy > 0 && own > 0
    ? { fit: product / Math.sqrt(energy * own), gain: product / own }
    : { fit: 0, gain: 0 };
}

function correlation(signal: Float64Array, sample: number, template: Float64Array): number {
  return compare(signal, sample, template).fit;
}

function range(x: Float64Array): number {
  let low = Infinity;
  let high = -Infinity;
  for (const value of x) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

/** Goes up and comes back (or down and back) without much between: a step goes one way, noise many ways. */
function isOneWave(x: Float64Array): boolean {
  let way = 0;
  for (let i = 1; i < x.length; i++) way += Math.abs((x[i] as number) - (x[i - 1] as number));
  const turns = way / range(x);
  return turns > 1.7 && turns < 4;
}

/** A beat as a template: `compare` wants its mean removed, or wide beats would not even be like themselves. */
function shapeAt(signal: Float64Array, beat: number, half: number): Float64Array {
  const part = signal.subarray(Math.max(0, beat - half), beat + half + 1);
  const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
  return part.map((value) => value - mean);
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
      const { fit, gain } = compare(signal, beat + lag, template);
      // the slope of a big T wave may have the shape of a QRS, but not its size
      if (gain < 0.4 || gain > 2.5) continue;
      const previous = beats[i - 1] ?? -Infinity;
      const next = beats[i + 1] ?? Infinity;
      if (fit > bestFit && beat + lag - previous > rateHz * 0.25 && next - beat - lag > rateHz * 0.25) {
        bestFit = fit;
        best = beat + lag;
      }
    }
    return best;
  });
  // where all beats are nearly the same, less suffices to be strange
  const strange = quantile(fits, 0.4) > 0.95 ? 0.8 : 0.5;
  const usual = median(moved.slice(1).map((beat, i) => beat - (moved[i] as number)));
  return moved.filter((beat, i) => {
    const previous = moved[i - 1];
    const next = moved[i + 1];
    if (previous === undefined || next === undefined || (fits[i] as number) > strange || beat !== beats[i])
      return true;
    if (next - previous > usual * 1.25) return true;
    const shape = shapeAt(signal, beat, half);
    // an interpolated ventricular beat stands far above the rest; beyond ten times it is a pulled cable
    const size = range(shape) / range(template);
    if (size > 2 && size < 10 && isOneWave(shape)) return true;
    return moved.some(
      (other, j) => j !== i && Math.abs(j - i) < 60 && correlation(signal, other, shape) > 0.85,
    );
  });
}
