import { describe, expect, test } from 'vitest';
import { blankComments } from '../../../../server/imaging/export/blankComments.ts';
import { decodeFrame } from '../../../../server/imaging/pixels/decodeFrame.ts';
import { UndecodablePixels } from '../../../../server/imaging/pixels/frame.ts';
import { pixelFormat } from '../../../../server/imaging/pixels/pixelSource.ts';
import { findFrames, readHeader, transferSyntaxes } from '../../../../server/standards/dicom/index.ts';
import { fixture, fixtureNames, haveFixtures } from '../../standards/dicom/fixtures.ts';

const SECRET = 'GEHEIM';
const { jpegBaseline, jpeg2000Lossless, jpegXl } = transferSyntaxes;

const item = (bytes: Uint8Array): Buffer => {
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
};
const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
const pixelData = (...fragments: Uint8Array[]) =>
  Buffer.concat([item(Buffer.alloc(0)), ...fragments.map(item), end]);
const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};
const text = (words: string) => Buffer.from(words, 'latin1');

/** Value of the pixel data of a sample file, and what its first frame decodes to. */
async function picture(file: Buffer) {
  const { dataSet, transferSyntax, pixelData: place } = readHeader(file);
  if (!place || place.length !== undefined) return undefined;
  const [first = []] = await findFrames({
    dataSet, transferSyntax, pixelData: place, size: file.length,
    readAt: (offset, length) => file.subarray(offset, offset + length),
  }); // prettier-ignore
  const decode = (bytes: Buffer) =>
    decodeFrame({
      ...pixelFormat(dataSet), transferSyntax,
      bytes: Buffer.concat(first.map((range) => bytes.subarray(range.offset, range.offset + range.length))),
    }); // prettier-ignore
  return { place, transferSyntax, frame: Buffer.concat(first.map(({ offset, length }) => file.subarray(offset, offset + length))), decode };
} // prettier-ignore

describe.skipIf(!haveFixtures)(
  'comments within coded pixels of sample files (../shared/fixtures/dicom)',
  () => {
    test.each(fixtureNames())('%s decodes to the same samples without them', async (name) => {
    const file = fixture(name);
    let found: Awaited<ReturnType<typeof picture>>;
    try {
      found = await picture(file);
    } catch {
      return; // not a picture that can be read at all
    }
    if (!found) return;
    const before = await found.decode(file).catch((fault: unknown) => {
      if (!(fault instanceof UndecodablePixels)) throw fault;
      return undefined;
    });
    if (!before) return;
    const blank = blankComments(file.subarray(found.place.offset), found.transferSyntax);
    if (found.frame.toString('latin1', 4, 8) === 'jP  ') {
      expect(blank).toBeUndefined(); // a JP2 file with boxes instead of a code stream
      return;
    }
    expect(blank).toBeDefined();
    const after = await found.decode(Buffer.concat([file.subarray(0, found.place.offset), blank ?? Buffer.alloc(0)]));
    expect(after.bytes.length).toBe(before.bytes.length);
    expect(Buffer.compare(Buffer.from(after.bytes), Buffer.from(before.bytes))).toBe(0);
  }); // prettier-ignore
  },
);

describe.skipIf(!haveFixtures)('a name that stands in the coding of a picture', () => {
  const withText = (frame: Buffer) =>
    Buffer.concat([
      frame.subarray(0, 2),
      segment(0xe0, text(`JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01${SECRET}`)),
      segment(0xe1, text(`Exif\0\0${SECRET}`)),
      segment(0xfe, text(SECRET)),
      segment(0xee, Buffer.concat([text('Adobe'), Buffer.from([0, 100, 0, 0, 0, 0, 0]), text(SECRET)])),
      frame.subarray(2, frame.lastIndexOf(Buffer.from([0xff, 0xd9])) + 2),
      text(`${SECRET}  `),
    ]);

  test('is blank in JPEG, wherever its fragments are cut; what the decoder needs stays', async () => {
    const found = await picture(fixture('general/SC_rgb_jpeg_dcmtk.dcm'));
    const frame = withText(found?.frame ?? Buffer.alloc(0));
    const whole = blankComments(pixelData(frame), jpegBaseline)?.subarray(16, 16 + frame.length);
    expect(whole?.includes(SECRET)).toBe(false);
    expect(whole?.length).toBe(frame.length);
    expect(whole?.includes('JFIF\0\x01\x01')).toBe(true);
    expect(whole?.includes('Adobe')).toBe(true);
    for (const cut of [1, 3, 5, 23, 40, 61, frame.length - 3]) {
      const parts = blankComments(pixelData(frame.subarray(0, cut), frame.subarray(cut)), jpegBaseline);
      expect(parts?.includes(SECRET), `cut at ${cut}`).toBe(false);
      const joined = Buffer.concat([parts?.subarray(16, 16 + cut) ?? end, parts?.subarray(24 + cut, 24 + frame.length) ?? end]);
      expect(joined.equals(whole ?? end)).toBe(true);
    }
  }); // prettier-ignore

  test('is blank in every frame, also between scans', async () => {
    const name = 'syntaxes/CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm';
    const found = await picture(fixture(name));
    const frame = found?.frame ?? Buffer.alloc(0);
    const secondScan = frame.indexOf(Buffer.from([0xff, 0xda]), frame.indexOf(Buffer.from([0xff, 0xda])) + 2);
    expect(secondScan).toBeGreaterThan(0);
    const said = Buffer.concat([frame.subarray(0, secondScan), segment(0xfe, text(SECRET)), frame.subarray(secondScan)]);
    const blank = blankComments(pixelData(said, said), found?.transferSyntax ?? '');
    expect(blank?.length).toBe(pixelData(said, said).length);
    expect(blank?.includes(SECRET)).toBe(false);
  }); // prettier-ignore

  test('is blank in JPEG 2000', async () => {
    const found = await picture(fixture('general/MR_small_jp2klossless.dcm'));
    const frame = found?.frame ?? Buffer.alloc(0);
    const firstTile = frame.indexOf(Buffer.from([0xff, 0x90, 0, 10]));
    const said = Buffer.concat([frame.subarray(0, firstTile), segment(0x64, text(`\0\x01${SECRET}`)), frame.subarray(firstTile)]);
    const blank = blankComments(pixelData(said), jpeg2000Lossless);
    expect(blank?.includes(SECRET)).toBe(false);
    expect(blank?.length).toBe(pixelData(said).length);
  }); // prettier-ignore
});

test('what cannot be read through is not called clean', () => {
  expect(blankComments(pixelData(text('no JPEG')), jpegBaseline)).toBeUndefined();
  expect(blankComments(pixelData(Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0x7f, 0xff])), jpegBaseline)).toBeUndefined();
  expect(blankComments(pixelData(text('\0\0\0\x0cjP  ')), jpeg2000Lossless)).toBeUndefined();
  expect(blankComments(pixelData(text('\0\0\0\x0cJXL ')), jpegXl)).toBeUndefined();
  const native = pixelData(text(SECRET));
  expect(blankComments(native, transferSyntaxes.rleLossless)).toBe(native);
  expect(blankComments(native, '1.2.840.113619.5.2')).toBeUndefined();
}); // prettier-ignore
