import { describe, expect, test } from 'vitest';
import { fill, hang, remember, withoutPrior } from '../../viewer/src/centers/imaging/hanging.ts';
import { nearestFirst } from '../../viewer/src/panes/cornerstone/nearestFirst.ts';
import { windowOfValues } from '../../viewer/src/panes/cornerstone/windowOfValues.ts';
import { thinOutline } from '../../viewer/src/centers/imaging/thinOutline.ts';
import { firstPixel, wordsOfPlane } from '../../viewer/src/panes/study/overlayPlane.ts';
import { reformat, shade, slabOf } from '../../viewer/src/panes/mpr/reformat.ts';
import { emptyVolume, fillSlice, unsuitable } from '../../viewer/src/panes/mpr/volume.ts';
import type { DataSet } from '../../viewer/src/panes/study/dicomJson.ts';
import { displaySetsOf, slicePosition } from '../../viewer/src/panes/study/displaySets.ts';
import { nearestSlice, sameDirection } from '../../viewer/src/panes/study/nearestSlice.ts';
import { letters, orientationLetters } from '../../viewer/src/panes/study/orientation.ts';

const element = (vr: string, ...values: unknown[]) => ({ vr, Value: values });
const axial = ['1', '0', '0', '0', '1', '0'].map(Number);

function image(n: number, more: DataSet = {}): DataSet {
  return {
    '00080016': element('UI', '1.2.840.10008.5.1.4.1.1.2'),
    '00080018': element('UI', `1.2.3.${n}`),
    '00080060': element('CS', 'CT'),
    '0020000D': element('UI', '1.2'),
    '0020000E': element('UI', '1.2.3'),
    '00200013': element('IS', n),
    '00200032': element('DS', 0, 0, n * 2),
    '00200037': element('DS', ...axial),
    '00280004': element('CS', 'MONOCHROME2'),
    '00280010': element('US', 4),
    '00280011': element('US', 6),
    '00280030': element('DS', 0.5, 0.25),
    '7FE00010': { vr: 'OW', BulkDataURI: '/bulkdata' },
    ...more,
  };
}

describe('display sets', () => {
  test('slices stand head first whatever order they came in', () => {
    const [set] = displaySetsOf([3, 1, 4, 2].map((n) => image(n)));
    expect(set?.instances.map(slicePosition)).toEqual([8, 6, 4, 2]);
    expect(set?.imageIds[0]).toBe('wadors:/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/frames/1');
  });

  test('a localizer, a multi-frame object and a document stand apart from the slices', () => {
    const sets = displaySetsOf([
      image(1, { '00080008': element('CS', 'ORIGINAL', 'PRIMARY', 'LOCALIZER') }),
      image(2),
      image(3),
      image(4, { '00280008': element('IS', 30), '00181063': element('DS', 40) }),
      { '00080016': element('UI', '1.2.840.10008.5.1.4.1.1.104.1'), '00080018': element('UI', '9') },
    ]);
    expect(sets.map((set) => [set.kind, set.imageIds.length]).sort()).toEqual([
      ['cine', 30],
      ['pdf', 0],
      ['stack', 1],
      ['stack', 2],
    ]);
    expect(sets.find((set) => set.kind === 'cine')?.frameRate).toBe(25);
    expect(sets.at(-1)?.description).toContain('LOC');
  });

  test('each projection image has a viewport of its own', () => {
    const dx = { '00080060': element('CS', 'DX') };
    expect(displaySetsOf([image(1, dx), image(2, dx)])).toHaveLength(2);
  });

  test('equal positions keep the order of the device', () => {
    const same = { '00200032': element('DS', 0, 0, 5) };
    const [set] = displaySetsOf([image(2, same), image(1, same)]);
    expect(set?.instances.map((each) => each['00200013']?.Value?.[0])).toEqual([1, 2]);
  });
});

describe('hanging', () => {
  const sets = displaySetsOf([
    image(1, { '00080060': element('CS', 'DX') }),
    image(2, { '00080060': element('CS', 'DX') }),
  ]);
  test('two views stand side by side', () => {
    expect(hang(sets, [])).toEqual({
      layout: { rows: 1, columns: 2 },
      shown: sets.map((set) => set.id),
      priorAt: [],
    });
  });
  test("a person's own protocol comes first", () => {
    const [first] = sets;
    if (!first) throw new Error('no display set');
    const own = remember([], first, 2, { rows: 2, columns: 1 });
    expect(hang(sets, own).layout).toEqual({ rows: 2, columns: 1 });
    expect(remember(own, first, 2, { rows: 1, columns: 1 })).toHaveLength(1);
  });
  test("the prior has its own viewport, today's images stand in the others", () => {
    const [first, second] = sets.map((set) => set.id);
    const two = { rows: 2, columns: 2 };
    const hung = hang(sets, [{ modality: 'DX', atLeast: 1, layout: two, priorAt: [2] }]);
    expect(hung).toEqual({ layout: two, shown: [first, undefined, second], priorAt: [1] });
    expect(fill(hung.shown, [], sets, 4)).toEqual([first, undefined, second]);
    expect(fill([first], [], sets, 2)).toEqual([first, second]);
  });
  test('a prior that is closed leaves no empty viewport', () => {
    const [first, second] = sets.map((set) => set.id);
    const [one, two] = [
      { rows: 1, columns: 1 },
      { rows: 1, columns: 2 },
    ];
    expect(withoutPrior([first, 'prior'], two, one, sets)).toEqual({ layout: one, shown: [first] });
    expect(withoutPrior([first, 'prior'], two, null, sets)).toEqual({ layout: two, shown: [first, second] });
    expect(withoutPrior(['prior', first], two, null, sets.slice(0, 1))).toEqual({
      layout: one,
      shown: [first],
    });
  });
  test('a protocol kept before viewports could be chosen has its prior in the last one', () => {
    const kept = hang(sets, [{ modality: 'DX', atLeast: 1, layout: { rows: 1, columns: 1 }, prior: true }]);
    expect(kept).toEqual({ layout: { rows: 1, columns: 2 }, shown: [sets[0]?.id], priorAt: [1] });
  });
  test('a layout is remembered with the viewport of its prior', () => {
    const [first] = sets;
    if (!first) throw new Error('no display set');
    expect(remember([], first, 2, { rows: 1, columns: 2 }, [2])).toMatchObject([
      { atLeast: 1, priorAt: [2] },
    ]);
  });
});

describe('orientation letters', () => {
  const plain = { rotation: 0, flipHorizontal: false, flipVertical: false };
  test('an axial image shows the patient from the feet', () => {
    expect(orientationLetters(axial, plain)).toEqual({ right: 'L', left: 'R', top: 'A', bottom: 'P' });
  });
  test('flips and turns move them', () => {
    expect(orientationLetters(axial, { ...plain, flipHorizontal: true })?.right).toBe('R');
    expect(orientationLetters(axial, { ...plain, rotation: 90 })).toEqual({
      right: 'A',
      left: 'P',
      top: 'R',
      bottom: 'L',
    });
  });
  test('a projection bears what its Patient Orientation says', () => {
    expect(orientationLetters([], plain, ['L', 'F'])).toEqual({
      right: 'L',
      left: 'R',
      top: 'H',
      bottom: 'F',
    });
    expect(orientationLetters([], { ...plain, flipHorizontal: true }, ['L', 'F'])?.right).toBe('R');
    expect(orientationLetters([], plain, ['L'])).toBeNull();
  });
  test('an oblique direction names both', () => {
    expect(letters([0.8, 0.6, 0])).toBe('LP');
    expect(orientationLetters([], plain)).toBeNull();
  });
});

test('a stack is loaded from the current image outward, within what the cache holds', () => {
  expect([...nearestFirst(7, 3, 5)]).toEqual([3, 4, 2, 5, 1]);
  expect([...nearestFirst(7, 0, 5)]).toEqual([0, 1, 2, 3, 4]);
  expect([...nearestFirst(3, 2, 9)]).toEqual([2, 1, 0]);
});

describe('linked scrolling', () => {
  test('goes with images that cut the patient in the same direction alone', () => {
    const cut = (...orientation: number[]) => ({ '00200037': element('DS', ...orientation) });
    const tilted = cut(1, 0, 0, 0, Math.cos(0.26), Math.sin(0.26));
    expect(sameDirection(cut(1, 0, 0, 0, 1, 0), tilted)).toBe(true);
    expect(sameDirection(cut(1, 0, 0, 0, 1, 0), cut(1, 0, 0, 0, 0, -1))).toBe(false);
    expect(sameDirection(cut(1, 0, 0, 0, 1, 0), {})).toBe(false);
  });
  test('finds the nearest position and passes over images without one', () => {
    expect(nearestSlice([10, null, 4, 1], 3)).toBe(2);
    expect(nearestSlice([null], 3)).toBe(-1);
  });
});

describe('reformatting', () => {
  const [set] = displaySetsOf(Array.from({ length: 8 }, (_, n) => image(n + 1)));
  if (!set) throw new Error('no display set');
  const volume = emptyVolume(set);
  // value = 100 × slice + 10 × row + column
  for (let k = 0; k < 8; k += 1)
    fillSlice(
      volume,
      k,
      Array.from({ length: 24 }, (_, i) => 100 * k + 10 * Math.floor(i / 6) + (i % 6)),
    );

  test('geometry comes from the headers', () => {
    expect(unsuitable(set)).toBeNull();
    expect(volume.size).toEqual([6, 4, 8]);
    expect(volume.spacingMm).toEqual([0.25, 0.5, 2]);
    expect(volume.axes[2][2]).toBe(-1);
  });
  test('the three planes hold the voxels they should', () => {
    expect([...reformat(volume, 2, 3).values].slice(0, 7)).toEqual([300, 301, 302, 303, 304, 305, 310]);
    const coronal = reformat(volume, 1, 2);
    expect([coronal.width, coronal.height, coronal.values[6]]).toEqual([6, 8, 120]);
    const sagittal = reformat(volume, 0, 5);
    expect([sagittal.width, sagittal.height, sagittal.values[4]]).toEqual([4, 8, 105]);
  });
  test('slabs project maximum, minimum and mean, cut at the border', () => {
    expect(reformat(volume, 2, 3, 'max', 10).values[0]).toBe(500);
    expect(reformat(volume, 2, 3, 'min', 10).values[0]).toBe(100);
    expect(reformat(volume, 2, 3, 'mean', 10).values[0]).toBe(300);
    expect(reformat(volume, 2, 0, 'max', 10).values[0]).toBe(200);
  });
  test('a slab is as thick as it says: the slices of 2 mm that come nearest', () => {
    const thick = (mm: number) => slabOf(volume, 2, 3, 'max', mm);
    expect([thick(1), thick(2), thick(4), thick(6), thick(10)]).toEqual([
      [3, 3],
      [3, 3],
      [3, 4],
      [2, 4],
      [1, 5],
    ]);
    expect(slabOf(volume, 2, 3, 'none', 10)).toEqual([3, 3]);
    expect(slabOf(volume, 2, 7, 'mean', 10)).toEqual([5, 7]);
  });
  test('uneven slices and colour are refused', () => {
    const uneven = displaySetsOf([1, 2, 3, 4, 5, 6, 7, 20].map((n) => image(n)))[0];
    expect(uneven && unsuitable(uneven)).toBe('spacing');
    const colour = displaySetsOf(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => image(n, { '00280004': element('CS', 'RGB') })),
    )[0];
    expect(colour && unsuitable(colour)).toBe('images');
  });
  test('the window is linear between its borders', () => {
    const out = new Uint8ClampedArray(4 * 3);
    shade(
      { width: 3, height: 1, values: Int16Array.from([-100, 40, 400]) },
      { width: 81, center: 40.5 },
      false,
      out,
    );
    expect([out[0], out[4], out[8]]).toEqual([0, 128, 255]);
  });
});

test('a window from values leaves single bright pixels out and is never too narrow', () => {
  const values = [...Array.from({ length: 1000 }, (_, i) => i % 100), 30_000];
  expect(windowOfValues(values)).toEqual({ lower: 1, upper: 99 });
  expect(windowOfValues([40, 40, 40], 10)).toEqual({ lower: 35, upper: 45 });
});

test('a long outline is kept, thinned evenly from its first point', () => {
  const outline = Array.from({ length: 1234 }, (_, i) => i);
  const kept = thinOutline(outline);
  expect(kept.length).toBeLessThanOrEqual(400);
  expect(kept.slice(0, 3)).toEqual([0, 4, 8]);
  expect(thinOutline([1, 2, 3])).toEqual([1, 2, 3]);
});

describe('overlay planes', () => {
  test('are named by label and description, once where they say the same', () => {
    expect(wordsOfPlane({ label: '病灶标记', description: '左侧第三掌骨' })).toBe('病灶标记 左侧第三掌骨');
    expect(wordsOfPlane({ label: 'ROI 1 ', description: 'ROI 1' })).toBe('ROI 1');
    expect(wordsOfPlane({ label: '', description: ' ' })).toBe('');
  });
  test('have their name where their first pixel is', () => {
    const bits = new Uint8Array(4); // 5 columns, 6 rows: pixel 17 is the third of the fourth row
    bits[2] = 0b10;
    expect(firstPixel({ bits, columns: 5, rows: 6 })).toEqual([2, 3]);
    expect(firstPixel({ bits: new Uint8Array(4), columns: 5, rows: 6 })).toEqual([0, 0]);
  });
});
