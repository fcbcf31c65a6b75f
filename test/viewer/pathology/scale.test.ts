import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  areaOf,
  areaWords,
  lengthOf,
  lengthWords,
  nativeMagnification,
  scaleBar,
} from '../../../viewer/src/centers/pathology/slide/scale.ts';
import type { SlideDescription } from '../../../viewer/src/centers/pathology/types.ts';

const slide = (more: Partial<SlideDescription>) => more as SlideDescription;
const point = fc.record({ x: fc.integer({ min: 0, max: 100_000 }), y: fc.integer({ min: 0, max: 100_000 }) });

describe('the scale of a slide', () => {
  test.each([
    [{ objectivePower: 40, micrometrePerPixel: 0.25 }, 40],
    [{ objectivePower: 20, micrometrePerPixel: 0.25 }, 20], // what the scanner says of its objective stands first
    [{ objectivePower: null, micrometrePerPixel: 0.5 }, 20],
    [{ objectivePower: null, micrometrePerPixel: null }, null],
  ])('%o is scanned at %s×', (more, magnification) =>
    expect(nativeMagnification(slide(more))).toBe(magnification),
  );

  test('a bar is 1, 2 or 5 times a power of ten and fits the corner, at every magnification', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 5_000, noNaN: true }), (micrometrePerScreenPixel) => {
        const { micrometre, pixels } = scaleBar(micrometrePerScreenPixel);
        expect(pixels).toBeLessThanOrEqual(150.0001);
        expect(pixels).toBeGreaterThanOrEqual(59.9);
        expect(Number(micrometre.toExponential().split('e')[0])).toSatisfy((digit: number) =>
          [1, 2, 5].some((step) => Math.abs(digit - step) < 1e-6),
        );
        expect(micrometre / pixels).toBeCloseTo(micrometrePerScreenPixel, 6);
      }),
    );
  });
});

describe('measuring on a slide', () => {
  test('a length is the same in both directions and keeps the triangle', () => {
    fc.assert(
      fc.property(point, point, point, (a, b, c) => {
        expect(lengthOf([a, b])).toBe(lengthOf([b, a]));
        expect(lengthOf([a, c])).toBeLessThanOrEqual(lengthOf([a, b]) + lengthOf([b, c]) + 1e-6);
      }),
    );
    expect(lengthOf([{ x: 0, y: 0 }])).toBe(0);
    expect(lengthOf([])).toBe(0);
  });

  test('an area is that of the triangles it is made of, from whichever corner and in whichever sense', () => {
    fc.assert(
      fc.property(
        point,
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        (at, w, h) => {
          const box = [at, { x: at.x + w, y: at.y }, { x: at.x + w, y: at.y + h }, { x: at.x, y: at.y + h }];
          for (let turn = 0; turn < 4; turn++) {
            const turned = [...box.slice(turn), ...box.slice(0, turn)];
            expect(areaOf(turned)).toBeCloseTo(w * h, 3);
            expect(areaOf(turned.reverse())).toBeCloseTo(w * h, 3);
          }
          expect(areaOf(box.slice(0, 3))).toBeCloseTo((w * h) / 2, 3);
        },
      ),
    );
    expect(areaOf([])).toBe(0);
  });

  test.each([
    [10, null, '10 px'],
    [10, 0.25, '2.5 µm'],
    [100, 0.25, '25 µm'],
    [4_000, 0.25, '1.00 mm'],
    [3_999, 0.25, '1000 µm'],
  ])('%s pixels at %s µm are said as %s', (pixels, scale, words) =>
    expect(lengthWords(pixels, scale)).toBe(words),
  );
  test.each([
    [100, null, '100 px²'],
    [100, 0.5, '25 µm²'],
    [400_000, 0.5, '0.100 mm²'],
    [399_996, 0.5, '99999 µm²'],
    [8_000_000, 0.5, '2.000 mm²'],
  ])('%s square pixels at %s µm are said as %s', (pixels, scale, words) =>
    expect(areaWords(pixels, scale)).toBe(words),
  );
});
