import { beforeEach, describe, expect, test } from 'vitest';
import { openPages, withBrowser, type Shown } from '../browser/page.ts';

const hub = openPages('pictures');
let shown: Shown;
beforeEach(async () => {
  shown = await hub.show('Pictures');
});
const run = <T>(call: string) => shown.page.evaluate(call) as Promise<T>;

const windows = [
  { width: 400, center: 40 },
  { width: 1, center: 0 },
  { width: 4000, center: -200 },
];
const slabs = ['none', 'max', 'min', 'mean'] as const;

describe.runIf(withBrowser)('planes drawn by the graphics card', () => {
  test('are those that are reckoned, in every direction, slab and window', async () => {
    const size = [9, 7, 12] as const;
    const cuts = [0, 1, 2].flatMap((plane) =>
      slabs.flatMap((slab) =>
        windows.flatMap((window) =>
          [false, true].map((invert) => ({
            plane,
            index: Math.floor((size[plane] ?? 0) / 2),
            slab,
            thicknessMm: 6,
            window,
            invert,
          })),
        ),
      ),
    );
    const found = await run<number[]>(`differenceOf(${JSON.stringify(size)}, ${JSON.stringify(cuts)})`);
    expect(found).toHaveLength(cuts.length);
    // A mean is reckoned in whole units before it is shown; in the narrowest window one unit is all the grey there is.
    const most = cuts.map(({ slab, window }) => (slab === 'mean' ? (window.width === 1 ? 255 : 2) : 1));
    expect(found.every((difference, at) => difference <= (most[at] ?? 0))).toBe(true);
  });

  test('are cut off at the end of the volume as the reckoned ones are', async () => {
    const cuts = [0, 11].map((index) => ({
      plane: 2,
      index,
      slab: 'max',
      thicknessMm: 10,
      window: windows[2],
      invert: false,
    }));
    expect(
      Math.max(...(await run<number[]>(`differenceOf([8, 8, 12], ${JSON.stringify(cuts)})`))),
    ).toBeLessThanOrEqual(1);
  });

  test('are smooth where the screen has more pixels: corners keep their value, between them it goes over', async () => {
    const six = await run<number[]>('enlarged(6, 6)');
    expect(six).toHaveLength(36);
    expect([six[0], six[5], six[30], six[35]]).toEqual([0, 100, 200, 255]);
    const top = six.slice(0, 6);
    expect(top).toEqual(top.toSorted((a, b) => a - b));
    expect(new Set(top).size).toBeGreaterThan(2);
  });

  test('a volume that the card cannot hold is left to the processor', async () => {
    expect(await run('tooLarge()')).toBe(true);
  });

  test('a context that the driver takes away is told, one that was closed is not; neither draws', async () => {
    expect(await run('ends("lost")')).toEqual({ lost: 1, drawn: false });
    expect(await run('ends("close")')).toEqual({ lost: 0, drawn: false });
  });
});

test.runIf(withBrowser)(
  'the test pattern has the grey that each patch names, on any size of screen',
  async () => {
    for (const side of [600, 1080]) {
      const found = await run<[number, number][]>(`pattern(${side})`);
      expect(found).toHaveLength(18 * 5 + 2);
      expect(found.filter(([drawn, wanted]) => drawn !== wanted)).toEqual([]);
    }
  },
);
