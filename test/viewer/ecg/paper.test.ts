import { beforeEach, describe, expect, test } from 'vitest';
import { openPages, withBrowser, type Shown } from '../browser/page.ts';

const hub = openPages('pictures');
let shown: Shown;
beforeEach(async () => {
  shown = await hub.show('Pictures');
});

interface Drawn {
  places: { name: string; left: number; right: number; middle: number; inverted: boolean; index: number }[];
  /** Of each column of pixels the first and the last dark row, -1 where none is. */
  reach: [number, number][];
  drawnAt: boolean[];
  /** Colours of the topmost pixels. */
  top: number[][];
}
const draw = (input: object) => shown.page.evaluate(`paper(${JSON.stringify(input)})`) as Promise<Drawn>;

const mm = 4;
const flat = (seconds: number) => Array.from({ length: seconds * 500 }, () => 0);
/** A step of so many microvolts from one sample to another. */
const step = (seconds: number, microvolts: number, from: number, to: number) =>
  flat(seconds).map((_value, at) => (at >= from && at < to ? microvolts : 0));
const page = { width: 640, height: 240 };

describe.runIf(withBrowser)('ECG paper', () => {
  test('has a line each millimetre and a stronger one each five', async () => {
    const { top } = await draw({ layout: '12x1', leads: { X: flat(1) }, ...page });
    const different = (x: number) => top[x]?.join() !== '255,255,255';
    const lines = Array.from({ length: 160 }, (_, x) => x).filter(different);
    expect(lines).toEqual(Array.from({ length: 40 }, (_, k) => k * mm));
    const strong = lines.filter((x) => top[x]?.join() === top[0]?.join());
    expect(strong).toEqual([0, 20, 40, 60, 80, 100, 120, 140]);
  });

  test('begins each row with the pulse of one millivolt: ten millimetres high, five wide', async () => {
    const { reach, places } = await draw({ layout: '12x1', leads: { X: flat(2) }, ...page });
    const middle = places[0]?.middle ?? 0;
    const [top] = reach[3 * mm] ?? [];
    expect(Math.abs((top ?? 0) - (middle - 10 * mm))).toBeLessThanOrEqual(1);
    const high = reach.slice(0, 8 * mm).filter(([first]) => Math.abs(first - (middle - 10 * mm)) <= 1).length;
    expect(Math.abs(high - 5 * mm)).toBeLessThanOrEqual(3);
  });

  test('draws a millivolt as high as the pulse, a second as 25 mm', async () => {
    const { reach, places } = await draw({
      layout: '12x1',
      leads: { X: step(4, 1000, 1000, 1500) },
      ...page,
    });
    const [lead] = places;
    const middle = lead?.middle ?? 0;
    const left = lead?.left ?? 0;
    const up = reach
      .map(([first], x) => ({ first, x }))
      .filter(({ first, x }) => x > left + 60 && Math.abs(first - (middle - 10 * mm)) <= 1);
    expect(Math.abs((up[0]?.x ?? 0) - (left + 50 * mm))).toBeLessThanOrEqual(2); // two seconds
    expect(Math.abs((up.at(-1)?.x ?? 0) - (left + 75 * mm))).toBeLessThanOrEqual(2);
  });

  test('draws -aVR upside down', async () => {
    const twelve = Object.fromEntries(
      ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'].map((name) => [
        name,
        name === 'aVR' ? step(3, -800, 700, 900) : flat(3),
      ]),
    );
    const input = { layout: 'cabrera', leads: twelve, width: 640, height: 1200 };
    const lead = (await draw(input)).places.find(({ name }) => name === 'aVR');
    const x = Math.round((lead?.left ?? 0) + (800 / 500) * 25 * mm);
    const middle = lead?.middle ?? 0;
    const { drawnAt } = await draw({ ...input, at: [8, -8].map((high) => [x, middle - high * mm]) });
    expect([lead?.inverted, ...drawnAt]).toEqual([true, true, false]); // 0.8 mV down stands 8 mm up
  });

  test('goes on where the page was turned to', async () => {
    const samples = step(6, 1000, 2000, 2100);
    const column = async (offset: number) => {
      const { reach, places } = await draw({ layout: '12x1', leads: { X: samples }, ...page, offset });
      const [lead] = places;
      return reach.findIndex(
        ([first], x) => x > (lead?.left ?? 0) + 4 && Math.abs(first - ((lead?.middle ?? 0) - 10 * mm)) <= 1,
      );
    };
    const [first, turned] = [await column(0), await column(1000)];
    expect(Math.abs(first - turned - 50 * mm)).toBeLessThanOrEqual(2);
  });

  test('puts a block with a word where the device had no signal, and no flat line', async () => {
    const drawn = await draw({
      layout: '12x1',
      leads: { X: flat(3) },
      missing: { X: [[500, 1000]] },
      ...page,
    });
    const whole = await draw({ layout: '12x1', leads: { X: flat(3) }, ...page });
    const [lead] = drawn.places;
    const at = (seconds: number) => Math.round((lead?.left ?? 0) + seconds * 25 * mm);
    expect(drawn.reach[at(0.5)]).toEqual(whole.reach[at(0.5)]);
    expect(drawn.reach[at(1.95)]).toEqual([-1, -1]); // behind the word: the line is covered
    expect(whole.reach[at(1.95)]?.[0]).toBeGreaterThan(0);
  });

  test('signs beats under the lowest row, where they are', async () => {
    const beats = [
      { sample: 500, kind: 'normal' },
      { sample: 1000, kind: 'ventricular' },
    ];
    const with_ = await draw({ layout: '12x1', leads: { X: flat(4) }, beats, ...page });
    const without = await draw({ layout: '12x1', leads: { X: flat(4) }, ...page });
    const left = with_.places[0]?.left ?? 0;
    const changed = with_.reach.flatMap(([, last], x) => (last !== without.reach[x]?.[1] ? [x] : []));
    const near = (seconds: number) => changed.some((x) => Math.abs(x - (left + seconds * 25 * mm)) < 6);
    expect([near(1), near(1.5), near(3)]).toEqual([true, false, false]);
  });
});
