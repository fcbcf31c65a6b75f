import { describe, expect, test } from 'vitest';
import {
  dicomJson,
  readHeader,
  sopClasses,
  tags,
  tagText,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type DataSet,
  type ElementToWrite,
  type ElementValue,
  type Vr,
} from '../../../../server/standards/dicom/index.ts';
import { haveTool, python, runPython, runTool } from '../../../helpers/dicomPeers.ts';

/**
 * Every value representation of PS3.5 §6.2 that can stand in an object: an attribute (mostly of the Hanging Protocol
 * Selector module, which has one of each), what is written, and what a reader makes of it.
 */
const representations: readonly (readonly [Vr, number, ElementValue, unknown])[] = [
  ['AE', 0x0072005e, ['CT_1', 'LIUHE MR'], ['CT_1', 'LIUHE MR']],
  ['AS', 0x0072005f, ['045Y', '003M'], ['045Y', '003M']],
  ['AT', 0x00720060, ['00181063', '7FE00010'], ['00181063', '7FE00010']],
  ['CS', 0x00720062, ['ORIGINAL', 'AXIAL_2'], ['ORIGINAL', 'AXIAL_2']],
  ['DA', 0x00720061, ['20260229', '19991231'], ['20260229', '19991231']],
  ['DS', 0x00720072, ['-1.5', '3.14159265358979', '+2e-3'], [-1.5, 3.14159265358979, 0.002]],
  ['DT', 0x00720063, ['20261201010203.123456+0800'], ['20261201010203.123456+0800']],
  ['FD', 0x00720074, [Math.PI, -1e300, 5e-324], [Math.PI, -1e300, 5e-324]],
  ['FL', 0x00720076, [0.5, -3.4028234663852886e38], [0.5, -3.4028234663852886e38]],
  ['IS', 0x00720064, ['-2147483648', '2147483647', '+7'], [-2147483648, 2147483647, 7]],
  ['LO', 0x00720066, ['第一', 'two words'], ['第一', 'two words']],
  ['LT', 0x00720068, ' 保留\\反斜线\r\n第二行', [' 保留\\反斜线\r\n第二行']],
  ['OB', 0x00720065, Buffer.from([1, 2, 3, 255]), Buffer.from([1, 2, 3, 255])],
  ['OD', 0x00720073, Buffer.from('182d4454fb210940', 'hex'), Buffer.from('182d4454fb210940', 'hex')],
  ['OF', 0x00720067, Buffer.from('0000003f000080bf', 'hex'), Buffer.from('0000003f000080bf', 'hex')],
  ['OL', 0x00720075, Buffer.from('0100000000000080', 'hex'), Buffer.from('0100000000000080', 'hex')],
  ['OW', 0x00720069, Buffer.from('01000080', 'hex'), Buffer.from('01000080', 'hex')],
  ['PN', 0x0072006a, ['Wang^Xiao Dong^^Dr=王^小东', 'Li^Si'], ['Wang^Xiao Dong^^Dr=王^小东', 'Li^Si']],
  ['SH', 0x0072006c, ['短', 'ABC'], ['短', 'ABC']],
  ['SL', 0x0072007c, [-2147483648, 2147483647], [-2147483648, 2147483647]],
  ['SS', 0x0072007e, [-32768, 32767], [-32768, 32767]],
  ['ST', 0x0072006e, '县医院\\影像中心', ['县医院\\影像中心']],
  ['TM', 0x0072006b, ['235959.999999', '07'], ['235959.999999', '07']],
  ['UC', 0x0072006f, ['无限长', 'second'], ['无限长', 'second']],
  ['UI', 0x0072007f, ['1.2.3', '1.2.840.10008.1.1'], ['1.2.3', '1.2.840.10008.1.1']],
  ['UL', 0x00720078, [0, 4294967295], [0, 4294967295]],
  ['UR', 0x00720071, 'https://hub.example/a\\b?c=d', ['https://hub.example/a\\b?c=d']],
  ['US', 0x0072007a, [0, 65535], [0, 65535]],
  ['UT', 0x00720070, '很长\\的文本', ['很长\\的文本']],
];
/** Not yet in the table of the dictionary package: their representation is given. */
const sixtyFourBit: typeof representations = [
  ['OV', 0x7fe00001, Buffer.from('0100000000000080', 'hex'), Buffer.from('0100000000000080', 'hex')],
  ['SV', 0x00720082, [-(2n ** 63n), 2n ** 63n - 1n, -9007199254740991n], ['-9223372036854775808', '9223372036854775807', -9007199254740991]],
  ['UV', 0x00720083, [0, 2n ** 64n - 1n], [0, '18446744073709551615']],
]; // prettier-ignore

const toWrite = (rows: typeof representations): ElementToWrite[] =>
  rows.map(([vr, tag, value]) => [tag, value, vr]);

function fileOf(
  list: readonly ElementToWrite[],
  transferSyntax: string,
  characterSet = 'ISO_IR 192',
): Buffer {
  const meta = writeFileMeta({ sopClassUid: sopClasses.ct, sopInstanceUid: '1.2.3', transferSyntax });
  const own: ElementToWrite[] = [
    [tags.sopClassUid, sopClasses.ct],
    [tags.sopInstanceUid, '1.2.3'],
  ];
  return Buffer.concat([meta, writeDataSet([...own, ...list], { transferSyntax, characterSet })]);
}

/** The value as its JSON form says it, names as one text, bytes as bytes. */
function valueOf(dataSet: DataSet, tag: number): unknown {
  const element = dicomJson(dataSet, { inlineBinaryBytes: 1e6 })[tagText(tag)];
  if (element?.InlineBinary !== undefined) return Buffer.from(element.InlineBinary, 'base64');
  return element?.vr === 'PN' ? dataSet.strings(tag) : element?.Value;
}

const { implicitLittleEndian, explicitLittleEndian, explicitBigEndian, deflatedExplicitLittleEndian } =
  transferSyntaxes;

describe('each representation of PS3.5 §6.2, written and read', () => {
  describe.each([explicitLittleEndian, implicitLittleEndian])('in %s', (transferSyntax) => {
    const { dataSet } = readHeader(fileOf(toWrite(representations), transferSyntax));
    test.each(representations)('%s', (vr, tag, _value, expected) => {
      expect(dataSet.vr(tag)).toBe(vr);
      expect(valueOf(dataSet, tag)).toEqual(expected);
    });
  });
  test.each(sixtyFourBit)('%s, of 64 bits, beyond what a JSON number holds as text', (vr, tag, value, expected) => {
    const { dataSet } = readHeader(fileOf([[tag, value, vr]], explicitLittleEndian));
    expect(dataSet.vr(tag)).toBe(vr);
    expect(valueOf(dataSet, tag)).toEqual(expected);
  }); // prettier-ignore
  test.each<[Vr, ElementValue]>([
    ['US', 65536],
    ['US', -1],
    ['SS', 32768],
    ['UL', 2 ** 32],
    ['SL', -(2 ** 31) - 1],
    ['SV', 2n ** 63n],
    ['UV', -1n],
    ['OB', 'text'],
    ['SQ', 'text'],
  ])('%s cannot hold %s', (vr, value) => {
    expect(() => writeDataSet([[0x0072007a, value, vr]])).toThrow(
      expect.objectContaining({ code: 'unencodable' }),
    );
  });
});

const printing = `
import sys, json, base64, io, pydicom
out = []
for text in json.load(sys.stdin):
    d = pydicom.dcmread(io.BytesIO(base64.b64decode(text)))
    d.decode()
    seen = {}
    for e in d:
        if e.VR == 'SQ': continue
        v = e.value
        if isinstance(v, bytes): v = {"bytes": base64.b64encode(v).decode()}
        elif e.VR == 'AT': v = ['%08X' % int(x) for x in (v if isinstance(v, pydicom.multival.MultiValue) else [v])]
        else: v = [str(x) if e.VR in ('PN','DA','DT','TM','UI') else x for x in (v if isinstance(v, (list, pydicom.multival.MultiValue)) else [v])]
        seen['%08X' % int(e.tag)] = [e.VR, v]
    out.append(seen)
print(json.dumps(out, default=float))
`;

describe.skipIf(python === undefined)('pydicom', () => {
  test('reads what is written, explicit and implicit, as it was meant', () => {
    const rows = [...representations, ...sixtyFourBit.slice(0, 1)];
    const [inExplicit, inImplicit] = runPython(printing, [
      fileOf(toWrite(rows), explicitLittleEndian).toString('base64'),
      fileOf(toWrite(representations), implicitLittleEndian).toString('base64'),
    ]) as Record<string, [string, unknown]>[];
    for (const [vr, tag, , expected] of rows) {
      const meant = Buffer.isBuffer(expected)
        ? { bytes: expected.toString('base64') }
        : (expected as unknown[]);
      expect(inExplicit![tagText(tag)], vr).toEqual([vr, meant]);
      if (tag !== 0x7fe00001) expect(inImplicit![tagText(tag)], vr).toEqual([vr, meant]);
    }
  });

  const writing = `
import sys, json, base64, io, pydicom, zlib
from pydicom.dataset import Dataset, FileMetaDataset
given = json.load(sys.stdin)
out = {}
for syntax in given['syntaxes']:
    d = Dataset()
    d.SpecificCharacterSet = 'ISO_IR 192'
    d.SOPClassUID = '1.2.840.10008.5.1.4.1.1.2'
    d.SOPInstanceUID = '1.2.3'
    for vr, tag, value in given['rows']:
        if isinstance(value, dict):
            value = base64.b64decode(value['bytes'])
            size = {'OW': 2, 'OF': 4, 'OL': 4, 'OD': 8, 'OV': 8}.get(vr, 1)
            if syntax == '1.2.840.10008.1.2.2':
                value = b''.join(value[i:i+size][::-1] for i in range(0, len(value), size))
        elif vr == 'AT': value = [int(x, 16) for x in value]
        elif vr in ('LT', 'ST', 'UT', 'UR'): value = value[0]
        d.add_new(tag, vr, value)
    d.RequestAttributesSequence = [Dataset(), Dataset()]
    d.RequestAttributesSequence[1].RequestedProcedureDescription = '头部'
    d.is_little_endian = syntax != '1.2.840.10008.1.2.2'
    d.is_implicit_VR = syntax == '1.2.840.10008.1.2'
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = syntax
    d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID
    d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID
    b = io.BytesIO()
    pydicom.dcmwrite(b, d, write_like_original=False)
    out[syntax] = base64.b64encode(b.getvalue()).decode()
print(json.dumps(out))
`;
  test('writes each representation in four codings: the same values are read from every one', () => {
    const rows = [...representations, sixtyFourBit[0]!].map(([vr, tag, , expected]) => [
      vr,
      tag,
      Buffer.isBuffer(expected) ? { bytes: expected.toString('base64') } : expected,
    ]);
    const syntaxes = [implicitLittleEndian, explicitLittleEndian, explicitBigEndian, deflatedExplicitLittleEndian];
    const files = runPython(writing, { rows, syntaxes }) as Record<string, string>;
    for (const syntax of syntaxes) {
      const { dataSet, transferSyntax, remarks } = readHeader(Buffer.from(files[syntax]!, 'base64'));
      expect([transferSyntax, remarks]).toEqual([syntax, []]);
      for (const [vr, tag, , expected] of [...representations, sixtyFourBit[0]!])
        expect([vr, valueOf(dataSet, tag)], `${vr} in ${syntax}`).toEqual([vr, expected]);
      const items = dataSet.sequence(tags.requestAttributesSequence);
      expect(items.map((item) => item.string(tags.requestedProcedureDescription))).toEqual([undefined, '头部']);
    }
  }); // prettier-ignore
});

test.skipIf(!haveTool('dcm2json'))('dcm2json finds the same JSON in what is written', () => {
  const file = fileOf(
    [
      ...toWrite(representations.filter(([vr]) => vr !== 'FL' && vr !== 'FD')), // it rounds them
      [tags.requestAttributesSequence, [[[tags.patientName, '李^四']], []]],
      [tags.studyDescription, undefined],
      [tags.referencedStudySequence, []],
    ],
    explicitLittleEndian,
  );
  const theirs = JSON.parse(runTool('dcm2json', [], file)) as Record<string, unknown>;
  const ours = dicomJson(readHeader(file).dataSet, { inlineBinaryBytes: 1e6 });
  expect(JSON.parse(JSON.stringify(ours))).toEqual(theirs);
});
