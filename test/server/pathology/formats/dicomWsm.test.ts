import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { bufferSource } from '../../../../server/pathology/formats/byteSource.ts';
import { joinInstances } from '../../../../server/pathology/formats/dicomTiles.ts';
import { readSlide } from '../../../../server/pathology/formats/index.ts';
import { correctColor } from '../../../../server/pathology/tiles/correctColor.ts';
import { readStoredTile } from '../../../../server/pathology/tiles/probeSlide.ts';
import { tileImage } from '../../../../server/pathology/tiles/tileImage.ts';
import { fixture } from '../fixtures.ts';
import type { DicomSlide } from '../writeDicomSlide.ts';
import { writeDicomSlide } from '../writeDicomSlide.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const jpegBaseline = '1.2.840.10008.1.2.4.50';
const rle = '1.2.840.10008.1.2.5';

const colors = ['#b04080', '#4060b0', '#40b060', '#c0a030', '#803030', '#306070'];
const raw = (color: string) =>
  sharp({ create: { width: 64, height: 64, channels: 3, background: color } })
    .raw()
    .toBuffer();
const jpeg = (color: string) =>
  sharp({ create: { width: 64, height: 64, channels: 3, background: color } })
    .jpeg({ quality: 95 })
    .toBuffer();

async function firstPixel(bytes: Buffer, tile: number): Promise<string> {
  const index = await readSlide(bufferSource(bytes));
  const level = index.levels[0]!;
  const image = await tileImage(await readStoredTile(bufferSource(bytes), level, tile), level);
  const pixel = await sharp(image.bytes).extract({ left: 30, top: 30, width: 1, height: 1 }).raw().toBuffer();
  return `#${pixel.toString('hex')}`;
}
const near = (found: string, wanted: string) => {
  const channels = (color: string) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return channels(found).every((value, n) => Math.abs(value - channels(wanted)[n]!) <= 4);
};

let jpegFrames: Buffer[];
let rawFrames: Buffer[];
beforeAll(async () => {
  jpegFrames = await Promise.all(colors.map(jpeg));
  rawFrames = await Promise.all(colors.map(raw));
});
const base = { photometric: 'YBR_FULL_422', width: 180, height: 128, tile: 64 };

describe('TILED_FULL', () => {
  for (const offsetTable of ['none', 'basic', 'extended', 'wrong'] as const) {
    for (const fragments of [1, 3]) {
      test(`JPEG, offset table ${offsetTable}, ${fragments} fragment(s) for a frame`, async () => {
        const bytes = writeDicomSlide({
          ...base,
          transferSyntax: jpegBaseline,
          frames: jpegFrames,
          offsetTable,
          fragments,
        });
        for (const [tile, color] of colors.entries())
          expect(near(await firstPixel(bytes, tile), color), color).toBe(true);
      });
    }
  }

  test('uncompressed, by pixel and by plane', async () => {
    const bytes = writeDicomSlide({
      ...base,
      photometric: 'RGB',
      transferSyntax: explicitLittleEndian,
      frames: rawFrames,
    });
    expect(near(await firstPixel(bytes, 4), colors[4]!)).toBe(true);
    const planes = rawFrames.map((frame) =>
      Buffer.concat([0, 1, 2].map((plane) => Buffer.from(frame.filter((_, at) => at % 3 === plane)))),
    );
    const planar = writeDicomSlide({
      ...base,
      photometric: 'RGB',
      planar: 1,
      transferSyntax: explicitLittleEndian,
      frames: planes,
    });
    expect(near(await firstPixel(planar, 4), colors[4]!)).toBe(true);
  });

  test('RLE', async () => {
    const frame = (color: string) => {
      const planes = [1, 3, 5].map((at) => {
        const value = parseInt(color.slice(at, at + 2), 16);
        return Buffer.concat(Array.from({ length: 32 }, () => Buffer.from([129, value])));
      });
      const head = Buffer.alloc(64);
      [3, 64, 128, 192].forEach((value, n) => head.writeUInt32LE(value, n * 4));
      return Buffer.concat([head, ...planes]);
    };
    const bytes = writeDicomSlide({
      ...base,
      photometric: 'RGB',
      transferSyntax: rle,
      frames: colors.map(frame),
      offsetTable: 'none',
    });
    expect(near(await firstPixel(bytes, 2), colors[2]!)).toBe(true);
  });
});

describe('TILED_SPARSE', () => {
  const positions: [number, number][] = [
    [129, 65],
    [1, 1],
  ];
  test('frames stand where they say, other places are background', async () => {
    const bytes = writeDicomSlide({
      ...base,
      transferSyntax: jpegBaseline,
      frames: jpegFrames.slice(0, 2),
      positions,
    });
    expect(near(await firstPixel(bytes, 5), colors[0]!)).toBe(true);
    expect(near(await firstPixel(bytes, 0), colors[1]!)).toBe(true);
    expect(near(await firstPixel(bytes, 3), '#f4f2f4')).toBe(true);
  });

  test.each([
    [
      'between the tiles',
      [
        [10, 1],
        [1, 1],
      ],
    ],
    [
      'outside the slide',
      [
        [129, 129],
        [1, 1],
      ],
    ],
    ['left out', [[1, 1]]],
  ] as [string, [number, number][]][])('a position %s is refused', async (_what, wrong) => {
    const bytes = writeDicomSlide({
      ...base,
      transferSyntax: jpegBaseline,
      frames: jpegFrames.slice(0, 2),
      positions: wrong,
    });
    await expect(readSlide(bufferSource(bytes))).rejects.toMatchObject({ reason: 'malformed' });
  });
});

describe('depth, parts and colour', () => {
  const small = { ...base, width: 128, height: 64 }; // two tiles
  const colorAt = async (bytes: Buffer, tile: number, plane: number) => {
    const level = (await readSlide(bufferSource(bytes))).levels[0]!;
    const image = await tileImage(await readStoredTile(bufferSource(bytes), level, tile, plane), level);
    return `#${(await sharp(image.bytes).extract({ left: 30, top: 30, width: 1, height: 1 }).raw().toBuffer()).toString('hex')}`;
  };

  test('focal planes of TILED_FULL follow each other from the glass upwards', async () => {
    const bytes = writeDicomSlide({
      ...small,
      transferSyntax: jpegBaseline,
      frames: jpegFrames,
      focalPlanes: 3,
    });
    for (const plane of [0, 1, 2])
      for (const tile of [0, 1])
        expect(near(await colorAt(bytes, tile, plane), colors[plane * 2 + tile]!)).toBe(true);
    const few = { ...small, transferSyntax: jpegBaseline, frames: jpegFrames.slice(0, 5), focalPlanes: 3 };
    await expect(readSlide(bufferSource(writeDicomSlide(few)))).rejects.toMatchObject({
      reason: 'malformed',
    });
    const many = { ...small, transferSyntax: jpegBaseline, frames: jpegFrames, focalPlanes: 4_000_000 };
    await expect(readSlide(bufferSource(writeDicomSlide(many)))).rejects.toMatchObject({
      reason: 'too-large',
    });
  });

  test('planes of TILED_SPARSE stand by their height', async () => {
    const bytes = writeDicomSlide({
      ...small,
      transferSyntax: jpegBaseline,
      frames: jpegFrames.slice(0, 3),
      positions: [
        [1, 1],
        [65, 1],
        [1, 1],
      ],
      heights: [1.5, 1.5, 0],
    });
    expect(near(await colorAt(bytes, 0, 0), colors[2]!)).toBe(true);
    expect(near(await colorAt(bytes, 0, 1), colors[0]!)).toBe(true);
    expect(near(await colorAt(bytes, 1, 0), '#f4f2f4')).toBe(true);
  });

  test('the parts of a concatenation are one level, in whatever order they come', async () => {
    const parts = [0, 2, 4].map((frameOffset) =>
      writeDicomSlide({
        ...base,
        transferSyntax: jpegBaseline,
        frames: jpegFrames.slice(frameOffset, frameOffset + 2),
        concatenation: { uid: '1.2.3.9', frameOffset },
      }),
    );
    const files = [parts[2]!, parts[0]!, parts[1]!];
    const slide = joinInstances(await Promise.all(files.map((file) => readSlide(bufferSource(file)))));
    expect(slide.levels).toHaveLength(1);
    const [{ planes, ...level }] = slide.levels as [(typeof slide.levels)[0]];
    const [tiles] = planes as [(typeof planes)[0]];
    for (const [tile, color] of colors.entries()) {
      const source = bufferSource(files[tiles.files![tile]! - 1]!);
      const stored = await source.read(tiles.offsets[tile]!, tiles.lengths[tile]!);
      const { bytes } = await tileImage(stored, level);
      const pixel = await sharp(bytes).extract({ left: 9, top: 9, width: 1, height: 1 }).raw().toBuffer();
      expect(near(`#${pixel.toString('hex')}`, color), color).toBe(true);
    }
  });

  test("the scanner's profile turns its colours into those of the screen", async () => {
    const wide = sharp({ create: { width: 64, height: 64, channels: 3, background: '#c03050' } });
    const { icc } = await sharp(await wide.clone().withIccProfile('p3').jpeg().toBuffer()).metadata();
    const bytes = writeDicomSlide({
      ...small,
      width: 64,
      transferSyntax: jpegBaseline,
      frames: [await wide.clone().jpeg({ quality: 95 }).toBuffer()],
      icc: icc!,
    });
    const index = await readSlide(bufferSource(bytes));
    expect(index.icc?.length).toBe(icc!.readUInt32BE(0));
    const level = index.levels[0]!;
    const plain = await tileImage(await readStoredTile(bufferSource(bytes), level, 0), level);
    const corrected = await correctColor(plain, index.icc!);
    const [red, green] = await sharp(corrected.bytes).raw().toBuffer();
    expect(red! - 0xc0).toBeGreaterThan(8); // the same numbers mean a stronger red in P3
    expect(0x30 - green!).toBeGreaterThan(4);
    const forged = writeDicomSlide({
      ...small,
      transferSyntax: jpegBaseline,
      frames: jpegFrames.slice(0, 2),
      icc: Buffer.alloc(400, 1),
    });
    expect((await readSlide(bufferSource(forged))).icc).toBeUndefined();
  });
});

describe('refused', () => {
  const full: DicomSlide = { ...base, transferSyntax: jpegBaseline, photometric: 'YBR_FULL_422', frames: [] };
  test('too few frames for the matrix', async () => {
    const bytes = writeDicomSlide({ ...full, frames: jpegFrames.slice(0, 5) });
    await expect(readSlide(bufferSource(bytes))).rejects.toMatchObject({ reason: 'malformed' });
  });
  test('a matrix of billions of tiles', async () => {
    const bytes = writeDicomSlide({ ...full, frames: jpegFrames, width: 2_000_000, height: 2_000_000 });
    await expect(readSlide(bufferSource(bytes))).rejects.toMatchObject({ reason: 'too-large' });
  });
  test('another SOP class', async () => {
    const bytes = writeDicomSlide({ ...full, frames: jpegFrames, sopClass: '1.2.840.10008.5.1.4.1.1.2' });
    await expect(readSlide(bufferSource(bytes))).rejects.toMatchObject({ reason: 'not-a-slide' });
  });
  test('cut off anywhere', async () => {
    const bytes = writeDicomSlide({ ...full, frames: jpegFrames });
    for (const share of [0.2, 0.5, 0.8, 0.99]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      await expect(readSlide(bufferSource(cut))).rejects.toMatchObject({ status: 422 });
    }
  });
});

describe('samples of others', () => {
  const pyramid = fixture('wsi/sm_image.dcm');
  test.skipIf(pyramid.missing)('sm_image.dcm: 25 native frames, tiles of 10 pixels', async () => {
    const bytes = await readFile(pyramid.path);
    const index = await readSlide(bufferSource(bytes));
    expect(index.levels[0]).toMatchObject({ width: 50, height: 50, columns: 5, rows: 5, tileWidth: 10 });
    expect(index.micrometrePerPixel).toBeCloseTo(0.499);
    const level = index.levels[0]!;
    const image = await tileImage(await readStoredTile(bufferSource(bytes), level, 0), level);
    expect((await sharp(image.bytes).metadata()).width).toBe(10);
  });

  const level = fixture('wsi/boxes_0.dcm');
  const thumbnail = fixture('wsi/boxes_1.dcm');
  test.skipIf(level.missing)('boxes: level and thumbnail of one series become one slide', async () => {
    const files = await Promise.all([thumbnail.path, level.path].map((file) => readFile(file)));
    const slide = joinInstances(await Promise.all(files.map((file) => readSlide(bufferSource(file)))));
    expect(slide.levels.map(({ width, source }) => [width, source])).toEqual([[16, 1]]);
    expect(slide.associated.map(({ kind, source }) => [kind, source])).toEqual([['thumbnail', 0]]);
    expect(slide).toMatchObject({ objectivePower: 20 });
  });
});
