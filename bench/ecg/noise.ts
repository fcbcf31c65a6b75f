import { join } from 'node:path';
import { detectRPeaks } from '../../server/ecg/analysis/rPeaks.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { fixtures, score, wfdbRecords } from './annotated.ts';

type Noise = (n: number, rateHz: number) => Float64Array;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Synthetic noises, unit power. */
const noises: Record<string, Noise> = {
  wander: (n, rate) =>
    Float64Array.from(
      { length: n },
      (_, i) =>
        Math.sin((2 * Math.PI * 0.25 * i) / rate) + 0.6 * Math.sin((2 * Math.PI * 0.41 * i) / rate + 1),
    ),
  mains: (n, rate) => Float64Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * 50 * i) / rate)),
  muscle: (n) => {
    const next = random(5);
    return Float64Array.from({ length: n }, () => next() + next() + next() - 1.5);
  },
};

const power = (x: Float64Array): number => x.reduce((sum, value) => sum + value * value, 0) / x.length;

/** MIT-BIH 100 with noise added at stated signal-to-noise ratios (signal = variance of the clean lead). */
export const noiseStress: Bench = {
  name: 'ecg.noise',
  about: 'R peaks of MIT-BIH 100 with baseline wander, mains and muscle noise at stated SNR',
  async run() {
    const rows: BenchRow[] = [];
    const [record] = wfdbRecords(join(fixtures, 'wfdb'));
    if (!record) return rows;
    const n = Math.round(record.rateHz * 300);
    const leads = record.leads.map((lead) => lead.subarray(0, n));
    const beats = record.beats.filter((beat) => beat < n);
    for (const [name, make] of Object.entries(noises))
      for (const snrDb of [12, 6, 0]) {
        const noisy = leads.map((lead) => {
          const mean = lead.reduce((sum, value) => sum + value, 0) / n;
          const signal = power(lead.map((value) => value - mean));
          const noise = make(n, record.rateHz);
          const gain = Math.sqrt(signal / power(noise) / 10 ** (snrDb / 10));
          return lead.map((value, i) => value + gain * (noise[i] ?? 0));
        });
        const s = score(beats, detectRPeaks(noisy, record.rateHz), record.rateHz, 150);
        const f1 = (200 * s.truePositive) / (2 * s.truePositive + s.falseNegative + s.falsePositive);
        rows.push({
          name: `ecg.noise.${name}@${snrDb}dB`,
          value: Number(f1.toFixed(2)),
          unit: `% F1 of ${beats.length} beats (missed ${s.falseNegative}, extra ${s.falsePositive})`,
          spread: [Number(f1.toFixed(2)), Number(f1.toFixed(2))],
          target: 'reported',
          pass: null,
          command: 'npm run bench -- --only ecg.noise',
        });
      }
    return rows;
  },
};
