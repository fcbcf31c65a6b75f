import { mkdirSync, writeFileSync } from 'node:fs';
import { convolve, layers, markRateHz, networkInput, weightCount } from '../../../server/ecg/analysis/beatNetwork.ts';
import type { Layer, Network } from '../../../server/ecg/analysis/beatNetwork.ts';

export interface TrainingRecord {
  lead: Float64Array;
  rateHz: number;
  beats: number[];
}

export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
type Random = () => number;
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());

export function freshNetwork(random: Random): Network {
  return {
    weights: layers.map((layer, i) => {
      const taps = layer.inputs * layer.kernel;
      const weights = new Float32Array(weightCount(layer));
      for (let o = 0; o < layer.outputs; o++) {
        for (let k = 0; k < taps; k++)
          weights[o * (taps + 1) + k] = normal(random) * Math.sqrt((layer.residual ? 0.5 : 2) / taps);
        weights[o * (taps + 1) + taps] = i === layers.length - 1 ? -3 : 0;
      }
      return weights;
    }),
  };
}

/** Gradient of one layer: adds to `gradient`, answers the gradient of its input. */
function convolveBack(
  x: Float32Array,
  y: Float32Array,
  dy: Float32Array,
  layer: Layer,
  weights: Float32Array,
  gradient: Float32Array,
  last: boolean,
): Float32Array {
  const { inputs, outputs, kernel, dilation, stride, residual } = layer;
  const length = x.length / inputs;
  const out = y.length / outputs;
  const dx = new Float32Array(x.length);
  const half = kernel >> 1;
  const taps = inputs * kernel;
  for (let t = 0; t < out; t++) {
    const first = t * stride - half * dilation;
    for (let o = 0; o < outputs; o++) {
      let d = dy[t * outputs + o] as number;
      if (!last) {
        let before = y[t * outputs + o] as number;
        if (residual) {
          before -= x[t * inputs + o] as number;
          dx[t * inputs + o] = (dx[t * inputs + o] as number) + d;
        }
        if (before < 0) d *= 0.1;
      }
      if (d === 0) continue;
      const at = o * (taps + 1);
      gradient[at + taps] = (gradient[at + taps] as number) + d;
      for (let k = 0; k < kernel; k++) {
        const source = first + k * dilation;
        if (source < 0 || source >= length) continue;
        const from = source * inputs;
        const tap = at + k * inputs;
        for (let c = 0; c < inputs; c += 2) {
          gradient[tap + c]! += d * x[from + c]!;
          gradient[tap + c + 1]! += d * x[from + c + 1]!;
          dx[from + c]! += d * weights[tap + c]!;
          dx[from + c + 1]! += d * weights[tap + c + 1]!;
        }
      }
    }
  }
  return dx;
}

function interval(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/**
 * Ten seconds of a record, changed as recordings differ: polarity, tempo, size of single beats, muscle noise, wander,
 * steps with slow return, cable spikes.
 */
function augmented(record: TrainingRecord, random: Random): TrainingRecord {
  const n = Math.min(record.lead.length, Math.round(record.rateHz * 10));
  const start = Math.floor(random() * (record.lead.length - n));
  const tempo = random() < 0.5 ? 1 : interval(random, 0.75, 1.3);
  const rateHz = Math.round(record.rateHz * tempo);
  const sign = random() < 0.25 ? -1 : 1;
  const lead = record.lead.slice(start, start + n).map((value) => value * sign);
  const beats = record.beats.filter((beat) => beat >= start && beat < start + n).map((beat) => beat - start);
  const sorted = Float64Array.from(lead).sort();
  const size = (sorted[Math.floor(n * 0.99)] as number) - (sorted[Math.floor(n * 0.01)] as number) || 1;
  const middle = sorted[n >> 1] as number;
  if (random() < 0.5) {
    const share = random() * 0.6;
    const before = Math.round(rateHz * 0.14);
    const after = Math.round(rateHz * interval(random, 0.14, 0.4));
    const all = random() < 0.5 ? Math.exp(normal(random) * 0.9) : 0;
    for (const beat of beats) {
      if (random() > share) continue;
      const factor = all || Math.exp(normal(random) * 0.7);
      for (let i = Math.max(0, beat - before); i < Math.min(n, beat + after); i++) {
        const edge = Math.min((i - beat + before) / before, (beat + after - i) / after, 0.5) * 2;
        lead[i] = middle + ((lead[i] as number) - middle) * (1 + (factor - 1) * edge);
      }
    }
  }
  if (random() < 0.4) {
    const level = size * interval(random, 0, 0.08);
    for (let i = 0; i < n; i++) lead[i] = (lead[i] as number) + level * normal(random);
  }
  if (random() < 0.5) {
    const waves = [0, 1, 2, 3].map(() => [interval(random, 0.1, 2.5), random() * 7, size * 0.4 * random() ** 2]);
    for (let i = 0; i < n; i++)
      for (const [hz = 0, phase = 0, height = 0] of waves)
        lead[i] = (lead[i] as number) + height * Math.sin((2 * Math.PI * hz * i) / rateHz + phase);
  }
  if (random() < 0.25) {
    const count = 1 + Math.floor(random() * 4);
    for (let s = 0; s < count; s++) {
      const at = Math.floor(random() * n);
      const height = size * normal(random) * 1.5;
      const decay = Math.exp(-1 / (rateHz * interval(random, 0.02, 1.5)));
      const rise = Math.max(1, rateHz * interval(random, 0.002, 0.15));
      let now = height;
      for (let i = at; i < n; i++) {
        if (i - at > rise) now *= decay;
        lead[i] = (lead[i] as number) + now * Math.min(1, (i - at) / rise);
      }
    }
  }
  if (random() < 0.15) {
    const from = Math.floor(random() * n);
    const to = Math.min(n, from + Math.round(rateHz * interval(random, 0.3, 2)));
    let walk = 0;
    for (let i = from; i < to; i++) {
      walk = walk * 0.95 + normal(random) * size * 0.12;
      lead[i] = (lead[i] as number) + walk;
    }
  }
  return { lead, rateHz, beats };
}

/** Wanted marks: one within 24 ms of a beat, in between counted less. */
function targets(beats: number[], rateHz: number, length: number): { wanted: Float32Array; weight: Float32Array } {
  const wanted = new Float32Array(length);
  const weight = new Float32Array(length).fill(1);
  for (const beat of beats) {
    const at = (beat / rateHz) * markRateHz;
    for (let i = Math.max(0, Math.ceil(at - 4)); i <= Math.min(length - 1, at + 4); i++) {
      const far = Math.abs(i - at);
      if (far <= 0.9) {
        wanted[i] = 1;
        weight[i] = 3;
      } else if (wanted[i] !== 1 && far <= 1.7) weight[i] = 0.2;
    }
  }
  return { wanted, weight };
}

export interface TrainingOptions {
  steps: number;
  batch: number;
  seed: number;
  peakRate: number;
  log?: (text: string) => void;
}

/** Trains on groups of records, each group drawn as often as its share says. Adam with a cosine schedule. */
export function train(
  groups: { share: number; records: TrainingRecord[] }[],
  options: TrainingOptions,
): Network {
  const random = randomSource(options.seed);
  const network = freshNetwork(random);
  const mean = layers.map((layer) => new Float32Array(weightCount(layer)));
  const square = layers.map((layer) => new Float32Array(weightCount(layer)));
  const average: Network = { weights: network.weights.map((w) => w.slice()) };
  let running = 0;
  for (let step = 1; step <= options.steps; step++) {
    const gradients = layers.map((layer) => new Float32Array(weightCount(layer)));
    let loss = 0;
    for (let b = 0; b < options.batch; b++) {
      let pick = random();
      const group = groups.find((entry) => (pick -= entry.share) < 0) ?? groups[0]!;
      const record = augmented(group.records[Math.floor(random() * group.records.length)]!, random);
      const seen = [networkInput(record.lead, record.rateHz)];
      layers.forEach((layer, i) =>
        seen.push(convolve(seen[i]!, layer, network.weights[i]!, i === layers.length - 1)),
      );
      const marks = seen.at(-1)!;
      const { wanted, weight } = targets(record.beats, record.rateHz, marks.length);
      let back: Float32Array = new Float32Array(marks.length);
      for (let i = 0; i < marks.length; i++) {
        const p = 1 / (1 + Math.exp(-marks[i]!));
        const scale = weight[i]! / (marks.length * options.batch);
        back[i] = (p - wanted[i]!) * scale;
        loss -= scale * (wanted[i] === 1 ? Math.log(p + 1e-7) : Math.log(1 - p + 1e-7));
      }
      for (let i = layers.length - 1; i >= 0; i--)
        back = convolveBack(seen[i]!, seen[i + 1]!, back, layers[i]!, network.weights[i]!, gradients[i]!, i === layers.length - 1);
    }
    running = step === 1 ? loss : running * 0.99 + loss * 0.01;
    const warm = Math.min(1, step / 50);
    const rate = options.peakRate * warm * (0.02 + 0.98 * 0.5 * (1 + Math.cos((Math.PI * step) / options.steps)));
    network.weights.forEach((weights, l) => {
      const m = mean[l]!;
      const v = square[l]!;
      const g = gradients[l]!;
      const kept = average.weights[l]!;
      for (let i = 0; i < weights.length; i++) {
        m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
        v[i] = 0.999 * v[i]! + 0.001 * g[i]! * g[i]!;
        const change = m[i]! / (1 - 0.9 ** step) / (Math.sqrt(v[i]! / (1 - 0.999 ** step)) + 1e-8);
        weights[i] = weights[i]! - rate * (change + 0.002 * weights[i]!);
        kept[i] = kept[i]! * 0.998 + weights[i]! * 0.002;
      }
    });
    if (step % 200 === 0) options.log?.(`${step} ${running.toFixed(4)}`);
  }
  return average;
}
