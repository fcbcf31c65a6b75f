import { expect, test } from 'vitest';
import {
  dicomJson,
  readDataSet,
  readHeader,
  tags,
  transferSyntaxes,
  writeDataSet,
} from '../../../../server/standards/dicom/index.ts';
import { fixture, fixtureNames, haveFixtures } from './fixtures.ts';

const read = (...args: Parameters<typeof writeDataSet>) =>
  readDataSet(writeDataSet(...args), transferSyntaxes.explicitLittleEndian).dataSet;

test('the model of PS3.18 Annex F', () => {
  const json = dicomJson(
    read(
      [
        [tags.patientName, 'Wang^XiaoDong=王^小东'],
        [tags.imageType, ['ORIGINAL', '', 'AXIAL']],
        [tags.windowCenter, ['40.5', '-10']],
        [tags.instanceNumber, '7'],
        [tags.rows, 512],
        [tags.patientId, undefined],
        [0x00280009, ['00181063']],
        [tags.requestAttributesSequence, [[[tags.requestedProcedureId, 'R1']], []]],
        [tags.referencedStudySequence, []],
        [0x00420011, Buffer.from([1, 2, 3, 4])],
        [0x00091001, Buffer.alloc(2000), 'OB'],
      ],
      { characterSet: 'GB18030' },
    ),
    { bulkDataUri: (path) => `bulk/${path}` },
  );
  expect(json).toEqual({
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] },
    '00081110': { vr: 'SQ' },
    '00091001': { vr: 'OB', BulkDataURI: 'bulk/00091001' },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小东' }] },
    '00100020': { vr: 'LO' },
    '00200013': { vr: 'IS', Value: [7] },
    '00280009': { vr: 'AT', Value: ['00181063'] },
    '00280010': { vr: 'US', Value: [512] },
    '00281050': { vr: 'DS', Value: [40.5, -10] },
    '00400275': { vr: 'SQ', Value: [{ '00401001': { vr: 'SH', Value: ['R1'] } }, {}] },
    '00420011': { vr: 'OB', InlineBinary: 'AQIDBA==' },
  });
});

test.skipIf(!haveFixtures)(
  'every readable sample becomes JSON, the same CT the same JSON in any byte order',
  () => {
    for (const name of fixtureNames()) {
      if (/no_meta\.dcm|rtplan_truncated/.test(name)) continue;
      const { dataSet } = readHeader(fixture(name));
      expect(() => JSON.stringify(dicomJson(dataSet)), name).not.toThrow();
    }
    const ct = (suffix: string) =>
      dicomJson(
        readHeader(fixture(fixtureNames().find((name) => name.includes(`CTImage.dcm_${suffix}`))!)).dataSet,
      );
    const little = ct('LittleEndianExplicit');
    const big = ct('BigEndianExplicit');
    const known = ([tag]: [string, unknown]) => Number.parseInt(tag.slice(0, 4), 16) % 2 === 0;
    expect(Object.entries(big).filter(known)).toEqual(Object.entries(little).filter(known));
  },
);
