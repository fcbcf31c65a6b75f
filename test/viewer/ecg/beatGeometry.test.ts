import { describe, expect, test } from 'vitest';
import { intervalsOf, tTangent } from '../../../viewer/src/centers/ecg/measure/beatGeometry.ts';
import type { Fiducials, MedianBeat } from '../../../viewer/src/centers/ecg/types.ts';

const marks: Fiducials = { rMs: 290, pOnMs: 80, pOffMs: 180, qrsOnMs: 250, qrsOffMs: 340, tOffMs: 640 };

describe('intervals of a beat', () => {
  test('follow from its marks', () => {
    const found = intervalsOf(marks, 60);
    expect(found).toMatchObject({ pMs: 100, prMs: 170, qrsMs: 90, qtMs: 390 });
    // at 60 beats a minute the corrected QT is the QT
    expect([found['qtcBazettMs'], found['qtcFridericiaMs']]).toEqual([390, 390]);
  });
  test('the corrections part from each other as the heart is faster', () => {
    const { qtcBazettMs, qtcFridericiaMs } = intervalsOf(marks, 100);
    expect(qtcBazettMs).toBeCloseTo(390 / Math.sqrt(0.6));
    expect(qtcFridericiaMs).toBeCloseTo(390 / Math.cbrt(0.6));
  });
  test('without a P wave there is no PR, without an end of T no QT, without a rate no correction', () => {
    const { pOnMs: _on, pOffMs: _off, ...noP } = marks;
    expect(intervalsOf(noP, 60)).toMatchObject({ pMs: undefined, prMs: undefined, qtMs: 390 });
    const { tOffMs: _end, ...noT } = marks;
    expect(intervalsOf(noT, 60)).toMatchObject({ prMs: 170, qtMs: undefined, qtcBazettMs: undefined });
    expect(intervalsOf(marks, undefined)).toMatchObject({ qtMs: 390, qtcBazettMs: undefined });
  });
});

/** A beat of one lead at 500 Hz: baseline, and a T wave like a roof whose fall ends at `endMs`. */
function roof({ peakMs = 520, endMs = 620, height = 400, baseline = 0 }): MedianBeat {
  const microvolts = Array.from({ length: 400 }, (_, i) => {
    const ms = i * 2;
    const rise = ms > 420 && ms <= peakMs ? (height * (ms - 420)) / (peakMs - 420) : 0;
    const fall = ms > peakMs && ms < endMs ? (height * (endMs - ms)) / (endMs - peakMs) : 0;
    return baseline + rise + fall;
  });
  return {
    samplingRateHz: 500,
    leads: [{ name: 'II', microvolts }],
    fiducials: marks,
  } as unknown as MedianBeat;
}

describe('the tangent at the end of T', () => {
  test.each([
    ['upright', {}],
    ['inverted', { height: -400 }],
    ['on a shifted baseline', { baseline: 60 }],
    ['early', { peakMs: 480, endMs: 560 }],
  ])('of a wave that is %s meets the baseline where the wave ends', (_name, shape) => {
    const made = roof(shape);
    const tangent = tTangent(made, 'II', marks);
    expect(Math.abs((tangent?.endMs ?? 0) - ('endMs' in shape ? shape.endMs : 620))).toBeLessThanOrEqual(4);
    // the line that is drawn reaches the baseline there
    expect(tangent?.y2).toBeCloseTo(made.leads[0]?.microvolts[0] ?? NaN, 0);
  });
  test('is not drawn on a flat T, without its end, or on a lead that is not there', () => {
    expect(tTangent(roof({ height: 0 }), 'II', marks)).toBeUndefined();
    const { tOffMs: _end, ...noT } = marks;
    expect(tTangent(roof({}), 'II', noT)).toBeUndefined();
    expect(tTangent(roof({}), 'V1', marks)).toBeUndefined();
  });
});
