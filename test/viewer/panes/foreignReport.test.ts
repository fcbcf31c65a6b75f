import { describe, expect, test } from 'vitest';
import type { DataSet } from '../../../viewer/src/panes/study/dicomJson.ts';
import { displaySetsOf } from '../../../viewer/src/panes/study/displaySets.ts';
import { reportedMeasurements } from '../../../viewer/src/panes/study/measurementReport.ts';
import { children, concept, content, element, reference, slice } from './dataSets.ts';

const sets = displaySetsOf([slice(1), slice(2)]);

interface Drawn {
  type: string;
  points: number[];
  image?: string;
  more?: DataSet[];
}
const drawn = ({ type, points, image = '1.2.3.1', more = [] }: Drawn): DataSet =>
  content('SCOORD', '', {
    '00700023': element('CS', type),
    '00700022': element('FL', ...points),
    ...children(content('IMAGE', '', reference(image)), ...more),
  });
const length = (code: string, value: string, unit: string, ...below: DataSet[]): DataSet =>
  content('NUM', code, {
    '0040A300': element('SQ', { '0040A30A': element('DS', value), '004008EA': concept(unit) }),
    ...children(...below),
  });
const group = (...items: DataSet[]) => content('CONTAINER', '125007', children(...items));
const read = (...groups: DataSet[]) =>
  reportedMeasurements(
    content('CONTAINER', '126000', children(content('CONTAINER', '126010', children(...groups)))),
    sets,
  );

const square = [0, 0, 10, 0, 10, 10, 0, 10];

describe('a measurement report of another maker', () => {
  test.each<[string, Drawn[], number[][]]>([
    ['Probe', [{ type: 'POINT', points: [3, 4] }], [[3, 4]]],
    ['Length', [{ type: 'POLYLINE', points: [1, 2, 3, 4] }], [[1, 2], [3, 4]]],
    ['Angle', [{ type: 'POLYLINE', points: [1, 2, 3, 4, 5, 2] }], [[1, 2], [3, 4], [5, 2]]],
    ['Bidirectional', [{ type: 'POLYLINE', points: [0, 0, 9, 0] }, { type: 'POLYLINE', points: [4, -2, 4, 2] }], [[0, 0], [9, 0], [4, -2], [4, 2]]],
    ['PlanarFreehandROI', [{ type: 'POLYLINE', points: [...square, 0, 0] }], [[0, 0], [10, 0], [10, 10], [0, 10]]],
    ['EllipticalROI', [{ type: 'CIRCLE', points: [10, 10, 13, 14] }], [[10, 15], [10, 5], [5, 10], [15, 10]]],
    ['EllipticalROI', [{ type: 'ELLIPSE', points: [0, 5, 20, 5, 10, 0, 10, 10] }], [[10, 10], [10, 0], [0, 5], [20, 5]]],
  ])('is drawn by the tool that fits: %s', (tool, graphics, pixels) => {
    const [made] = read(group(...graphics.map(drawn)));
    expect(made).toMatchObject({ tool, pixels, uid: `report-0-${sets[0]?.imageIds[1]}` });
  }); // prettier-ignore

  test('an outline that is not closed keeps its last corner', () => {
    const [made] = read(group(drawn({ type: 'POLYLINE', points: square })));
    expect(made?.pixels).toEqual([[0, 0], [10, 0], [10, 10], [0, 10]]); // prettier-ignore
  });

  test.each<[string, Drawn]>([
    ['a shape that no tool draws', { type: 'MULTIPOINT', points: [1, 2, 3, 4] }],
    ['an ellipse of two points', { type: 'ELLIPSE', points: [1, 2, 3, 4] }],
    ['an image that is not here', { type: 'POINT', points: [1, 2], image: '9.9' }],
  ])('%s is left out', (_name, graphic) => expect(read(group(drawn(graphic)))).toEqual([]));

  test('a group without a drawing, or one whose drawing names no image, is left out', () => {
    const nowhere = content('SCOORD', '', {
      '00700023': element('CS', 'POINT'),
      '00700022': element('FL', 1, 2),
    });
    expect(read(group(length('410668003', '12', 'mm')), group(nowhere))).toEqual([]);
  });

  test.each([
    ['410668003', 'mm', 'length', 'mm'],
    ['103339001', 'cm', 'length', 'cm'],
    ['103340004', 'mm', 'width', 'mm'],
    ['285285000', 'deg', 'angle', '°'],
    ['42798000', 'mm2', 'area', 'mm²'],
    ['112031', "[hnsf'U]", 'value', 'HU'],
    ['42798000', '[in_i]', 'area', ''],
  ])('the number %s in %s is the %s in %j', (code, ucum, quantity, unit) => {
    const line = drawn({ type: 'POLYLINE', points: [1, 2, 3, 4] });
    expect(read(group(length(code, '12.5', ucum), line))[0]?.values).toEqual([
      { quantity, value: 12.5, unit },
    ]);
  });

  test('a mean, a number of another kind and one that is not there are no values', () => {
    const line = drawn({ type: 'POLYLINE', points: [1, 2, 3, 4] });
    const mean = length(
      '112031',
      '40',
      "[hnsf'U]",
      content('CODE', '121401', { '0040A168': concept('R-00317') }),
    );
    const empty = content('NUM', '410668003');
    expect(read(group(mean, length('8302-2', '1', 'm'), empty, line))[0]?.values).toEqual([]);
  });

  test('its words and its own number are kept', () => {
    const words = content('TEXT', '121106', { '0040A160': element('UT', '较前增大') });
    const uid = content('UIDREF', '112040', { '0040A124': element('UI', '2.25.9') });
    expect(read(group(uid, words, drawn({ type: 'POINT', points: [3, 4] })))[0]).toMatchObject({
      uid: '2.25.9',
      label: '较前增大',
    });
  });
});
