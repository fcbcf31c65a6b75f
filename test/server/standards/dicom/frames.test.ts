import { describe, expect, test } from 'vitest';
import type { ElementList } from '../../../../server/standards/dicom/index.ts';
import {
  DicomError,
  findFrames,
  readDataSet,
  readHeader,
  tags,
  transferSyntaxes,
  writeDataSet,
} from '../../../../server/standards/dicom/index.ts';
import { fixture, fixtureNames, haveFixtures } from './fixtures.ts';

const explicit = transferSyntaxes.explicitLittleEndian;
const jpeg = transferSyntaxes.jpegBaseline;

function framesOfFile(name: string) {
  const header = readHeader(fixture(name));
  const { source } = header;
  return findFrames({
    ...header,
    pixelData: header.pixelData!,
    size: source.length,
    readAt: (at, length) => source.subarray(at, at + length),
  });
}

const item = (bytes: Buffer): Buffer => {
  const head = Buffer.from('feff00e000000000', 'hex');
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
};
const delimiter = Buffer.from('feffdde000000000', 'hex');
const stream = (length: number, marker = 'ffd8') =>
  Buffer.concat([Buffer.from(marker, 'hex'), Buffer.alloc(length - 2, 0x11)]);
const u32 = (...values: number[]) =>
  Buffer.concat(
    values.map((value) => {
      const b = Buffer.alloc(4);
      b.writeUInt32LE(value);
      return b;
    }),
  );

async function framesOf(frames: number, items: Buffer[], more: ElementList = [], tail: Buffer = delimiter) {
  const head = writeDataSet([[tags.numberOfFrames, String(frames)], ...more], { characterSet: '' });
  const pixel = Buffer.from('e07f10004f420000ffffffff', 'hex');
  const bytes = Buffer.concat([head, pixel, ...items.map(item), tail]);
  const read = readDataSet(bytes, jpeg);
  return findFrames({
    ...read,
    pixelData: read.pixelData!,
    size: bytes.length,
    readAt: (at, length) => bytes.subarray(at, at + length),
  });
}

describe('sample files', () => {
  test.skipIf(!haveFixtures)(
    'every file with pixel data has as many frames as it says, or a named fault',
    async () => {
      const faults: Record<string, string> = {};
      let counted = 0;
      for (const name of fixtureNames()) {
        try {
          const { dataSet, pixelData } = readHeader(fixture(name));
          if (pixelData === undefined || !dataSet.has(tags.rows)) continue;
          const frames = await framesOfFile(name);
          expect(frames.length, name).toBe(dataSet.number(tags.numberOfFrames) ?? 1);
          counted++;
        } catch (error) {
          faults[name] = (error as DicomError).code;
        }
      }
      expect(counted).toBeGreaterThan(80);
      expect(faults).toEqual({
        'general/MR_truncated.dcm': 'truncated',
        'general/no_meta.dcm': 'not-dicom',
        'general/rtplan_truncated.dcm': 'truncated',
      });
    },
  );

  test.skipIf(!haveFixtures)('fragments without an offset table belong to one frame', async () => {
    const [frame] = await framesOfFile('syntaxes/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm');
    expect(frame!.length).toBeGreaterThan(1);
  });
});

describe('encapsulated', () => {
  test('one fragment per frame, with and without a basic offset table', async () => {
    const without = await framesOf(2, [Buffer.alloc(0), stream(10), stream(20)]);
    expect(without.map((frame) => frame.map((range) => range.length))).toEqual([[10], [20]]);
    expect(await framesOf(2, [u32(0, 18), stream(10), stream(20)])).toHaveLength(2);
  });

  test('several fragments per frame by basic or extended offset table', async () => {
    const parts = [stream(10), stream(6, '1111'), stream(8)];
    const lengths = (frames: readonly (readonly { length: number }[])[]) =>
      frames.map((frame) => frame.map((range) => range.length));
    expect(lengths(await framesOf(2, [u32(0, 32), ...parts]))).toEqual([[10, 6], [8]]);
    const table = Buffer.alloc(16);
    table.writeBigUInt64LE(32n, 8);
    expect(
      lengths(await framesOf(2, [Buffer.alloc(0), ...parts], [[tags.extendedOffsetTable, table]])),
    ).toEqual([[10, 6], [8]]);
  });

  test('several fragments per frame without a table are divided where a code stream begins', async () => {
    const frames = await framesOf(2, [Buffer.alloc(0), stream(10), stream(6, '1111'), stream(8)]);
    expect(frames.map((frame) => frame.length)).toEqual([2, 1]);
  });

  test('a table that lies is not believed', async () => {
    expect(await framesOf(2, [u32(0, 7), stream(10), stream(20)])).toHaveLength(2);
  });

  test('hostile fragments: no delimiter, a length beyond the file, something else than items', async () => {
    await expect(framesOf(1, [Buffer.alloc(0), stream(10)], [], Buffer.alloc(0))).rejects.toMatchObject({
      code: 'truncated',
    });
    await expect(
      framesOf(1, [Buffer.alloc(0)], [], Buffer.from('feff00e0f0ffffff', 'hex')),
    ).rejects.toMatchObject({ code: 'truncated' });
    await expect(framesOf(1, [Buffer.alloc(0)], [], Buffer.alloc(8, 0x41))).rejects.toMatchObject({
      code: 'malformed',
    });
    await expect(framesOf(3, [Buffer.alloc(0), stream(10), stream(6, '1111')])).rejects.toMatchObject({
      code: 'malformed',
    });
  });
});

test('native frames follow geometry; bits and 4:2:2 too', async () => {
  const native = async (more: ElementList, pixels: number) => {
    const bytes = writeDataSet([...more, [tags.pixelData, Buffer.alloc(pixels), 'OW']], { characterSet: '' });
    const read = readDataSet(bytes, explicit);
    const frames = await findFrames({
      ...read,
      pixelData: read.pixelData!,
      size: bytes.length,
      readAt: () => Buffer.alloc(0),
    });
    return frames.map(([range]) => [range!.offset - read.pixelData!.offset, range!.length]);
  };
  const geometry = (frames: number, bits: number): ElementList => [
    [tags.numberOfFrames, String(frames)],
    [tags.rows, 4],
    [tags.columns, 3],
    [tags.bitsAllocated, bits],
    [tags.samplesPerPixel, 1],
  ];
  expect(await native(geometry(2, 16), 48)).toEqual([
    [0, 24],
    [24, 24],
  ]);
  expect(await native(geometry(2, 1), 4)).toEqual([
    [0, 2],
    [1, 2],
  ]); // 12 bits each: they share the second byte
  expect(await native([...geometry(1, 8), [tags.photometricInterpretation, 'YBR_FULL_422']], 24)).toEqual([
    [0, 24],
  ]);
  await expect(native(geometry(100, 16), 48)).rejects.toBeInstanceOf(DicomError);
});
