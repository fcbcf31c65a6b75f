import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawMeasurements } from '../../../../server/imaging/print/drawMeasurements.ts';
import type { KeptMeasurement } from '../../../../server/imaging/measurement/storedMeasurement.ts';

const side = 200;
const black = await sharp({ create: { width: side, height: side, channels: 3, background: '#000' } })
  .jpeg({ quality: 95 })
  .toBuffer();
const drawn = (tool: string, points: [number, number][]): KeptMeasurement => ({
  tool,
  points,
  trackingUid: '1.2',
  values: [],
  studyInstanceUid: '1',
  seriesInstanceUid: '2',
  sopInstanceUid: '3',
  frame: 1,
});

/** Whether something bright lies within two pixels of a place of the picture. */
async function litAt(picture: Buffer): Promise<(x: number, y: number) => boolean> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
  return (x, y) => {
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++)
        if ((data[(Math.round(y) + dy) * info.width + Math.round(x) + dx] ?? 0) > 100) return true;
    return false;
  };
}

describe('measurements over a printed picture of twice the size', () => {
  test.each<[string, [number, number][], [number, number][], [number, number][]]>([
    ['Length', [[10, 40], [60, 40]], [[20, 80], [70, 80], [120, 80]], [[70, 95], [140, 80]]],
    ['Bidirectional', [[10, 40], [60, 40], [35, 30], [35, 50]], [[40, 80], [70, 62], [70, 98]], [[20, 62], [120, 98]]],
    ['CobbAngle', [[10, 20], [60, 20], [10, 60], [60, 70]], [[70, 40], [70, 130]], [[20, 80], [120, 90]]],
    ['Angle', [[10, 60], [40, 60], [40, 90]], [[50, 120], [80, 150]], [[50, 150]]],
    ['RectangleROI', [[20, 30], [70, 30], [20, 80], [70, 80]], [[90, 60], [40, 110], [140, 110], [90, 160]], [[90, 110]]],
    ['EllipticalROI', [[50, 20], [50, 80], [30, 50], [70, 50]], [[100, 40], [100, 160], [60, 100], [140, 100]], [[100, 100], [65, 50]]],
    ['PlanarFreehandROI', [[20, 40], [80, 40], [50, 90]], [[100, 80], [130, 130], [70, 130]], [[100, 110]]],
    ['Probe', [[50, 50]], [[97, 100], [103, 100]], [[110, 100]]],
  ])('%s stands where it was drawn', async (tool, points, lit, dark) => {
    const at = await litAt(await drawMeasurements(black, [drawn(tool, points)], 2));
    for (const [x, y] of lit) expect(at(x, y), `${x} ${y}`).toBe(true);
    for (const [x, y] of dark) expect(at(x, y), `${x} ${y}`).toBe(false);
  }); // prettier-ignore

  test('each has its number, the twelfth two digits', async () => {
    const many = Array.from({ length: 12 }, (_, n) =>
      drawn('Probe', [[10 + (n % 4) * 22, 15 + Math.floor(n / 4) * 30]]),
    );
    const one = await sharp(await drawMeasurements(black, many.slice(0, 1), 2)).stats();
    const all = await sharp(await drawMeasurements(black, many, 2)).stats();
    expect(all.channels[0]?.mean ?? 0).toBeGreaterThan(10 * (one.channels[0]?.mean ?? 0));
    const at = await litAt(await drawMeasurements(black, many, 2));
    const last = [(10 + 3 * 22) * 2, (15 + 2 * 30) * 2] as const;
    const right = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => at(last[0] + from + n, last[1] - 6)).some(Boolean);
    expect([right(5, 9), right(9, 14)]).toEqual([true, true]);
  });

  test('nothing measured leaves the picture as it is, to the byte; a measurement without a place draws nothing', async () => {
    expect(await drawMeasurements(black, [], 2)).toBe(black);
    const stats = await sharp(await drawMeasurements(black, [drawn('Length', [])], 2)).stats();
    expect(stats.channels[0]?.max).toBeLessThan(10);
  });
});
