import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  DataSet,
  DicomError,
  PartialDataSet,
  readDataSet,
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
} from '../../../../server/standards/dicom/index.ts';
import { fixture, fixtureNames, haveFixtures } from './fixtures.ts';

const explicit = transferSyntaxes.explicitLittleEndian;
const deflated = transferSyntaxes.deflatedExplicitLittleEndian;

/** Files that are not a readable object, and why. */
const unreadable: Record<string, DicomError['code']> = {
  'general/no_meta.dcm': 'not-dicom', // starts with a stray byte
  'general/rtplan_truncated.dcm': 'truncated',
};

const sample = () =>
  writeDataSet([
    [tags.sopClassUid, sopClasses.ct],
    [tags.sopInstanceUid, '1.2.3.4'],
    [tags.patientName, '张^三'],
    [tags.referencedImageSequence, [[[tags.referencedSopInstanceUid, '1.2.3']], []]],
    [tags.rows, 2],
    [tags.windowCenter, ['40', '400']],
    [tags.pixelData, Buffer.alloc(8, 1), 'OW'],
  ]);

const codeOf = (read: () => unknown): string => {
  try {
    read();
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(DicomError);
    return (error as DicomError).code;
  }
};

describe('sample files', () => {
  test.skipIf(!haveFixtures).each(fixtureNames())('%s', (name) => {
    const bytes = fixture(name);
    const expected = unreadable[name];
    if (expected !== undefined) {
      expect(codeOf(() => readHeader(bytes))).toBe(expected);
      return;
    }
    const header = readHeader(bytes);
    expect(header.dataSet.elements().length).toBeGreaterThan(0);
    if (header.pixelData !== undefined)
      expect(header.pixelData.offset).toBeLessThanOrEqual(header.source.length);
    for (const { tag, vr } of header.dataSet.elements()) {
      if (vr === 'SQ') for (const item of header.dataSet.sequence(tag)) expect(item).toBeInstanceOf(DataSet);
      else header.dataSet.strings(tag);
    }
  });

  test.skipIf(!haveFixtures)(
    'one CT is the same patient, study and geometry in every transfer syntax',
    () => {
      const names = fixtureNames().filter((name) => name.startsWith('syntaxes/CTImage.dcm'));
      expect(names.length).toBeGreaterThanOrEqual(15);
      for (const name of names) {
        const { dataSet, transferSyntax } = readHeader(fixture(name));
        expect(transferSyntax).toBe(
          /_([\d.]+)\.dcm$/.exec(name)?.[1] ?? transferSyntaxes.implicitLittleEndian,
        );
        expect(dataSet.string(tags.patientName)).toBe('MISTER^CT');
        expect([dataSet.number(tags.rows), dataSet.number(tags.columns)]).toEqual([512, 512]);
        expect(dataSet.numbers(tags.pixelSpacing)).toEqual([0.675781, 0.675781]);
      }
    },
  );

  test.skipIf(!haveFixtures)('a sequence written as UN is still a sequence', () => {
    const { dataSet } = readHeader(fixture('general/UN_sequence.dcm'));
    const [element] = dataSet.elements();
    expect(element?.vr).toBe('SQ');
    expect(dataSet.sequence(element!.tag)[0]?.string(tags.studyInstanceUid)).toMatch(/^[\d.]+$/);
  });
});

describe('forms of a file', () => {
  const meta = writeFileMeta({
    sopClassUid: sopClasses.ct,
    sopInstanceUid: '1.2.3.4',
    transferSyntax: explicit,
    sourceAeTitle: 'LIUHE',
  });

  test('with preamble and file meta, the data set follows byte by byte', () => {
    const dataSet = sample();
    const header = readHeader(Buffer.concat([meta, dataSet]));
    expect(header.remarks).toEqual([]);
    expect(header.meta?.string(tags.sourceApplicationEntityTitle)).toBe('LIUHE');
    expect(header.dataSetOffset).toBe(meta.length);
    expect(header.dataSet.string(tags.patientName)).toBe('张^三');
    expect(header.dataSet.strings(tags.windowCenter)).toEqual(['40', '400']);
    expect(header.dataSet.sequence(tags.referencedImageSequence)).toHaveLength(2);
    expect(header.pixelData).toMatchObject({ vr: 'OW', length: 8, offset: meta.length + dataSet.length - 8 });
  });

  test('without preamble, without file meta, and bare in each coding', () => {
    expect(readHeader(Buffer.concat([meta.subarray(132), sample()])).remarks).toEqual(['no-preamble']);
    expect(readHeader(sample())).toMatchObject({
      transferSyntax: explicit,
      remarks: ['no-preamble', 'no-file-meta', 'transfer-syntax-guessed'],
    });
    const implicit = writeDataSet([[tags.sopInstanceUid, '1.2.3']], {
      transferSyntax: transferSyntaxes.implicitLittleEndian,
    });
    expect(readHeader(implicit).transferSyntax).toBe(transferSyntaxes.implicitLittleEndian);
  });

  test('a data set coded otherwise than its file meta says is read as it is', () => {
    const implicit = writeDataSet([[tags.patientId, 'P1']], {
      transferSyntax: transferSyntaxes.implicitLittleEndian,
    });
    const header = readHeader(Buffer.concat([meta, implicit]));
    expect(header.dataSet.string(tags.patientId)).toBe('P1');
    expect(header.remarks).toEqual(['transfer-syntax-wrong']);
  });

  test('extended offset tables (OV), 64-bit numbers and elements behind pixel data', () => {
    const table = Buffer.alloc(8);
    const bytes = writeDataSet([
      [tags.extendedOffsetTable, table],
      [tags.pixelData, Buffer.alloc(4), 'OB'],
      [0xfffcfffc, Buffer.alloc(2), 'OB'],
    ]);
    expect(readDataSet(bytes, explicit).pixelData?.length).toBe(4);
    expect(readDataSet(bytes, explicit, { throughPixelData: true }).dataSet.elements().at(-1)?.tag).toBe(
      0xfffcfffc,
    );
  });
});

describe('bad input', () => {
  test('text, an empty file and random bytes are no DICOM', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('%PDF-1.7 not an image'),
      Buffer.alloc(200),
      Buffer.alloc(64, 0xff),
    ]) {
      expect(codeOf(() => readHeader(bytes))).toBe('not-dicom');
    }
  });

  test('cut at any byte: never anything but truncated, not DICOM, or an incomplete header', () => {
    const whole = sample();
    const pixelAt = readDataSet(whole, explicit).pixelData!.offset;
    for (let end = 1; end < pixelAt; end++) {
      const part = readDataSet(whole.subarray(0, end), explicit, { complete: false });
      if (part.headerComplete)
        expect(part.end).toBe(end); // the cut fell between two elements
      else expect(codeOf(() => readDataSet(whole.subarray(0, end), explicit))).toBe('truncated');
    }
    expect(readDataSet(whole.subarray(0, pixelAt), explicit, { complete: false })).toMatchObject({
      headerComplete: true,
    });
  });

  test('a truncated object still tells whose it was', () => {
    const whole = sample();
    const cut = whole.subarray(0, readDataSet(whole, explicit).pixelData!.offset - 13);
    try {
      readDataSet(cut, explicit);
      expect.unreachable();
    } catch (error) {
      const { cause } = error as DicomError;
      expect(cause).toBeInstanceOf(PartialDataSet);
      expect((cause as PartialDataSet).dataSet.string(tags.patientName)).toBe('张^三');
    }
  });

  test('lengths of 4 GB, unknown representations, sequences in sequences without end', () => {
    const huge = Buffer.from(sample());
    huge.writeUInt32LE(0xfffffff0, huge.length - 12);
    expect(readDataSet(huge, explicit).pixelData?.length).toBe(0xfffffff0); // frames.ts refuses it, nothing is allocated
    const nonsense = Buffer.concat([Buffer.from('08000500', 'hex'), Buffer.from('??'), Buffer.alloc(10)]);
    expect(codeOf(() => readDataSet(nonsense, explicit))).toBe('malformed');
    const open = Buffer.from('4000750253510000ffffffff', 'hex');
    const nest = Buffer.concat(
      Array.from({ length: 30_000 }, () => Buffer.concat([open, Buffer.from('feff00e0ffffffff', 'hex')])),
    );
    expect(['malformed', 'truncated']).toContain(codeOf(() => readDataSet(nest, explicit)));
  });

  test('a deflate bomb is refused at its bound; an honest deflated object is read', () => {
    const honest = deflateRawSync(sample());
    expect(readDataSet(honest, deflated).dataSet.string(tags.patientName)).toBe('张^三');
    const bomb = deflateRawSync(Buffer.concat([sample(), Buffer.alloc(200_000_000)]), { level: 9 });
    expect(bomb.length).toBeLessThan(300_000);
    expect(codeOf(() => readDataSet(bomb, deflated))).toBe('too-large');
    expect(codeOf(() => readDataSet(Buffer.from('no deflate stream'), deflated))).toBe('malformed');
  });

  test.skipIf(!haveFixtures)('the first part of a deflated object gives its header', () => {
    const name = fixtureNames().find((file) => file.includes('Deflated'))!;
    const { dataSetOffset } = readHeader(fixture(name));
    const part = readDataSet(fixture(name).subarray(dataSetOffset, dataSetOffset + 20_000), deflated, {
      complete: false,
    });
    expect(part.headerComplete).toBe(true);
    expect(part.dataSet.string(tags.patientName)).toBe('MISTER^CT');
  });
});
