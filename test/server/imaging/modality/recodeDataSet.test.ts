import { describe, expect, test } from 'vitest';
import { otherPlainSyntax, recodeDataSet } from '../../../../server/imaging/modality/recodeDataSet.ts';
import {
  readDataSet,
  readHeader,
  tags,
  tagText,
  writeFileMeta,
  type DataSet,
} from '../../../../server/standards/dicom/index.ts';
import { fixture, fixtureNames, haveFixtures } from '../../standards/dicom/fixtures.ts';

/** A value of odd length is written with its padding byte. */
const evenHex = (bytes: Buffer | undefined): string | undefined =>
  bytes && `${bytes.toString('hex')}${bytes.length % 2 ? '00' : ''}`;

/** Tags and values at every depth, without what recoding drops. */
const valuesOf = (dataSet: DataSet): unknown[] =>
  dataSet
    .elements()
    .filter(({ tag }) => (tag & 0xffff) !== 0 && tag !== tags.pixelData && tag !== 0xfffcfffc)
    .map(({ tag, vr }) => [
      tagText(tag),
      vr === 'SQ' ? dataSet.sequence(tag).map(valuesOf) : evenHex(dataSet.bytes(tag)),
    ]);

describe.skipIf(!haveFixtures)('sample files in the other plain coding (../shared/fixtures/dicom)', () => {
  const plain = fixtureNames().filter((name) => {
    try {
      const { transferSyntax, pixelData, meta } = readHeader(fixture(name));
      if (!meta?.string(0x00020010)) return false; // the hub stores nothing without its transfer syntax
      return otherPlainSyntax(transferSyntax) !== undefined && pixelData !== undefined;
    } catch {
      return false;
    }
  });
  test('there are enough of them', () => expect(plain.length).toBeGreaterThan(20));

  test.each(plain)('%s holds the same attributes, values and pixels', (name) => {
    const file = fixture(name);
    const { dataSet, pixelData, transferSyntax } = readHeader(file);
    const to = otherPlainSyntax(transferSyntax) ?? '';
    const recoded = recodeDataSet(file);
    const read = readDataSet(recoded, to);
    expect(valuesOf(read.dataSet)).toEqual(valuesOf(dataSet));
    const pixels = (bytes: Buffer, place: typeof pixelData) =>
      bytes.subarray(place?.offset ?? 0, (place?.offset ?? 0) + (place?.length ?? 0));
    expect(pixels(recoded, read.pixelData).equals(pixels(file, pixelData))).toBe(true);
    const meta = writeFileMeta({ sopClassUid: '1.2', sopInstanceUid: '1.2.3', transferSyntax: to });
    const back = readDataSet(recodeDataSet(Buffer.concat([meta, recoded])), transferSyntax);
    expect(valuesOf(back.dataSet)).toEqual(valuesOf(dataSet));
  });
});
