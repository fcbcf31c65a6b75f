import { bandPass, median } from './filters.ts';
import { windowMaxima } from './envelope.ts';

/** One convolution: `kernel` taps `dilation` apart, every `stride`-th sample; a residual layer adds its input. */
export interface Layer {
  inputs: number;
  outputs: number;
  kernel: number;
  dilation: number;
  stride: number;
  residual: boolean;
}

/** Samples per second that the network looks at, and marks that it gives per second. */
export const networkRateHz = 100;
export const markRateHz = networkRateHz / 3;

/**
 * The layers of a network of a given width: what it sees of a lead in threes, residual layers of growing reach (all in
 * marks of 30 ms), one mark out.
 */
export function layersOf(width: number, dilations: readonly number[]): Layer[] {
  return [
    { inputs: 2, outputs: width, kernel: 9, dilation: 1, stride: 3, residual: false },
    ...dilations.map((dilation) => ({
      inputs: width,
      outputs: width,
      kernel: 5,
      dilation,
      stride: 1,
      residual: true,
    })),
    { inputs: width, outputs: 1, kernel: 3, dilation: 1, stride: 1, residual: false },
  ];
}

export const weightCount = (layer: Layer): number => layer.outputs * (layer.inputs * layer.kernel + 1);

export interface Network {
  layers: readonly Layer[];
  /** Per layer: for every output its taps (tap by tap, inputs together), then its bias. */
  weights: Float32Array[];
}

/**
 * What the network sees of one lead: the signal and its QRS band at 100 Hz, both over their own usual beat and
 * compressed, so that a small beat beside a huge one stays visible. Interleaved, two values per sample.
 */
export function networkInput(lead: ArrayLike<number>, rateHz: number): Float32Array {
  const bands = [bandPass(lead, 0.8, 40, rateHz), bandPass(lead, 8, 30, rateHz)];
  const n = Math.floor((lead.length / rateHz) * networkRateHz);
  const input = new Float32Array(n * 2);
  bands.forEach((band, channel) => {
    const level = median(windowMaxima(band.map(Math.abs), rateHz)) || 1e-9;
    const gain = 20 / level;
    for (let i = 0; i < n; i++) {
      const position = (i * rateHz) / networkRateHz;
      const left = Math.floor(position);
      const share = position - left;
      const value =
        (band[left] as number) * (1 - share) + (band[Math.min(band.length - 1, left + 1)] as number) * share;
      input[i * 2 + channel] = Math.asinh(value * gain) / 2;
    }
  });
  return input;
}

/**
 * One layer over a whole stretch (samples × inputs, zeros beyond its ends); leaky rectifier except for the last layer.
 * Two places and two outputs at a time: each value read serves twice.
 */
export function convolve(x: Float32Array, layer: Layer, weights: Float32Array, last: boolean): Float32Array {
  const { inputs, outputs, kernel, dilation, stride, residual } = layer;
  const out = Math.ceil(x.length / inputs / stride);
  const y = new Float32Array(out * outputs);
  const taps = inputs * kernel;
  const jump = dilation * inputs;
  const step = stride * inputs;
  const padded = new Float32Array((out + 1) * step + kernel * jump);
  padded.set(x, (kernel >> 1) * jump);
  const put = (t: number, o: number, sum: number): void => {
    if (t >= out || o >= outputs) return;
    if (!last) {
      if (sum < 0) sum *= 0.1;
      if (residual) sum += x[t * inputs + o] as number;
    }
    y[t * outputs + o] = sum;
  };
  for (let t = 0; t < out; t += 2)
    for (let o = 0; o < outputs; o += 2) {
      const left = o * (taps + 1);
      const right = o + 1 < outputs ? left + taps + 1 : left;
      let a = weights[left + taps] as number;
      let b = a;
      let c = weights[right + taps] as number;
      let d = c;
      let p = left;
      let q = right;
      for (let k = 0; k < kernel; k++) {
        let now = t * step + k * jump;
        const end = now + inputs;
        let next = now + step;
        for (; now < end; now++, next++, p++, q++) {
          const u = padded[now] as number;
          const v = padded[next] as number;
          const one = weights[p] as number;
          const other = weights[q] as number;
          a += one * u;
          b += one * v;
          c += other * u;
          d += other * v;
        }
      }
      put(t, o, a);
      put(t + 1, o, b);
      put(t, o + 1, c);
      put(t + 1, o + 1, d);
    }
  return y;
}

/** Log-odds of a beat, 33 per second. */
export function networkMarks(network: Network, input: Float32Array): Float32Array {
  let x = input;
  network.layers.forEach((layer, i) => {
    x = convolve(x, layer, network.weights[i] as Float32Array, i === network.layers.length - 1);
  });
  return x;
}

/** Weights as they are kept: per layer 16-bit numbers in base64 and the factor that they are multiplied by. */
interface StoredNetwork {
  about: string;
  width: number;
  dilations: number[];
  layers: { scale: number; values: string }[];
}

export function loadNetwork(text: string): Network {
  const stored = JSON.parse(text) as StoredNetwork;
  const layers = layersOf(stored.width, stored.dilations);
  return {
    layers,
    weights: layers.map((layer, i) => {
      const entry = stored.layers[i];
      const bytes = Buffer.from(entry?.values ?? '', 'base64');
      if (!entry || bytes.length !== weightCount(layer) * 2)
        throw new Error(`the weights of layer ${i} of the beat network do not fit`);
      return Float32Array.from(
        { length: weightCount(layer) },
        (_, k) => bytes.readInt16LE(k * 2) * entry.scale,
      );
    }),
  };
}

export function storeNetwork(network: Network, about: string): string {
  const stored: StoredNetwork = {
    about,
    width: network.layers[0]?.outputs ?? 0,
    dilations: network.layers.slice(1, -1).map((layer) => layer.dilation),
    layers: network.weights.map((weights) => {
      const scale = weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 32767 || 1;
      const bytes = Buffer.alloc(weights.length * 2);
      weights.forEach((value, k) => bytes.writeInt16LE(Math.round(value / scale), k * 2));
      return { scale, values: bytes.toString('base64') };
    }),
  };
  return `${JSON.stringify(stored, null, 2)}\n`;
}
