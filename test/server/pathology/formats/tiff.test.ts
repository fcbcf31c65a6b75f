import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bufferSource } from '../../../../server/pathology/formats/byteSource.ts';
import { readSlide } from '../../../../server/pathology/formats/index.ts';
import type { SlideIndex } from '../../../../server/pathology/formats/slideIndex.ts';
import { hugeSlide, makeSlide } from '../../../../server/pathology/synthetic/makeSlide.ts';
import { probeSlide, readStoredTile } from '../../../../server/pathology/tiles/probeSlide.ts';
import { tileImage } from '../../../../server/pathology/tiles/tileImage.ts';
import { fixture } from '../fixtures.ts';

const run = promisify(execFile);
const hasOpenSlide = (() => {
  try {
    execFileSync('openslide-show-properties', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

async function pixelsOf(bytes: Buffer, index: SlideIndex, level: number, tile: number) {
  const layer = index.levels[level]!;
  const image = await tileImage(await readStoredTile(bufferSource(bytes), layer, tile), layer);
  return sharp(image.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
}

describe('a synthetic slide', () => {
  let bytes: Buffer;
  let index: SlideIndex;
  let folder: string;
  beforeAll(async () => {
    bytes = await makeSlide({
      width: 2100,
      height: 1500,
      stain: 'HE',
      seed: 3,
      label: 'Test',
      barcode: 'P26000001A1-1',
    });
    index = await readSlide(bufferSource(bytes), 'test.svs');
    folder = await mkdtemp(path.join(os.tmpdir(), 'slide-'));
    await writeFile(path.join(folder, 'test.svs'), bytes);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is indexed with levels, scale, objective, barcode, label and macro', () => {
    expect(index).toMatchObject({
      format: 'svs',
      micrometrePerPixel: 0.25,
      objectivePower: 40,
      barcode: 'P26000001A1-1',
    });
    expect(index.levels.map(({ width, height, columns, rows }) => [width, height, columns, rows])).toEqual([
      [2100, 1500, 9, 6],
      [1050, 750, 5, 3],
      [525, 375, 3, 2],
      [263, 188, 2, 1],
      [132, 94, 1, 1],
    ]);
    expect(index.associated.map(({ kind }) => kind)).toEqual(['label', 'macro']);
  });

  test('passes its probe and leaves as the scanner coded it', async () => {
    await probeSlide([bufferSource(bytes)], index);
    const layer = index.levels[0]!;
    const image = await tileImage(await readStoredTile(bufferSource(bytes), layer, 30), layer);
    expect(image.original).toBe(true);
  });

  test.skipIf(!hasOpenSlide)('shows the pixels that OpenSlide shows (openslide-tools)', async () => {
    for (const [level, tile, x, y] of [
      [0, 30, 768, 768],
      [1, 7, 1024, 512],
      [2, 0, 0, 0],
    ] as const) {
      const ours = await pixelsOf(bytes, index, level, tile);
      const out = path.join(folder, `${level}.png`);
      await run('openslide-write-png', [
        path.join(folder, 'test.svs'),
        `${x}`,
        `${y}`,
        `${level}`,
        '256',
        '256',
        out,
      ]);
      const theirs = await sharp(await readFile(out))
        .flatten()
        .removeAlpha()
        .raw()
        .toBuffer();
      let worst = 0;
      for (let at = 0; at < theirs.length; at++)
        worst = Math.max(worst, Math.abs(theirs[at]! - ours.data[at]!));
      expect(worst, `level ${level}`).toBeLessThanOrEqual(level === 0 ? 6 : 6);
    }
  });

  test('cut off at any place is refused or read in full, never half', async () => {
    for (const share of [0.1, 0.5, 0.9, 0.97, 0.999]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      await expect(readSlide(bufferSource(cut)), `${share}`).rejects.toMatchObject({
        name: 'UnreadableSlide',
        status: 422,
      });
    }
  });
});

test('a slide of 100,000 × 80,000 pixels is indexed within bounds', async () => {
  const bytes = await makeSlide(hugeSlide);
  const index = await readSlide(bufferSource(bytes));
  expect(bytes.length).toBeLessThan(10e6);
  expect(index.levels[0]).toMatchObject({ width: 100_000, height: 80_000, columns: 391, rows: 313 });
  expect(index.levels).toHaveLength(10);
  await probeSlide([bufferSource(bytes)], index);
});

describe('samples of others', () => {
  const svs = fixture('wsi/small.svs');
  test.skipIf(svs.missing)('small.svs: RGB inside JPEG keeps its colours', async () => {
    const bytes = await readFile(svs.path);
    const index = await readSlide(bufferSource(bytes), 'small.svs');
    expect(index).toMatchObject({
      vendor: 'Aperio',
      micrometrePerPixel: 0.499,
      objectivePower: 20,
      scannedAt: '2009-12-29T09:59:15',
    });
    const { data } = await pixelsOf(bytes, index, 0, 0);
    expect([...data.subarray(0, 6)]).toEqual([245, 243, 252, 244, 243, 234]);
  });

  const unreadable = fixture('wsi/unreadable.svs');
  test.skipIf(unreadable.missing)('unreadable.svs: found at arrival by its probe', async () => {
    const source = bufferSource(await readFile(unreadable.path));
    const index = await readSlide(source, 'unreadable.svs');
    await expect(probeSlide([source], index)).rejects.toMatchObject({ reason: 'corrupt-tile' });
  });

  const unopenable = fixture('wsi/unopenable.tiff');
  test.skipIf(unopenable.missing)('unopenable.tiff: unknown compression is named', async () => {
    const source = bufferSource(await readFile(unopenable.path));
    await expect(readSlide(source)).rejects.toThrow(/compression 52479/);
  });

  const boxes = fixture('wsi/boxes.tiff');
  test.skipIf(boxes.missing)(
    'boxes.tiff: deflate with predictor is decoded as sharp decodes the page',
    async () => {
      const bytes = await readFile(boxes.path);
      const index = await readSlide(bufferSource(bytes), 'boxes.tiff');
      expect(index.levels.map(({ width }) => width)).toEqual([300, 150, 75, 37]);
      const { data } = await pixelsOf(bytes, index, 1, 0);
      const page = await sharp(bytes, { page: 1 })
        .extract({ left: 0, top: 0, width: 64, height: 64 })
        .removeAlpha()
        .raw()
        .toBuffer();
      let worst = 0;
      for (let at = 0; at < page.length; at++) worst = Math.max(worst, Math.abs(page[at]! - data[at]!));
      expect(worst).toBeLessThan(30); // coded again at quality 92: sharp edges of the boxes ring a little
    },
  );
});

/** Classic TIFF with one directory of LONG fields. */
function tiff(fields: [tag: number, ...values: number[]][], next = 0, tail = Buffer.alloc(0)): Buffer {
  const head = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  const directory = Buffer.alloc(2 + fields.length * 12 + 4);
  directory.writeUInt16LE(fields.length, 0);
  fields.forEach(([tag, value = 0, count = 1], n) => {
    directory.writeUInt16LE(tag, 2 + n * 12);
    directory.writeUInt16LE(4, 4 + n * 12);
    directory.writeUInt32LE(count, 6 + n * 12);
    directory.writeUInt32LE(value, 10 + n * 12);
  });
  directory.writeUInt32LE(next, directory.length - 4);
  return Buffer.concat([head, directory, tail]);
}

describe('a hostile TIFF is refused with its reason', () => {
  const level = (more: [number, ...number[]][]): [number, ...number[]][] => [
    [256, 512],
    [257, 512],
    [259, 7],
    [262, 6],
    [277, 1],
    [322, 512],
    [323, 512],
    ...more,
  ];
  const cases: [string, Buffer, string][] = [
    [
      'its directories form a loop',
      tiff(
        level([
          [324, 8],
          [325, 4],
        ]),
        8,
      ),
      'malformed',
    ],
    [
      'a tile lies beyond the file',
      tiff(
        level([
          [324, 1_000_000],
          [325, 400],
        ]),
      ),
      'truncated',
    ],
    [
      'a tile claims 4 GB',
      tiff(
        level([
          [324, 8],
          [325, 4_000_000_000],
        ]),
      ),
      'too-large',
    ],
    [
      'tiles are 60,000 pixels wide',
      tiff([
        [256, 60_000],
        [257, 60_000],
        [322, 60_000],
        [323, 60_000],
      ]),
      'too-large',
    ],
    [
      'there are billions of tiles',
      tiff([
        [256, 2_000_000],
        [257, 2_000_000],
        [322, 16],
        [323, 16],
      ]),
      'too-large',
    ],
    [
      'a tile is 0 pixels wide',
      tiff([
        [256, 100],
        [257, 100],
        [322, 0],
        [323, 16],
      ]),
      'malformed',
    ],
    [
      'a table claims a billion offsets',
      tiff(
        level([
          [324, 8, 1_000_000_000],
          [325, 8, 1_000_000_000],
        ]),
      ),
      'too-large',
    ],
    ['the directory lies outside', Buffer.from([0x49, 0x49, 42, 0, 0xff, 0xff, 0xff, 0x0f]), 'truncated'],
    [
      'the number of tiles is wrong',
      tiff(
        level([
          [256, 5000],
          [324, 8],
          [325, 4],
        ]),
      ),
      'malformed',
    ],
    [
      'the picture has no tiles',
      tiff([
        [256, 5000],
        [257, 5000],
        [273, 8],
      ]),
      'not-tiled',
    ],
    ['only eight bytes arrived', Buffer.from([0x4d, 0x4d, 0, 43, 0, 8, 0, 0]), 'malformed'],
  ];
  test.each(cases)('%s', async (_what, bytes, reason) => {
    await expect(readSlide(bufferSource(bytes))).rejects.toMatchObject({ reason });
  });

  test('a chain of a thousand directories', async () => {
    const chain = Buffer.alloc(8 + 1000 * 18);
    chain.write('II*\0', 0, 'latin1');
    chain.writeUInt32LE(8, 4);
    for (let n = 0; n < 1000; n++) {
      chain.writeUInt16LE(1, 8 + n * 18);
      chain.writeUInt32LE(8 + (n + 1) * 18, 8 + n * 18 + 14);
    }
    await expect(readSlide(bufferSource(chain))).rejects.toMatchObject({ reason: 'too-large' });
  });
});

test.each([
  ['slide.kfb', Buffer.from('KFB....')],
  ['slide.sdpc', Buffer.from('SQ......')],
  ['slide.tmap', Buffer.from('anything')],
  ['slide.mrxs', Buffer.from([0xff, 0xd8, 0xff])],
])('%s is answered with what to export instead', async (fileName, bytes) => {
  await expect(readSlide(bufferSource(bytes), fileName)).rejects.toMatchObject({
    reason: 'closed-format',
    message: expect.stringContaining('SVS, pyramidal TIFF or DICOM'),
  });
});
