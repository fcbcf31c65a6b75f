import { expect, test } from 'vitest';
import { decodeFrame } from '../../../../server/imaging/pixels/decodeFrame.ts';
import { encodeHtj2k } from '../../../../server/imaging/pixels/encodeHtj2k.ts';
import { transferSyntaxes as ts } from '../../../../server/standards/dicom/index.ts';
import { fixture, haveFixtures } from '../../standards/dicom/fixtures.ts';
import { decodedFrames, pictureFile, pixelsOf, storedFrames } from './pictures.ts';

test.skipIf(!haveFixtures)('one thread reads pictures of every codec, also when all are new to it at once', async () => {
  const format = { rows: 32, columns: 32, stored: 12 };
  const [native] = await decodedFrames(pictureFile(format, pixelsOf(format)));
  const { codeStream } = await encodeHtj2k(native!);
  const names = ['MR_small_jpeg_ls_lossless', 'SC_rgb_jpeg_dcmtk', 'MR_small_jp2klossless', 'MR_small_RLE'];
  const frames = [
    { ...native!, transferSyntax: ts.htj2kLosslessRpcl, bytes: codeStream },
    ...(await Promise.all(names.map(async (name) => (await storedFrames(fixture(`general/${name}.dcm`)))[0]!))),
  ];
  const decoded = await Promise.all(frames.map((frame) => decodeFrame(frame)));
  expect(decoded.map(({ rows, columns }) => [rows, columns])).toEqual(frames.map(({ rows, columns }) => [rows, columns]));
  expect(Buffer.from(decoded[0]!.bytes).equals(Buffer.from(native!.bytes))).toBe(true);
}); // prettier-ignore
