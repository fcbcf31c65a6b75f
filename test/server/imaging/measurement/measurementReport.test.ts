import { describe, expect, test } from 'vitest';
import {
  evidence,
  measurementReport,
  type MeasuredGroup,
} from '../../../../server/imaging/measurement/measurementReport.ts';
import { measurementsIn } from '../../../../server/imaging/measurement/storedMeasurement.ts';
import { decimal } from '../../../../server/standards/dicom/contentItem.ts';
import {
  readDataSet,
  sopClasses,
  srTags,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type DataSet,
} from '../../../../server/standards/dicom/index.ts';
import { haveTool, runTool } from '../../../helpers/dicomPeers.ts';

type Point = readonly [number, number];
const image = { sopClassUid: sopClasses.ct, sopInstanceUid: '1.2.3.4', frame: undefined };
const group = (tool: string, points: Point[], values: [string, number, string][], more = {}): MeasuredGroup => ({
  tool, points, image, trackingUid: '2.25.1',
  values: values.map(([quantity, value, unit]) => ({ quantity, value, unit })) as MeasuredGroup['values'],
  ...more,
}); // prettier-ignore

const content = (groups: MeasuredGroup[], modality = 'CT') =>
  readDataSet(
    writeDataSet(measurementReport({ observer: 'LI^SI=李^四', modality, groups })),
    transferSyntaxes.explicitLittleEndian,
  ).dataSet;
const below = (item: DataSet) => item.sequence(srTags.contentSequence);
const codeOf = (item: DataSet | undefined, tag: number = srTags.conceptNameCodeSequence) => {
  const [code] = item?.sequence(tag) ?? [];
  return code && `${code.string(tags.codeValue)} ${code.string(tags.codingSchemeDesignator)}`;
};
/** The measurement groups of a document. */
const groupsOf = (document: DataSet) => below(below(document).at(-1)!);
const items = (of: DataSet, valueType: string) =>
  below(of).filter((item) => item.string(srTags.valueType) === valueType);
const graphic = (item: DataSet) => [
  item.string(srTags.graphicType),
  item.numbers(srTags.graphicData).join(' '),
];

/** Numbers of the first group: concept, value, unit, and the points that they were measured between. */
const numbersOf = (document: DataSet) =>
  items(groupsOf(document)[0]!, 'NUM').map((item) => {
    const [value] = item.sequence(srTags.measuredValueSequence);
    return [
      codeOf(item),
      value!.string(srTags.numericValue),
      codeOf(value, srTags.measurementUnitsCodeSequence),
      ...items(item, 'SCOORD').flatMap(graphic),
    ];
  });

const a: Point = [10, 20];
const b: Point = [30, 20];
const c: Point = [15, 5];
const d: Point = [15, 45];
const cases: [string, MeasuredGroup, (string | undefined)[][]][] = [
  ['a length', group('Length', [a, b], [['length', 29.4, 'mm']]), [['410668003 SCT', '29.4', 'mm UCUM', 'POLYLINE', '10 20 30 20']]],
  ['a length without spacing, in pixels', group('Length', [a, b], [['length', 20, 'px']]), [['410668003 SCT', '20', '{pixels} UCUM', 'POLYLINE', '10 20 30 20']]],
  ['an angle', group('Angle', [a, b, c], [['angle', 45.25, '°']]), [['1483009 SCT', '45.25', 'deg UCUM', 'POLYLINE', '10 20 30 20 15 5']]],
  ['a Cobb angle between two lines', group('CobbAngle', [a, b, c, d], [['angle', 12, '°']]), [['285285000 SCT', '12', 'deg UCUM', 'POLYLINE', '10 20 30 20 15 5 15 45']]],
  [
    'two diameters, each with its own two points',
    group('Bidirectional', [a, b, c, d], [['length', 40, 'mm'], ['width', 20.00004, 'mm']]),
    [['103339001 SCT', '40', 'mm UCUM', 'POLYLINE', '10 20 30 20'], ['103340004 SCT', '20', 'mm UCUM', 'POLYLINE', '15 5 15 45']],
  ],
  ['a point of an X-ray', group('Probe', [a], [['value', 812, '']]), [['1 99COUNTYHUB', '812', '1 UCUM', 'POINT', '10 20']]],
  ['a point of a CT', group('Probe', [a], [['value', -1000, 'HU']]), [['112031 DCM', '-1000', "[hnsf'U] UCUM", 'POINT', '10 20']]],
  ['a heart by its chest, which needs no points', group('CardiothoracicRatio', [a, b, c, d], [['ratio', 0.48, '']]), [['CTR 99COUNTYHUB', '0.48', '1 UCUM']]],
  ['a unit that UCUM does not know', group('Length', [a, b], [['length', 3, '寸']]), [['410668003 SCT', '3', '1 UCUM', 'POLYLINE', '10 20 30 20']]],
]; // prettier-ignore

describe('what was measured, in the words of PS3.16', () => {
  test.each(cases)('%s', (_what, measured, expected) => {
    const document = content([measured]);
    expect(numbersOf(document)).toEqual(expected);
    const [only] = groupsOf(document);
    expect(only!.sequence(srTags.contentTemplateSequence)[0]!.string(srTags.templateIdentifier)).toBe('1501');
  });

  test.each<[string, Point[], string, string]>([
    ['EllipticalROI', [a, b, c, d], 'ELLIPSE', '15 5 15 45 10 20 30 20'], // the long axis first
    ['RectangleROI', [a, b, c, d], 'POLYLINE', '10 20 30 20 15 45 15 5 10 20'], // corners in turn, closed
    ['PlanarFreehandROI', [a, b, c], 'POLYLINE', '10 20 30 20 15 5 10 20'],
    ['ArrowAnnotate', [a, b], 'POLYLINE', '10 20 30 20'],
  ])('%s is a region of its image, with what lies in it', (tool, points, type, data) => {
    const document = content([
      group(tool, points, [['area', 188.5, 'mm²'], ['mean', 41.2, 'HU'], ['stdDev', 3.4, 'HU'], ['max', 900, '']]),
    ]); // prettier-ignore
    const [only] = groupsOf(document);
    expect(only!.sequence(srTags.contentTemplateSequence)[0]!.string(srTags.templateIdentifier)).toBe('1410');
    const [region] = items(only!, 'SCOORD');
    expect(graphic(region!)).toEqual([type, data]);
    expect(below(region!)[0]!.sequence(tags.referencedSopSequence)[0]!.string(tags.referencedSopInstanceUid)).toBe('1.2.3.4'); // prettier-ignore
    const numbers = items(only!, 'NUM');
    expect(numbers.map((item) => [codeOf(item), codeOf(below(item)[0], srTags.conceptCodeSequence)])).toEqual(
      [
        ['42798000 SCT', undefined],
        ['112031 DCM', '373098007 SCT'],
        ['112031 DCM', '386136009 SCT'],
        ['1 99COUNTYHUB', '56851009 SCT'],
      ],
    );
  });

  test('a frame is named where there are several, a label stands as a comment, the tool as who tracks it', () => {
    const document = content([
      group('Length', [a, b], [['length', 1, 'mm']], { label: '右肺结节', image: { ...image, frame: 7 } }),
    ]);
    const [only] = groupsOf(document);
    const texts = items(only!, 'TEXT').map((item) => [codeOf(item), item.string(srTags.textValue)]);
    expect(texts).toEqual([
      ['112039 DCM', 'Cornerstone3DTools@^0.1.0:Length'],
      ['121106 DCM', '右肺结节'],
    ]);
    const [points] = items(items(only!, 'NUM')[0]!, 'SCOORD');
    const [reference] = below(points!)[0]!.sequence(tags.referencedSopSequence);
    expect(reference!.number(srTags.referencedFrameNumber)).toBe(7);
  });

  test.each([['CT', '77477000'], ['MR', '113091000'], ['US', '16310003'], ['DX', '363680008'], ['', '363680008']])(
    'of %s says which procedure',
    (modality, code) => {
      const items = below(content([], modality));
      const procedure = items.find((item) => codeOf(item) === '121058 DCM');
      expect(codeOf(procedure, srTags.conceptCodeSequence)).toBe(`${code} SCT`);
      expect(groupsOf(content([], modality))).toEqual([]);
    },
  ); // prettier-ignore

  test.skipIf(!haveTool('dsrdump'))('dcmtk finds each of them valid', () => {
    const head = { sopClassUid: sopClasses.comprehensiveSr, sopInstanceUid: '1.2.9' };
    const images = [{ seriesInstanceUid: '1.2.8', ...image }];
    const file = Buffer.concat([
      writeFileMeta({ ...head, transferSyntax: transferSyntaxes.explicitLittleEndian }),
      writeDataSet([
        [tags.sopClassUid, head.sopClassUid], [tags.sopInstanceUid, head.sopInstanceUid], [tags.studyInstanceUid, '1.2.7'], [tags.seriesInstanceUid, '1.2.6'],
        [tags.modality, 'SR'], [tags.seriesNumber, 1], [tags.instanceNumber, 1], [tags.contentDate, '20261201'], [tags.contentTime, '080000'],
        [tags.patientName, 'A'], [tags.patientId, '1'], [tags.patientBirthDate, ''], [tags.patientSex, ''], [tags.studyDate, ''], [tags.studyTime, ''], [tags.studyId, ''], [tags.accessionNumber, ''], [tags.referringPhysicianName, ''],
        [tags.manufacturer, ''], [tags.referencedPerformedProcedureStepSequence, []], [srTags.performedProcedureCodeSequence, []], [srTags.completionFlag, 'COMPLETE'], [srTags.verificationFlag, 'UNVERIFIED'],
        [srTags.currentRequestedProcedureEvidenceSequence, [evidence('1.2.7', images)]],
        ...measurementReport({ observer: 'LI^SI=李^四', modality: 'CT', groups: cases.map(([, measured]) => measured) }),
      ]),
    ]); // prettier-ignore
    const said = runTool('dsrdump', ['+Pn'], file);
    for (const word of ['Long Axis', 'Cobb angle', 'Cardiothoracic ratio', 'Attenuation']) expect(said).toContain(word); // prettier-ignore
    expect(said.match(/Measurement Group/g)).toHaveLength(cases.length);
  });
});

test('evidence names each object once, below its series', () => {
  const of = (seriesInstanceUid: string, sopInstanceUid: string) => ({ seriesInstanceUid, sopInstanceUid, sopClassUid: '1.2' });
  const { dataSet } = readDataSet(writeDataSet(evidence('1.2.7', [of('1.1', '1.1.1'), of('1.2', '1.2.1'), of('1.1', '1.1.2'), of('1.1', '1.1.1')])), transferSyntaxes.explicitLittleEndian);
  expect(dataSet.sequence(tags.referencedSeriesSequence).map((series) => [
    series.string(tags.seriesInstanceUid),
    series.sequence(tags.referencedSopSequence).map((each) => each.string(tags.referencedSopInstanceUid)),
  ])).toEqual([['1.1', ['1.1.1', '1.1.2']], ['1.2', ['1.2.1']]]);
}); // prettier-ignore

test('a value keeps four places and fits the sixteen characters of a DS', () => {
  expect([0, -0, 29.40004, 1 / 3, -1234.56789, 1e15, 1e21, -1.5e200].map(decimal)).toEqual([
    '0', '0', '29.4', '0.3333', '-1234.5679', '1000000000000000', '1.00000000e+21', '-1.5e+200',
  ]); // prettier-ignore
  expect([123_456_789_012.34, -98_765_432_109_876].map(decimal).every((text) => text.length <= 16)).toBe(
    true,
  );
});

describe('measurements as the viewer keeps them', () => {
  const kept = {
    uid: 'u1',
    tool: 'Length',
    imageId: 'wadors:/dicom-web/studies/1.2/series/1.3/instances/1.4/frames/5',
    pixels: [[1, 2]],
    values: [],
  };
  const read = (...list: unknown[]) => measurementsIn({ measurements: list });

  test('say where they were drawn, and keep one tracking UID however often they are saved', () => {
    const [first] = read({ ...kept, onlyForTheViewer: { handles: 4 } });
    expect(first).toEqual({
      tool: 'Length',
      label: undefined,
      values: [],
      points: [[1, 2]],
      trackingUid: expect.stringMatching(/^2\.25\.\d{20,39}$/),
      studyInstanceUid: '1.2',
      seriesInstanceUid: '1.3',
      sopInstanceUid: '1.4',
      frame: 5,
    });
    expect(read({ ...kept, label: 'x' })[0]!.trackingUid).toBe(first!.trackingUid);
    expect(read({ ...kept, uid: '2.25.77' })[0]!.trackingUid).toBe('2.25.77');
    const uuid = '00000000-0000-4000-8000-0000000000ff';
    expect(read({ ...kept, uid: uuid })[0]!.trackingUid).toBe(`2.25.${(4n << 76n) + (8n << 60n) + 255n}`);
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'Length'],
    ['no pixels', { ...kept, pixels: [] }],
    ['a point of three numbers', { ...kept, pixels: [[1, 2, 3]] }],
    ['more than 400 points', { ...kept, pixels: Array(401).fill([1, 2]) }],
    ['a tool with a sign', { ...kept, tool: 'Length; drop' }],
    ['a quantity that does not exist', { ...kept, values: [{ quantity: 'mass', value: 1, unit: 'g' }] }],
    ['a value that is no number', { ...kept, values: [{ quantity: 'length', value: '1', unit: 'mm' }] }],
    ['more than twelve values', { ...kept, values: Array(13).fill({ quantity: 'length', value: 1, unit: '' }) }],
    ['an image of elsewhere', { ...kept, imageId: 'https://example.org/1.dcm' }],
    ['a path that goes on', { ...kept, imageId: `${kept.imageId}/../../x` }],
    ['a label of 201 characters', { ...kept, label: 'x'.repeat(201) }],
  ])('%s is left out, its neighbours stay', (_what, broken) => {
    expect(read(kept, broken, kept)).toHaveLength(2);
  }); // prettier-ignore

  test('no list is none, and never more than five hundred are read', () => {
    expect([measurementsIn({}), measurementsIn({ measurements: 'all' as never })]).toEqual([[], []]);
    expect(read(...Array(501).fill(kept))).toHaveLength(500);
  });
});
