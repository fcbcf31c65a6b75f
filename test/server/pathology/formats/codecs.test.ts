import createCharls from '@cornerstonejs/codec-charls';
import createOpenJpeg from '@cornerstonejs/codec-openjpeg';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { bufferSource } from '../../../../server/pathology/formats/byteSource.ts';
import { readSlide } from '../../../../server/pathology/formats/index.ts';
import { probeSlide, readStoredTile } from '../../../../server/pathology/tiles/probeSlide.ts';
import { tileImage } from '../../../../server/pathology/tiles/tileImage.ts';
import { writeDicomSlide } from '../writeDicomSlide.ts';

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  setInterleaveMode?(mode: number): void;
  setDecompositions?(count: number): void;
  setQuality?(lossless: boolean, rates: number): void;
  delete(): void;
}
type Codec = (options?: object) => Promise<Record<string, new () => Encoder>>;

const side = 64;
const pixels = () =>
  sharp({ create: { width: side, height: side, channels: 3, background: '#b04080' } })
    .raw()
    .toBuffer();

async function encode(create: unknown, name: string, prepare: (encoder: Encoder) => void): Promise<Buffer> {
  const module = await (create as Codec)({ print: () => undefined });
  const encoder = new module[name]!();
  const info = {
    width: side,
    height: side,
    bitsPerSample: 8,
    componentCount: 3,
    isSigned: false,
    isUsingColorTransform: true,
  };
  encoder.getDecodedBuffer(info).set(await pixels());
  prepare(encoder);
  encoder.encode();
  const bytes = Buffer.from(encoder.getEncodedBuffer().slice());
  encoder.delete();
  return bytes;
}

test.each([
  [
    'JPEG 2000',
    '1.2.840.10008.1.2.4.90',
    'YBR_RCT',
    () => encode(createOpenJpeg, 'J2KEncoder', (encoder) => encoder.setQuality?.(true, 0)),
  ],
  [
    'JPEG-LS by line',
    '1.2.840.10008.1.2.4.80',
    'RGB',
    () => encode(createCharls, 'JpegLSEncoder', (encoder) => encoder.setInterleaveMode?.(1)),
  ],
  [
    'JPEG-LS by pixel',
    '1.2.840.10008.1.2.4.80',
    'RGB',
    () => encode(createCharls, 'JpegLSEncoder', (encoder) => encoder.setInterleaveMode?.(2)),
  ],
])('%s tiles are decoded in their colours', async (_name, transferSyntax, photometric, frame) => {
  const bytes = writeDicomSlide({
    transferSyntax,
    photometric,
    width: side,
    height: side,
    tile: side,
    frames: [await frame()],
    offsetTable: 'basic',
  });
  const source = bufferSource(bytes);
  const index = await readSlide(source);
  await probeSlide([source], index);
  const level = index.levels[0]!;
  const image = await tileImage(await readStoredTile(source, level, 0), level);
  const [red, green, blue] = await sharp(image.bytes).raw().toBuffer();
  expect([red! - 0xb0, green! - 0x40, blue! - 0x80].every((difference) => Math.abs(difference) <= 4)).toBe(
    true,
  );
});

test('a damaged JPEG 2000 tile is refused, and the next one is decoded all the same', async () => {
  const good = await encode(createOpenJpeg, 'J2KEncoder', (encoder) => encoder.setQuality?.(true, 0));
  const slide = (frame: Buffer) =>
    bufferSource(
      writeDicomSlide({
        transferSyntax: '1.2.840.10008.1.2.4.90',
        photometric: 'YBR_RCT',
        width: side,
        height: side,
        tile: side,
        frames: [frame],
      }),
    );
  const bad = slide(Buffer.concat([good.subarray(0, 40), Buffer.alloc(60)]));
  await expect(probeSlide([bad], await readSlide(bad))).rejects.toMatchObject({ reason: 'corrupt-tile' });
  const next = slide(good);
  await probeSlide([next], await readSlide(next));
});
