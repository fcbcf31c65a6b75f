import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filtered, filterText, noFilter } from '../../../viewer/src/centers/ecg/paper/displayFilters.ts';

const rate = 500;
const seconds = 8;
const sine = (hz: number, at = rate) =>
  Float32Array.from({ length: at * seconds }, (_, n) => Math.sin((2 * Math.PI * hz * n) / at));
/** Amplitude in the middle, away from both ends. */
const amplitude = (x: Float32Array) =>
  x.slice(x.length / 4, (3 * x.length) / 4).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('filters for the eye', () => {
  // Zero phase is forwards and backwards: twice the attenuation of one second-order section.
  test.each([
    ['40 Hz low pass lets 5 Hz through', { ...noFilter, lowPassHz: 40 }, 5, 0.98, 1.01],
    ['40 Hz low pass halves 40 Hz', { ...noFilter, lowPassHz: 40 }, 40, 0.49, 0.51],
    ['40 Hz low pass takes 120 Hz away', { ...noFilter, lowPassHz: 40 }, 120, 0, 0.02],
    ['0.5 Hz high pass lets 10 Hz through', { ...noFilter, highPassHz: 0.5 }, 10, 0.98, 1.01],
    ['0.5 Hz high pass takes breathing away', { ...noFilter, highPassHz: 0.5 }, 0.125, 0, 0.02],
    ['the notch takes mains away', { ...noFilter, notch50: true }, 50, 0, 0.02],
    ['the notch leaves 40 Hz', { ...noFilter, notch50: true }, 40, 0.9, 1.01],
  ])('%s', (_name, filter, hz, least, most) => {
    const left = amplitude(filtered(sine(hz), rate, filter));
    expect(left).toBeGreaterThanOrEqual(least);
    expect(left).toBeLessThanOrEqual(most);
  });

  test('no wave moves against the grid', () => {
    const beat = Float32Array.from({ length: 1_000 }, (_, n) => Math.exp(-(((n - 500) / 12) ** 2)));
    for (const filter of [
      { ...noFilter, lowPassHz: 40 },
      { ...noFilter, highPassHz: 0.5 },
      { highPassHz: 0.5, lowPassHz: 40, notch50: true },
    ]) {
      const out = filtered(beat, rate, filter);
      expect(out.indexOf(Math.max(...out))).toBe(500);
    }
  });

  test('a flat line stays flat from its first sample', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5_000, max: 5_000 }),
        fc.integer({ min: 20, max: 150 }),
        (level, lowPassHz) => {
          const flat = new Float32Array(600).fill(level);
          for (const value of filtered(flat, rate, { ...noFilter, lowPassHz, notch50: true }))
            expect(Math.abs(value - level)).toBeLessThanOrEqual(Math.abs(level) * 1e-3 + 1e-3);
          for (const value of filtered(flat, rate, { ...noFilter, highPassHz: 0.5 }))
            expect(Math.abs(value)).toBeLessThanOrEqual(Math.abs(level) * 1e-3 + 1e-3);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('what is stored is never touched', () => {
    const samples = sine(50);
    const before = samples.slice();
    expect(filtered(samples, rate, { highPassHz: 0.5, lowPassHz: 40, notch50: true })).not.toBe(samples);
    expect(samples).toEqual(before);
    expect(filtered(samples, rate, noFilter)).toBe(samples);
  });

  test('a filter above what the sampling carries is left out', () => {
    const slow = sine(10, 100);
    expect(filtered(slow, 100, { ...noFilter, lowPassHz: 150 })).toBe(slow);
    expect(filtered(slow, 100, { ...noFilter, notch50: true })).toBe(slow);
  });

  test.each([
    [noFilter, ''],
    [{ highPassHz: 0.5, lowPassHz: 40, notch50: true }, '0.5–40 Hz, 50 Hz ⊘'],
    [{ ...noFilter, highPassHz: 0.05 }, '≥ 0.05 Hz'],
    [{ ...noFilter, lowPassHz: 150 }, '≤ 150 Hz'],
    [{ ...noFilter, notch50: true }, '50 Hz ⊘'],
  ])('%o is said as "%s"', (filter, words) => expect(filterText(filter)).toBe(words));
});
