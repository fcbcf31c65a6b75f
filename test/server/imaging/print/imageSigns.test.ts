import { describe, expect, test } from 'vitest';
import { imageSigns } from '../../../../server/imaging/print/imageSigns.ts';
import { tags, type ElementList } from '../../../../server/standards/dicom/index.ts';
import { dataSetOf } from '../modality/device.ts';

const signs = (list: ElementList, frame = 1) => imageSigns(dataSetOf(list), frame);
const plane = (...cosines: number[]): ElementList => [[tags.imageOrientationPatient, cosines.map(String)]];
const said = (...sides: string[]): ElementList => [[0x00200020, sides, 'CS']];
/** Right, bottom, left, top: as a person goes round the picture. */
const round = (list: ElementList, frame = 1) => {
  const { sides } = signs(list, frame);
  return sides && [sides.right, sides.bottom, sides.left, sides.top].join(' ');
};

describe('the sides of a picture', () => {
  test.each<[string, ElementList, string | null]>([
    ['axial', plane(1, 0, 0, 0, 1, 0), 'L P R A'],
    ['coronal', plane(1, 0, 0, 0, 0, -1), 'L F R H'],
    ['sagittal', plane(0, 1, 0, 0, 0, -1), 'P F A H'],
    ['axial, patient on his belly', plane(-1, 0, 0, 0, -1, 0), 'R A L P'],
    ['tilted by ten degrees keeps one letter', plane(0.985, 0.174, 0, -0.174, 0.985, 0), 'L P R A'],
    ['oblique by thirty has two, the stronger first', plane(0.866, 0.5, 0, 0, 0, -1), 'LP F RA H'],
    ['in no direction above all: never three letters', plane(0.577, 0.577, 0.577, 0, 0, -1), 'LP F RA H'],
    ['of a chest, as its device says', said('L', 'F'), 'L F R H'],
    ['of a foot, in compound words', said('A', 'RF'), 'A RF P LH'],
    ['said with blanks', said('L ', ' F'), 'L F R H'],
    ['the geometry is believed before the words', [...plane(1, 0, 0, 0, 1, 0), ...said('R', 'H')], 'L P R A'],
    ['five cosines are none, the words stand', [...plane(1, 0, 0, 0, 1), ...said('L', 'F')], 'L F R H'],
    ['of nothing known', [], null],
    ['of an animal, in words that people do not have', said('CR', 'D'), null],
    ['of one side only', said('L'), null],
    ['of zeros', plane(0, 0, 0, 0, 0, 0), null],
  ])('%s', (_what, list, expected) => {
    expect(round(list)).toBe(expected);
  });

  test('of an enhanced object: the group of the frame, else the shared one', () => {
    const orientation = (...cosines: number[]): ElementList => [[0x00209116, [plane(...cosines)], 'SQ']];
    const list: ElementList = [
      [0x52009229, [orientation(1, 0, 0, 0, 1, 0)], 'SQ'],
      [0x52009230, [[], orientation(0, 1, 0, 0, 0, -1)], 'SQ'],
    ];
    expect([1, 2, 3].map((frame) => round(list, frame))).toEqual(['L P R A', 'P F A H', 'L P R A']);
  });
});

describe('how long a pixel is, and where', () => {
  const spacing = (tag: number, row: number, column: number): ElementList => [
    [tag, [String(row), String(column)], 'DS'],
  ];
  const own = (row: number, column: number) => spacing(tags.pixelSpacing, row, column);
  const imager = (row: number, column: number) => spacing(tags.imagerPixelSpacing, row, column);
  const modality = (text: string): ElementList => [[tags.modality, text]];
  const region = (units: number, delta: number): ElementList => [
    [0x00186011, [[[0x00186024, units, 'US'], [0x0018602c, delta, 'FD']]], 'SQ'],
  ]; // prettier-ignore

  test.each<[string, ElementList, [number, string] | null]>([
    ['CT: in the patient', [...modality('CT'), ...own(0.5, 0.75)], [0.75, '']],
    ['X-ray with the spacing of its detector', [...modality('DX'), ...own(0.2, 0.2)], [0.2, '探测器']],
    ['X-ray that says both alike', [...modality('CR'), ...own(0.2, 0.2), ...imager(0.2, 0.2)], [0.2, '探测器']],
    ['X-ray corrected to the patient', [...modality('DX'), ...own(0.15, 0.15), ...imager(0.2, 0.2)], [0.15, '']],
    ['X-ray calibrated by a sphere', [...modality('DX'), ...own(0.2, 0.2), [0x00280a02, 'FIDUCIAL', 'CS']], [0.2, '']],
    ['X-ray of the detector only', [...modality('DX'), ...imager(0.14, 0.14)], [0.14, '探测器']],
    ['mammogram with its magnification', [...modality('MG'), ...imager(0.1, 0.1), [0x00181114, '2', 'DS']], [0.05, '按放大率']],
    ['a magnification below one says nothing', [...modality('MG'), ...imager(0.1, 0.1), [0x00181114, '0.5', 'DS']], [0.1, '探测器']],
    ['a scanned film', [...modality('DX'), ...spacing(0x00182010, 0.3, 0.3)], [0.3, '探测器']],
    ['ultrasound in its calibrated region', [...modality('US'), ...region(3, -0.025)], [0.25, '超声区']],
    ['a region in seconds', [...modality('US'), ...region(4, 0.01)], null],
    ['a spacing of zero', [...modality('CT'), ...own(0, 0)], null],
    ['a spacing of one number', [...modality('CT'), [tags.pixelSpacing, '0.5', 'DS']], null],
    ['words', [...modality('CT'), [tags.pixelSpacing, ['a', 'b'], 'DS']], null],
    ['nothing', modality('CT'), null],
  ])('%s', (_what, list, expected) => {
    const { scale } = signs(list);
    expect(scale && [Number(scale.mmPerPixel.toFixed(6)), scale.place]).toEqual(expected);
  }); // prettier-ignore

  test('of an enhanced object by frame', () => {
    const measures = (column: number): ElementList => [[0x00289110, [own(1, column)], 'SQ']];
    const list: ElementList = [[0x52009230, [measures(0.5), measures(0.25)], 'SQ']];
    expect([1, 2].map((frame) => signs(list, frame).scale?.mmPerPixel)).toEqual([0.5, 0.25]);
    expect(signs(list, 3).scale).toBeNull();
  });
});
