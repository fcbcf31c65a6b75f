import { describe, expect, test } from 'vitest';
import { measurementReport, type MeasuredGroup } from '../../server/imaging/measurement/measurementReport.ts';
import {
  dicomJson,
  readDataSet,
  transferSyntaxes,
  writeDataSet,
} from '../../server/standards/dicom/index.ts';
import { tidy } from '../../viewer/src/centers/imaging/hanging.ts';
import { valuesOf } from '../../viewer/src/centers/imaging/measuredValues.ts';
import type { DataSet } from '../../viewer/src/panes/study/dicomJson.ts';
import { displaySetsOf } from '../../viewer/src/panes/study/displaySets.ts';
import { reportedMeasurements } from '../../viewer/src/panes/study/measurementReport.ts';
import { holdInside, type Pixel } from '../../viewer/src/panes/study/holdInside.ts';
import { pixelOf, pointOf, type ImagePlane } from '../../viewer/src/panes/study/imagePlane.ts';
import { acrossPlane } from '../../viewer/src/panes/study/nearestSlice.ts';
import { spacingOf } from '../../viewer/src/panes/study/spacing.ts';

const element = (vr: string, ...values: unknown[]) => ({ vr, Value: values });
const image: DataSet = {
  '00080016': element('UI', '1.2.840.10008.5.1.4.1.1.2'), '00080018': element('UI', '1.2.3.4'), '00080060': element('CS', 'CT'),
  '0020000D': element('UI', '1.2'), '0020000E': element('UI', '1.2.3'), '00280010': element('US', 64), '00280011': element('US', 64),
  '00280008': element('IS', 3), '7FE00010': { vr: 'OW', BulkDataURI: '/x' },
}; // prettier-ignore
const sets = displaySetsOf([image]);
const reference = { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.3.4', frame: 2 };

/** What the hub writes, as DICOMweb gives it to the viewer. */
function written(groups: MeasuredGroup[]): DataSet {
  const bytes = writeDataSet(measurementReport({ observer: 'WANG^WU=王^五', modality: 'CT', groups }));
  const { dataSet } = readDataSet(bytes, transferSyntaxes.explicitLittleEndian, { complete: true });
  return dicomJson(dataSet, { bulkDataUri: (path: string) => path }) as DataSet;
}
const group = (tool: string, points: [number, number][], values: MeasuredGroup['values'] = []): MeasuredGroup => ({
  tool, trackingUid: '2.25.7', image: reference, points, values,
}); // prettier-ignore

describe('measurements of a structured report', () => {
  test.each([
    [
      'Length',
      [
        [1, 2],
        [30.5, 2],
      ],
    ],
    [
      'Bidirectional',
      [
        [1, 2],
        [30.5, 2],
        [10, 0],
        [10, 8],
      ],
    ],
    [
      'Angle',
      [
        [1, 2],
        [5, 5],
        [9, 1],
      ],
    ],
    [
      'CobbAngle',
      [
        [1, 2],
        [5, 5],
        [9, 1],
        [7, 7],
      ],
    ],
    [
      'EllipticalROI',
      [
        [20, 30],
        [20, 10],
        [14, 20],
        [26, 20],
      ],
    ],
    [
      'EllipticalROI',
      [
        [20, 24],
        [20, 16],
        [4, 20],
        [36, 20],
      ],
    ],
    [
      'RectangleROI',
      [
        [5, 5],
        [15, 5],
        [5, 25],
        [15, 25],
      ],
    ],
    [
      'PlanarFreehandROI',
      [
        [5, 5],
        [15, 5],
        [17, 25],
        [9, 20],
      ],
    ],
    ['Probe', [[8, 9]]],
    [
      'ArrowAnnotate',
      [
        [8, 9],
        [20, 30],
      ],
    ],
  ] as [string, [number, number][]][])('%s comes back where it was drawn', (tool, points) => {
    const quantities = { Bidirectional: ['length', 'width'], Angle: ['angle'], CobbAngle: ['angle'], Probe: ['value'] } as Record<string, MeasuredGroup['values'][number]['quantity'][]>; // prettier-ignore
    const values = (quantities[tool] ?? ['length']).map((quantity) => ({ quantity, value: 3, unit: 'mm' }));
    const [back] = reportedMeasurements(written([{ ...group(tool, points, values), label: '结节' }]), sets);
    expect(back).toMatchObject({
      tool, pixels: points, label: '结节', uid: '2.25.7',
      imageId: 'wadors:/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/frames/2',
    }); // prettier-ignore
  });

  test('values keep their units; a mean is measured again', () => {
    const [back] = reportedMeasurements(
      written([
        group('EllipticalROI', [[20, 30], [20, 10], [14, 20], [26, 20]], [
          { quantity: 'area', value: 188.5, unit: 'mm²' },
          { quantity: 'mean', value: 41.2, unit: 'HU' },
        ]),
      ]),
      sets,
    ); // prettier-ignore
    expect(back?.values).toEqual([{ quantity: 'area', value: 188.5, unit: 'mm²' }]);
  });

  test('what lies on an image that is not here, and a hostile tree, are left out', () => {
    const elsewhere = { ...group('Length', [[1, 2], [3, 4]], [{ quantity: 'length', value: 3, unit: 'mm' }]), image: { ...reference, sopInstanceUid: '9.9' } }; // prettier-ignore
    expect(reportedMeasurements(written([elsewhere]), sets)).toEqual([]);
    const deep: DataSet = {};
    let node = deep;
    for (let depth = 0; depth < 500; depth += 1) {
      const child: DataSet = {};
      node['0040A730'] = element('SQ', child);
      node = child;
    }
    expect(reportedMeasurements(deep, sets)).toEqual([]);
  });
});

describe('what a pixel measures', () => {
  const dx = { '00080060': element('CS', 'DX') };
  test('a projection image knows its detector, its magnification, or a calibration of the device', () => {
    const imager = { ...dx, '00181164': element('DS', 0.14, 0.14) };
    expect(spacingOf(imager)).toEqual({ mm: [0.14, 0.14], source: 'detector' });
    expect(spacingOf({ ...imager, '00181114': element('DS', 1.4) }).source).toBe('magnified');
    expect(spacingOf({ ...imager, '00181114': element('DS', 1.4) }).mm?.[0]).toBeCloseTo(0.1);
    const own = { ...imager, '00280030': element('DS', 0.1, 0.1) };
    expect(spacingOf(own)).toEqual({ mm: [0.1, 0.1], source: 'patient' });
    expect(spacingOf(imager, [0.5, 0.5])).toEqual({ mm: [0.5, 0.5], source: 'user' });
    expect(spacingOf(dx)).toEqual({ mm: null, source: 'none' });
  });
  test('an ultrasound image takes its regions, in centimetres', () => {
    const region = { '00186024': element('US', 3), '0018602C': element('FD', 0.02), '0018602E': element('FD', 0.03) }; // prettier-ignore
    const us = { '00080060': element('CS', 'US'), '00186011': element('SQ', region) };
    expect(spacingOf(us)).toEqual({ mm: [0.3, 0.2], source: 'region' });
  });
  test('units lose what Cornerstone adds to them', () => {
    expect(valuesOf('Length', { length: 12.34567, unit: 'cm US Region' })).toEqual([
      { quantity: 'length', value: 12.346, unit: 'cm' },
    ]);
  });
});

test('distance of a place from a slice is along its normal', () => {
  const slice = {
    '00200037': element('DS', 1, 0, 0, 0, 1, 0),
    '00200032': element('DS', -10, -10, 30),
  };
  expect(acrossPlane(slice, [100, 50, 34])).toBe(4);
  expect(acrossPlane({}, [0, 0, 0])).toBeNull();
});

test('hanging protocols of an editor are put right before they are kept', () => {
  expect(
    tidy([
      { modality: 'CT', bodyPart: ' chest ', atLeast: 0, layout: { rows: 9, columns: 0 }, prior: true },
      { modality: 'MR', bodyPart: '', atLeast: 2, layout: { rows: 2, columns: 2 } },
    ]),
  ).toEqual([
    { modality: 'CT', bodyPart: 'CHEST', atLeast: 1, layout: { rows: 4, columns: 1 }, priorAt: [4] },
    { modality: 'MR', atLeast: 2, layout: { rows: 2, columns: 2 } },
  ]);
  // Numbers beyond the layout go, and one viewport stays for today's images.
  const [made] = tidy([{ modality: 'DX', atLeast: 1, layout: { rows: 1, columns: 2 }, priorAt: [2, 1, 5] }]);
  expect(made?.priorAt).toEqual([2]);
});

describe('a measurement at the edge of the picture', () => {
  const size = { columns: 100, rows: 50 };
  const from: Pixel = [90, 20];
  test('has its end at the edge, not beyond', () => {
    expect(holdInside([from, [99, 49]], undefined, size)).toBeNull();
    expect(holdInside([from, [130, -7]], [from, [95, 10]], size)).toEqual([from, [99.99, 0.01]]);
  });
  test('keeps its length when it is moved as a whole', () => {
    const before: Pixel[] = [from, [98, 40]];
    const moved = before.map(([x, y]): Pixel => [x + 7, y]);
    const [a, b] = holdInside(moved, before, size) ?? [];
    expect(b?.[0]).toBeCloseTo(99.99);
    expect((b?.[0] ?? 0) - (a?.[0] ?? 0)).toBeCloseTo(8);
  });
  test('an ellipse is cut with its middle in the middle', () => {
    const drawn: Pixel[] = [[90, 10], [90, 30], [70, 20], [110, 20]]; // prettier-ignore
    const cut = holdInside(drawn, undefined, { ...size, ellipse: true }) ?? [];
    expect(cut.map(([x]) => x)).toEqual([84.995, 84.995, 70, 99.99]);
    expect(cut.map(([, y]) => y)).toEqual([10, 30, 20, 20]);
  });
});

describe('places on a picture whose pixels are not square', () => {
  // 0.75 mm between rows, 0.5 mm between columns, coronal.
  const plane: ImagePlane = {
    imagePositionPatient: [-64, 10, 96],
    rowCosines: [1, 0, 0],
    columnCosines: [0, 0, -1],
    rowPixelSpacing: 0.75,
    columnPixelSpacing: 0.5,
  };
  test('columns are counted by the spacing of columns, rows by that of rows', () => {
    expect(pixelOf(plane, [-64, 10, 96])).toEqual([0.5, 0.5]);
    expect(pixelOf(plane, [-64 + 60 * 0.5, 10, 96 - 160 * 0.75])).toEqual([60.5, 160.5]);
  });
  test('and back', () => {
    expect(pointOf(plane, [60.5, 160.5])).toEqual([-34, 10, -24]);
    expect(pixelOf(plane, pointOf(plane, [12.25, 200]))).toEqual([12.25, 200]);
  });
  test('pixels without a size count as one', () => {
    const { rowPixelSpacing, columnPixelSpacing, ...bare } = plane;
    expect([rowPixelSpacing, columnPixelSpacing]).toEqual([0.75, 0.5]);
    expect(pixelOf(bare, [-54, 10, 76])).toEqual([10.5, 20.5]);
  });
});
