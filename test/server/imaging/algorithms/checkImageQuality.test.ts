import { expect, test } from 'vitest';
import { sideOf } from '../../../../server/imaging/algorithms/checkImageQuality.ts';
import { measurePicture } from '../../../../server/imaging/algorithms/measurePicture.ts';

test('the hub’s own algorithm measures exposure, contrast and sharpness, and reads the side of a request', () => {
  const size = 64;
  const picture = (value: (row: number, column: number) => number) =>
    measurePicture(Int32Array.from({ length: size * size }, (_, at) => value(Math.floor(at / size), at % size)), size, size); // prettier-ignore
  const sharp = picture((row, column) => ((row * 7 + column * 13) % 50) * 20);
  const blurred = picture((row, column) => row + column);
  expect(sharp.sharpness).toBeGreaterThan(blurred.sharpness * 10);
  expect(picture((row) => (row < 40 ? 0 : 4095)).clippedShare).toBe(1);
  expect(picture(() => 5)).toEqual({ clippedShare: 1, contrast: 0, sharpness: 0 });
  expect([sideOf('左膝正侧位'), sideOf('右膝'), sideOf('双膝 左右'), sideOf('胸片')]).toEqual(['L', 'R', undefined, undefined]); // prettier-ignore
});
