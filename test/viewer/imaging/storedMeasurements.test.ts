import { afterEach, describe, expect, test } from 'vitest';
import { displaySetsOf } from '../../../viewer/src/panes/study/displaySets.ts';
import { element, slice } from '../panes/dataSets.ts';
import {
  calibrate,
  currentSpacing,
  drawn,
  eraseAll,
  registerMetadata,
  restoreMeasurements,
  serializeMeasurements,
  type Stored,
} from './cornerstone.ts';

const [set] = displaySetsOf([slice(1, { '00200052': element('UI', '1.9') }), slice(2)]);
if (!set) throw new Error('no display set');
registerMetadata(set);
const [lower = '', upper = ''] = [set.imageIds[1], set.imageIds[0]];
const stored = (more: Partial<Stored>): Stored => ({
  uid: 'm1',
  tool: 'Length',
  imageId: lower,
  frameOfReferenceUid: '1.9',
  points: [],
  pixels: [
    [1, 1],
    [5, 3],
  ],
  ...more,
});
const none = new Map<string, string>();
const keptAgain = (each: Stored, words: ReadonlyMap<string, string> = none) => {
  restoreMeasurements([each], set.imageIds);
  return serializeMeasurements(set.imageIds, words)[0];
};

afterEach(eraseAll);

describe('a measurement that was kept with a report', () => {
  test('stands on its pixels, also where they are not square', () => {
    restoreMeasurements([stored({})], set.imageIds);
    // columns are 0.25 mm apart, rows 0.5 mm; the middle of the first pixel is the image's position
    expect(drawn()[0]?.data.handles.points).toEqual([
      [0.125, 0.25, 2],
      [1.125, 1.25, 2],
    ]);
  });

  test.each(['Length', 'Bidirectional', 'Angle', 'CobbAngle', 'EllipticalROI', 'RectangleROI', 'Probe'])(
    'is kept again as it came: %s',
    (tool) => {
      const pixels = [
        [1, 1],
        [5, 3],
        [2.5, 2],
        [3, 0.5],
      ];
      expect(keptAgain(stored({ tool, pixels, label: '结节' }))).toMatchObject({
        uid: 'm1',
        tool,
        imageId: lower,
        pixels,
        label: '结节',
      });
    },
  );

  test('an outline keeps its course; it is closed, and measured as a region', () => {
    const outline = [
      [1, 1],
      [4, 1],
      [4, 3],
      [1, 3],
    ];
    const again = keptAgain(stored({ tool: 'PlanarFreehandROI', pixels: outline }));
    expect(again?.pixels).toEqual(outline);
    expect(again?.polyline).toHaveLength(4);
    expect(drawn()[0]?.data.contour).toMatchObject({ closed: true });
  });

  test('a draft that has only places in the patient stands there', () => {
    const { pixels: _pixels, ...old } = stored({
      points: [
        [0.125, 0.25, 2],
        [1.125, 1.25, 2],
      ],
    });
    expect(keptAgain(old)?.pixels).toEqual([
      [1, 1],
      [5, 3],
    ]);
  });

  test('keeps the place of its words only where somebody moved them', () => {
    expect(keptAgain(stored({ textBox: [7, 8, 2] }))?.textBox).toEqual([7, 8, 2]);
    eraseAll();
    expect(keptAgain(stored({}))).not.toHaveProperty('textBox');
  });

  test('keeps what it measured while its image is not on the screen, and takes what is measured anew', () => {
    const values = [{ quantity: 'length', value: 12.3, unit: 'mm' }];
    expect(keptAgain(stored({ values, words: '12.3 mm' }))?.values).toEqual(values);
    const [first] = drawn();
    if (first) first.data.cachedStats = { [`imageId:${lower}`]: { length: 15, unit: 'mm' } };
    expect(serializeMeasurements(set.imageIds, new Map([['m1', '15.0 mm']]))[0]).toMatchObject({
      values: [{ quantity: 'length', value: 15, unit: 'mm' }],
      words: '15.0 mm',
    });
  });

  test('the half of a ratio stays that half', () => {
    expect(keptAgain(stored({ role: 'heart' }))?.role).toBe('heart');
  });

  test('is drawn once, however often it comes back', () => {
    restoreMeasurements([stored({})], set.imageIds);
    restoreMeasurements([stored({ label: '另一次' })], set.imageIds);
    expect(drawn().map(({ data }) => data.label)).toEqual(['']);
  });

  test('on an image that is not here is left out', () => {
    restoreMeasurements([stored({ imageId: upper })], [lower]);
    expect(drawn()).toEqual([]);
    restoreMeasurements([stored({ imageId: upper })], set.imageIds);
    expect(serializeMeasurements([lower], none)).toEqual([]);
  });

  test("of another's report is locked, and no measurement of this reader", () => {
    restoreMeasurements([stored({})], set.imageIds, { foreign: true });
    expect(drawn()[0]?.isLocked).toBe(true);
    expect(serializeMeasurements(set.imageIds, none)).toEqual([]);
  });

  test('takes the frame of reference of its image where it was kept without one', () => {
    restoreMeasurements([stored({ frameOfReferenceUid: '' })], set.imageIds);
    expect(drawn()[0]?.metadata.FrameOfReferenceUID).toBe('1.9');
  });

  test('what was drawn without a point is not kept', () => {
    restoreMeasurements([stored({ pixels: [] })], set.imageIds);
    expect(drawn()).toHaveLength(1);
    expect(serializeMeasurements(set.imageIds, none)).toEqual([]);
  });
});

describe('a calibration', () => {
  afterEach(() => calibrate(lower, null));

  test('gives the pixel a size: what is drawn stays on its pixels and measures more', () => {
    restoreMeasurements([stored({})], set.imageIds);
    const kept = serializeMeasurements(set.imageIds, none);
    eraseAll();
    calibrate(lower, [5, 2.5]);
    expect(currentSpacing(lower)).toEqual({ mm: [5, 2.5], source: 'user' });
    restoreMeasurements(kept, set.imageIds);
    expect(drawn()[0]?.data.handles.points).toEqual([
      [1.25, 2.5, 2],
      [11.25, 12.5, 2],
    ]);
    expect(serializeMeasurements(set.imageIds, none)[0]?.pixels).toEqual(kept[0]?.pixels);
  });

  test('of one image says nothing of the next, and taken back the header stands', () => {
    calibrate(lower, [5, 2.5]);
    expect(currentSpacing(upper)).toEqual({ mm: [0.5, 0.25], source: 'patient' });
    calibrate(lower, null);
    expect(currentSpacing(lower)).toEqual({ mm: [0.5, 0.25], source: 'patient' });
    expect(currentSpacing('wadors:/unknown')).toBeUndefined();
  });
});
