import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  convolve,
  loadNetwork,
  networkInput,
  networkMarks,
  storeNetwork,
  weightCount,
} from '../../../../server/ecg/analysis/beatNetwork.ts';
import { detectRPeaks } from '../../../../server/ecg/analysis/rPeaks.ts';
import { synthesise } from '../../../../server/ecg/demo/synthesise.ts';

const kept = readFileSync(
  join(import.meta.dirname, '../../../../server/ecg/analysis/beatNetwork.json'),
  'utf8',
);

/** A lead of bumps: centre in seconds, width in seconds, height in µV. */
function bumps(
  seconds: number,
  rate: number,
  waves: [at: number, width: number, height: number][],
): Float64Array {
  return Float64Array.from({ length: seconds * rate }, (_, i) =>
    waves.reduce((sum, [at, width, height]) => sum + height * Math.exp(-(((i / rate - at) / width) ** 2)), 0),
  );
}
const near = (found: number[], wanted: number[], rate: number): boolean =>
  found.length === wanted.length &&
  wanted.every((at) => found.some((beat) => Math.abs(beat / rate - at) < 0.05));

describe('R peaks', () => {
  test('small beats beside huge ectopic ones are found', () => {
    const small = [0.8, 2.4, 4, 5.6, 7.2, 8.8];
    const huge = small.slice(0, 5).map((at) => at + 0.55);
    const lead = bumps(10, 500, [
      ...small.flatMap((at): [number, number, number][] => [
        [at, 0.012, 130],
        [at + 0.28, 0.05, 30],
      ]),
      ...huge.flatMap((at): [number, number, number][] => [
        [at, 0.045, 2200],
        [at + 0.27, 0.07, -700],
      ]),
    ]);
    expect(near(detectRPeaks([lead], 500), [...small, ...huge].sort(), 500)).toBe(true);
  });

  test('a step ten times as high as the beats hides none of the others', () => {
    const [lead] = [...synthesise({ bpm: 75 }, 10, 500, 4, ['II']).values()];
    const beats = detectRPeaks([lead!], 500);
    const moved = lead!.map((value, i) => value + (i < 300 ? 12_000 * (1 - i / 300) : 0));
    expect(detectRPeaks([moved], 500).filter((beat) => beat > 1000)).toEqual(
      beats.filter((beat) => beat > 1000),
    );
  });

  test('the T wave of an ectopic beat is no beat of the pause behind it', () => {
    const waves: [number, number, number][] = [];
    const beats: number[] = [];
    for (let i = 0, at = 0.5; at < 119; i++) {
      beats.push(at);
      if (i % 3 === 2) {
        waves.push([at, 0.05, 1900], [at + 0.36, 0.07, -1000]);
        at += 1.25;
      } else {
        waves.push([at, 0.012, 1000], [at + 0.3, 0.05, 150], [at - 0.16, 0.025, 80]);
        at += i % 3 === 1 ? 0.55 : 0.9;
      }
    }
    expect(near(detectRPeaks([bumps(120, 250, waves)], 250), beats, 250)).toBe(true);
  });

  test('a short run of wide beats in a long recording is neither taken for artefacts nor for a pause', () => {
    const waves: [number, number, number][] = [];
    const beats: number[] = [];
    for (let at = 0.5; at < 299;) {
      const wide = at > 150 && at < 153;
      beats.push(at);
      if (wide) waves.push([at, 0.045, 1300], [at + 0.09, 0.04, -450], [at + 0.28, 0.07, -400]);
      else waves.push([at, 0.012, 1000], [at + 0.3, 0.05, 300], [at - 0.16, 0.025, 100]);
      at += wide ? 0.4 : 0.78;
    }
    const lead = new Float64Array(300 * 200);
    for (const [at, width, height] of waves)
      for (
        let i = Math.max(0, Math.floor((at - 0.4) * 200));
        i < Math.min(lead.length, (at + 0.4) * 200);
        i++
      )
        lead[i]! += height * Math.exp(-(((i / 200 - at) / width) ** 2));
    expect(near(detectRPeaks([lead], 200), beats, 200)).toBe(true);
  });

  test('a single lead full of muscle noise and pulses: one look alone missed a beat and found one too many', () => {
    const [lead] = [...synthesise({ bpm: 70 }, 10, 500, 4, ['II']).values()];
    const noisy = Float64Array.from(lead!);
    let state = 26;
    const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    for (let pulse = 0; pulse < 10; pulse++) {
      const at = Math.floor(next() * 5000);
      const height = (400 + next() * 800) * (next() < 0.5 ? -1 : 1);
      const rise = 4 + next() * 10;
      const fall = 15 + next() * 60;
      for (let i = at; i < 5000; i++) {
        const k = i - at;
        noisy[i]! += height * (k < rise ? k / rise : Math.exp(-(k - rise) / fall));
      }
    }
    for (let i = 0; i < 5000; i++) noisy[i]! += 500 * (next() + next() + next() - 1.5);
    const inside = (beats: number[]): number[] => beats.filter((beat) => beat > 250 && beat < 4750);
    const wanted = inside(detectRPeaks([lead!], 500)).map((beat) => beat / 500);
    expect(near(inside(detectRPeaks([noisy], 500)), wanted, 500)).toBe(true);
  });

  test('T waves three times as high as a QRS in noise: the small network alone took some for beats', () => {
    const beats = Array.from({ length: 13 }, (_, i) => 0.4 + i * 0.72);
    const lead = bumps(
      10,
      500,
      beats.flatMap((at): [number, number, number][] => [
        [at, 0.012, 300],
        [at + 0.28, 0.06, 1000],
      ]),
    );
    let state = 3;
    const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const noisy = lead.map((value) => value + 300 * (next() + next() + next() - 1.5));
    const inside = (times: number[]): number[] => times.filter((at) => at > 0.6 && at < 9.4);
    const found = inside(detectRPeaks([noisy], 500).map((beat) => beat / 500));
    expect(near(found, inside(beats), 1)).toBe(true);
  });

  test('from 125 to 1000 samples a second the beats stand at the same times', () => {
    const wanted = detectRPeaks([...synthesise({ bpm: 80 }, 10, 500, 2, ['II']).values()], 500);
    for (const rate of [125, 250, 1000]) {
      const found = detectRPeaks([...synthesise({ bpm: 80 }, 10, rate, 2, ['II']).values()], rate);
      expect(
        near(
          found,
          wanted.map((beat) => beat / 500),
          rate,
        ),
        `${rate} Hz`,
      ).toBe(true);
    }
  });
});

describe('the beat network', () => {
  test('weights survive being stored; weights of another shape are refused', () => {
    const network = loadNetwork(kept);
    const again = loadNetwork(storeNetwork(network, 'test'));
    expect(again.layers).toEqual(network.layers);
    network.weights.forEach((weights, l) => {
      expect(weights).toHaveLength(weightCount(network.layers[l]!));
      const most = Math.max(...weights.map(Math.abs));
      weights.forEach((value, i) =>
        expect(Math.abs(value - again.weights[l]![i]!)).toBeLessThan(most / 30_000),
      );
    });
    const wrong = { about: '', width: 24, dilations: [1], layers: [{ scale: 1, values: 'AAAA' }] };
    expect(() => loadNetwork(JSON.stringify(wrong))).toThrow(/layer 0/);
  });

  test('a layer is the sum over its taps, with zeros beyond both ends', () => {
    for (const layer of [
      { inputs: 2, outputs: 3, kernel: 3, dilation: 2, stride: 3, residual: false },
      { inputs: 4, outputs: 4, kernel: 5, dilation: 1, stride: 1, residual: true },
    ]) {
      const { inputs, outputs, kernel, dilation, stride } = layer;
      const x = Float32Array.from({ length: 11 * inputs }, (_, i) => Math.sin(i * 1.7));
      const weights = Float32Array.from({ length: weightCount(layer) }, (_, i) => Math.cos(i * 0.9));
      const wanted = Array.from({ length: Math.ceil(11 / stride) * outputs }, (_, i) => {
        const [t, o] = [Math.floor(i / outputs), i % outputs];
        let sum = weights[o * (inputs * kernel + 1) + inputs * kernel]!;
        for (let k = 0; k < kernel; k++)
          for (let c = 0; c < inputs; c++) {
            const at = t * stride + (k - (kernel >> 1)) * dilation;
            if (at >= 0 && at < 11)
              sum += weights[o * (inputs * kernel + 1) + k * inputs + c]! * x[at * inputs + c]!;
          }
        return (sum < 0 ? sum * 0.1 : sum) + (layer.residual ? x[i]! : 0);
      });
      convolve(x, layer, weights, false).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
    }
  });

  test('silence holds no beat and gives numbers only', () => {
    const marks = networkMarks(loadNetwork(kept), networkInput(new Float64Array(5000), 500));
    expect(marks.every((value) => Number.isFinite(value) && value < 0)).toBe(true);
    expect(detectRPeaks([new Float64Array(5000)], 500)).toEqual([]);
  });
});
