import { describe, expect, test } from 'vitest';
import { dicomDate, dicomTime, number, numbers, text } from '../../../viewer/src/panes/study/dicomJson.ts';
import { displaySetsOf, frameOf, imageIndexOf } from '../../../viewer/src/panes/study/displaySets.ts';
import { element, slice } from './dataSets.ts';

const kinds = (...instances: Parameters<typeof displaySetsOf>[0]) =>
  displaySetsOf(instances).map((set) => [set.kind, set.instances.length]);
const numbersOf = (...instances: Parameters<typeof displaySetsOf>[0]) =>
  displaySetsOf(instances)[0]?.instances.map((each) => number(each, '00200013'));
const orientation = (...cosines: number[]) => ({ '00200037': element('DS', ...cosines) });

describe('what scrolls together', () => {
  test('images of another size or another plane are another stack', () => {
    const large = { '00280010': element('US', 512), '00280011': element('US', 512) };
    const coronal = orientation(1, 0, 0, 0, 0, -1);
    expect(kinds(slice(1), slice(2), slice(3, large), slice(4, coronal))).toEqual([
      ['stack', 2],
      ['stack', 1],
      ['stack', 1],
    ]);
  });

  test('rounding errors in the direction do not tear a stack apart', () => {
    const nearly = orientation(1, -0.00001, 0, 0.00001, 1, -0.000002);
    expect(kinds(slice(1), slice(2, nearly), slice(3))).toEqual([['stack', 3]]);
  });

  test.each(['DX', 'CR', 'MG', 'RG', 'IO', 'PX'])('every %s image stands alone', (modality) => {
    const view = { '00080060': element('CS', modality) };
    expect(kinds(slice(1, view), slice(2, view))).toEqual([
      ['stack', 1],
      ['stack', 1],
    ]);
  });

  test('a frame of float pixels is an image; an object without pixels or size is none', () => {
    const { '7FE00010': pixels, '00280010': rows, ...bare } = slice(1);
    const floats = { '7FE00008': { vr: 'OF', BulkDataURI: '/x' } };
    expect(kinds({ ...bare, '00280010': rows, ...floats })).toEqual([['stack', 1]]);
    expect(kinds({ ...bare, '00280010': rows })).toEqual([['other', 1]]);
    expect(kinds({ ...bare, '7FE00010': pixels })).toEqual([['other', 1]]);
  });

  test.each([
    ['1.2.840.10008.5.1.4.1.1.104.1', 'pdf'],
    ['1.2.840.10008.5.1.4.1.1.88.59', 'key-objects'],
    ['1.2.840.10008.5.1.4.1.1.88.33', 'sr'],
    ['1.2.840.10008.5.1.4.1.1.88.67', 'sr'],
    ['1.2.840.10008.5.1.4.1.1.66', 'other'],
  ])('an object of the class %s is shown as %s and has no images', (sopClass, kind) => {
    const [set] = displaySetsOf([{ '00080016': element('UI', sopClass), '00080018': element('UI', '9') }]);
    expect([set?.kind, set?.imageIds]).toEqual([kind, []]);
  });
});

describe('the order of a stack', () => {
  test('is the devices own where two phases lie on one position', () => {
    const phases = [5, 3, 1, 6, 4, 2].map((n) =>
      slice(n, { '00200032': element('DS', 0, 0, Math.ceil(n / 2)) }),
    );
    expect(numbersOf(...phases)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('is the devices own where one slice has no position', () => {
    const { '00200032': _position, ...unplaced } = slice(2);
    expect(numbersOf(slice(3), unplaced, slice(1))).toEqual([1, 2, 3]);
  });

  test('goes from the head and from the left, whatever the numbers say', () => {
    expect(numbersOf(...[1, 2, 3].map((n) => slice(n, { '00200032': element('DS', 0, 0, -n) })))).toEqual([
      1, 2, 3,
    ]);
    const sagittal = orientation(0, 1, 0, 0, 0, -1); // its normal points to the right
    const cut = [1, 2, 3].map((n) => slice(n, { ...sagittal, '00200032': element('DS', n, 0, 0) }));
    expect(numbersOf(...cut)).toEqual([1, 2, 3]);
  });

  test('sets stand by their first number, localizers behind them', () => {
    const localizer = { '00080008': element('CS', 'ORIGINAL', 'PRIMARY', 'LOCALIZER') };
    const wide = { '00280011': element('US', 9), '0008103E': element('LO', '动脉期') };
    const sets = displaySetsOf([slice(1, localizer), slice(7), slice(2, wide)]);
    expect(sets.map((set) => set.description)).toEqual(['动脉期', '', 'LOC']);
  });
});

describe('places in a set', () => {
  const frames = (n: number, count: number) => slice(n, { '00280008': element('IS', count) });
  const [cine] = displaySetsOf([frames(1, 3)]);
  const [stack] = displaySetsOf([1, 2, 3].map((n) => slice(n)));
  if (!cine || !stack) throw new Error('no display set');

  test('an image is an object and one of its frames, and back', () => {
    for (const set of [cine, stack])
      for (const index of set.imageIds.keys()) {
        const place = frameOf(set, index);
        const sopInstanceUid = text(place?.instance ?? {}, '00080018');
        expect(imageIndexOf(set, { sopInstanceUid, frame: place?.frame ?? 0 })).toBe(index);
        expect(set.imageIds[index]).toContain(`/${sopInstanceUid}/frames/${place?.frame}`);
      }
    expect(frameOf(cine, 3)).toBeNull();
  });

  test('a frame that the object does not have is its last or its first; another object is none', () => {
    const at = (frame: number, sopInstanceUid = '1.2.3.1') => imageIndexOf(cine, { sopInstanceUid, frame });
    expect([at(9), at(0), at(1, '1.2.3.9')]).toEqual([2, 0, null]);
  });

  test('a document has no place for an image', () => {
    const [sr] = displaySetsOf([
      { '00080016': element('UI', '1.2.840.10008.5.1.4.1.1.88.33'), '00080018': element('UI', '9') },
    ]);
    expect(sr && imageIndexOf(sr, { sopInstanceUid: '9', frame: 1 })).toBeNull();
  });

  test.each([
    [{ '00082144': element('IS', 12), '00180040': element('IS', 20) }, 12],
    [{ '00180040': element('IS', 20), '00181063': element('DS', 10) }, 20],
    [{ '00181063': element('DS', 33.3) }, 30],
    [{ '00181063': element('DS', 0) }, null],
    [{}, null],
  ])(
    'the rate of a cine: recommended, then of the display, then by the time of a frame (%j)',
    (more, rate) => {
      expect(displaySetsOf([{ ...frames(1, 3), ...more }])[0]?.frameRate).toBe(rate);
    },
  );
});

describe('values of DICOM JSON', () => {
  const data = {
    a: element('PN', { Alphabetic: 'WANG^WU', Ideographic: '王^五' }),
    b: element('PN', { Alphabetic: 'SMITH^JOHN^^' }),
    c: element('DS', '1.5', 'x', 2),
    d: { vr: 'LO' },
    e: element('LO', null),
    f: element('DS', 'abc'),
  };
  test('a name is said in Hanzi where it has them', () => {
    expect([text(data, 'a'), text(data, 'b')]).toEqual(['王 五', 'SMITH JOHN']);
  });
  test('what is not there is empty, what is no number is none', () => {
    expect([text(data, 'd'), text(data, 'e'), text(data, 'z')]).toEqual(['', '', '']);
    expect([number(data, 'c'), number(data, 'd'), number(data, 'f')]).toEqual([1.5, null, null]);
    expect(numbers(data, 'c')).toEqual([1.5, 2]);
  });
  test.each([
    ['20261122', '2026-11-22'],
    ['2026.11.22', '2026-11-22'],
    ['202611', ''],
    ['', ''],
  ])('the date %j is %j', (given, said) => expect(dicomDate(given)).toBe(said));
  test.each([
    ['103205.12', '10:32:05'],
    ['1032', '10:32'],
    ['10:32:05', '10:32:05'],
    ['10', ''],
  ])('the time %j is %j', (given, said) => expect(dicomTime(given)).toBe(said));
});
