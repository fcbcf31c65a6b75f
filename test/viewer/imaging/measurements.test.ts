import { afterEach, describe, expect, test } from 'vitest';
import { displaySetsOf } from '../../../viewer/src/panes/study/displaySets.ts';
import { element, slice } from '../panes/dataSets.ts';
import {
  cardiothoracicRatio,
  core,
  drawn,
  eraseAll,
  measurementsOf,
  measurementText,
  onMeasurements,
  ratioText,
  registerMetadata,
  restoreMeasurements,
  tools,
  type Stored,
} from './cornerstone.ts';
import type { Measurement } from './types.ts';

const stack = displaySetsOf([
  slice(1, { '00200011': element('IS', 4), '00200013': element('IS', 17) }),
  slice(2, { '00200011': element('IS', 4) }),
]);
const cine = displaySetsOf([
  slice(9, {
    '0020000E': element('UI', '1.2.9'),
    '00280008': element('IS', 3),
    '00200011': element('IS', 5),
  }),
]);
const sets = [...stack, ...cine];
sets.forEach(registerMetadata);
const ids = sets.flatMap((set) => set.imageIds);
const [upper = '', lower = '', , second = ''] = ids;
const t = (key: string, values: Record<string, unknown> = {}) =>
  [key.replace('imaging:', ''), ...Object.values(values)].join(' ');

let made = 0;
const draw = (more: Partial<Stored>, options?: { foreign?: boolean }) =>
  restoreMeasurements(
    [{ uid: `m${(made += 1)}`, tool: 'Length', imageId: lower, frameOfReferenceUid: '', points: [], pixels: [[1, 1], [2, 2]], ...more }], // prettier-ignore
    ids,
    options,
  );
const measured = (at: number, imageId: string, stats: Record<string, unknown>) => {
  const each = drawn()[at];
  if (each) each.data.cachedStats = { [`imageId:${imageId}`]: stats };
};
const all = () => measurementsOf(sets, t);

afterEach(eraseAll);

describe('what the report is told of the images', () => {
  test('a length with its series, the number that the device gave its image, and its words', () => {
    draw({ label: '结节' });
    measured(0, lower, { length: 12.34, unit: 'mm' });
    expect(all()).toEqual([
      {
        uid: expect.any(String) as string,
        tool: 'Length',
        seriesUid: '1.2.3',
        sopInstanceUid: '1.2.3.1',
        seriesNumber: 4,
        imageNumber: 17,
        frame: null,
        values: [{ quantity: 'length', value: 12.34, unit: 'mm' }],
        words: '12.3 mm',
        label: '结节',
        role: undefined,
      },
    ]);
    expect(measurementText(all(), t)).toBe('measure.line 4 17 结节 12.3 mm');
  });

  test('a frame of a cine is named by its frame', () => {
    draw({ imageId: second });
    measured(0, second, { length: 3, unit: 'mm' });
    expect(all()[0]).toMatchObject({ frame: 2, seriesNumber: 5 });
    expect(measurementText(all(), t)).toBe('measure.frameLine 5 2 3.0 mm');
  });

  test.each([
    ['Bidirectional', { length: 20.04, width: 9.96, unit: 'mm' }, '20.0 × 10.0 mm'],
    ['Angle', { angle: 45.04 }, '45.0°'],
    ['CobbAngle', { angle: 12 }, '12.0°'],
    ['Probe', { value: 41.6, modalityUnit: 'HU' }, '42 HU'],
    ['Probe', { value: 41.6, modalityUnit: 'raw' }, '42'],
    ['Length', { length: 100, unit: 'px' }, '100.0 px'],
    [
      'EllipticalROI',
      { area: 188.5, areaUnit: 'mm²', mean: 40.2, stdDev: 9.7, min: -3, max: 88, modalityUnit: 'HU' },
      'measure.area 189 mm²，measure.mean 40 HU，SD 10，measure.range -3 measure.upTo 88',
    ],
    ['RectangleROI', { area: 10, areaUnit: 'mm²' }, 'measure.area 10 mm²'],
  ])('%s says %j as %s', (tool, stats, words) => {
    draw({ tool });
    measured(0, lower, stats);
    expect(all()[0]?.words).toBe(words);
  });

  test('an arrow says its words; one without words and without a value says nothing', () => {
    draw({ tool: 'ArrowAnnotate', label: '骨折线' });
    draw({ tool: 'ArrowAnnotate' });
    draw({ tool: 'Length' });
    expect(measurementText(all(), t)).toBe('measure.line 4 17 骨折线');
  });

  test('kept values stand for what is not on the screen; older drafts had only words', () => {
    draw({ values: [{ quantity: 'length', value: 7, unit: 'mm' }], words: 'alt' });
    draw({ words: '9.0 mm' });
    expect(all().map(({ words }) => words)).toEqual(['7.0 mm', '9.0 mm']);
  });

  test("another's measurement and one of a series that is not shown are not this reader's", () => {
    draw({ values: [{ quantity: 'length', value: 7, unit: 'mm' }] }, { foreign: true });
    draw({ imageId: upper, values: [{ quantity: 'length', value: 8, unit: 'mm' }] });
    expect(measurementsOf(cine, t)).toEqual([]);
    expect(all().map(({ imageNumber }) => imageNumber)).toEqual([2]);
  });
});

describe('the cardiothoracic ratio', () => {
  const length = (value: number, role?: 'heart' | 'chest', unit = 'mm'): Measurement =>
    ({ values: [{ quantity: 'length', value, unit }], role }) as Measurement;

  test('is of the two lengths drawn for it, whatever was measured after them', () => {
    const ratio = cardiothoracicRatio([length(150, 'heart'), length(300, 'chest'), length(10), length(12)]);
    expect(ratio).toEqual({ value: 0.5, heart: 150, chest: 300, unit: 'mm' });
    expect(ratio && ratioText(ratio, t)).toBe('ratio 0.50 150 300 mm');
  });
  test('without them it is of the last two, the shorter the heart', () => {
    expect(cardiothoracicRatio([length(9), length(280), length(140)])).toMatchObject({
      heart: 140,
      chest: 280,
    });
  });
  test('drawn again, the newest pair counts', () => {
    const again = [length(150, 'heart'), length(300, 'chest'), length(160, 'heart'), length(320, 'chest')];
    expect(cardiothoracicRatio(again)).toMatchObject({ heart: 160, chest: 320 });
  });
  test.each([
    ['one length', [length(150, 'heart')]],
    ['lengths in two units', [length(150, 'heart'), length(300, 'chest', 'px')]],
    ['a chest of nothing', [length(0), length(0)]],
    ['no length', [{ values: [{ quantity: 'angle', value: 3, unit: '°' }] } as Measurement]],
  ])('is not said of %s', (_name, lengths) => expect(cardiothoracicRatio(lengths)).toBeNull());
  test('is said once in the report, in the place of its two lengths', () => {
    for (const [role, value] of [
      ['heart', 150],
      ['chest', 300],
    ] as const)
      // prettier-ignore
      draw({ role, values: [{ quantity: 'length', value, unit: 'mm' }] });
    draw({ values: [{ quantity: 'length', value: 8, unit: 'mm' }] });
    expect(measurementText(all(), t)).toBe('measure.line 4 17 8.0 mm\nratio 0.50 150 300 mm');
  });
});

describe('who listens to measurements', () => {
  const { ANNOTATION_ADDED, ANNOTATION_COMPLETED, ANNOTATION_MODIFIED, ANNOTATION_REMOVED } =
    tools.Enums.Events;
  const ring = (name: string) => core.triggerEvent(core.eventTarget, name as never, {});

  test('hears of many changes once, and again of what comes later', async () => {
    let heard = 0;
    const off = onMeasurements(() => (heard += 1));
    for (const name of [ANNOTATION_ADDED, ANNOTATION_COMPLETED, ANNOTATION_MODIFIED, ANNOTATION_REMOVED])
      ring(name);
    await expect.poll(() => heard).toBe(1);
    ring(ANNOTATION_REMOVED);
    await expect.poll(() => heard).toBe(2);
    off();
  });

  test('hears again until what was drawn has its values', async () => {
    let heard = 0;
    const off = onMeasurements(() => (heard += 1));
    draw({ tool: 'EllipticalROI' });
    const [region] = drawn();
    if (region) delete (region.data as { values?: unknown }).values; // as it is right after drawing
    ring(ANNOTATION_COMPLETED);
    await expect.poll(() => heard).toBeGreaterThan(1);
    measured(0, lower, { area: 3, areaUnit: 'mm²' });
    await expect.poll(() => all()[0]?.words).toBe('measure.area 3 mm²');
    off();
    const last = heard;
    let other = 0;
    const offOther = onMeasurements(() => (other += 1));
    ring(ANNOTATION_MODIFIED);
    await expect.poll(() => other).toBe(1);
    expect(heard).toBe(last);
    offOther();
  });
});
