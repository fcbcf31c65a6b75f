import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { isDerivable } from '../../../../server/imaging/derive/deriveRendition.ts';
import { deriveSeries } from '../../../../server/imaging/derive/deriveSeries.ts';
import type { PreviewIndex } from '../../../../server/imaging/derive/writePreview.ts';
import { decodeFrame } from '../../../../server/imaging/pixels/decodeFrame.ts';
import { loadFrame, pixelFormat } from '../../../../server/imaging/pixels/pixelSource.ts';
import { resolveImages, type ResolvedInstance } from '../../../../server/imaging/query/resolveImages.ts';
import { renderPicture } from '../../../../server/imaging/renderPicture.ts';
import { readStoredHeader } from '../../../../server/imaging/storedObject.ts';
import {
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeFileMeta,
  type ElementList,
} from '../../../../server/standards/dicom/index.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';
import { makeFile, newUid, store, township, type ObjectOptions } from '../objects.ts';

let hub: TestContext;
beforeAll(async () => (hub = await createContext({ county: true })));
afterAll(() => hub.close());

const [study, series] = [newUid(), newUid()];
/** An image of 16 bits with a picture of its own; several frames by a longer one. */
function imageOf(size: number, value: (row: number, column: number, frame: number) => number, options: ObjectOptions = {}, frames = 1): Buffer {
  const file = makeFile({ study, series, size, ...options, more: [...(options.more ?? []), ...(frames > 1 ? ([[tags.numberOfFrames, String(frames)]] as ElementList) : [])] });
  const pixels = Buffer.alloc(size * size * 2 * frames);
  for (let at = 0; at < size * size * frames; at++) pixels.writeUInt16LE(value(Math.floor(at / size) % size, at % size, Math.floor(at / size / size)), at * 2);
  const head = file.subarray(0, file.length - 4 - size * size * 2);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(pixels.length);
  return Buffer.concat([head, length, pixels]);
} // prettier-ignore
async function send(...files: Buffer[]): Promise<void> {
  const arrival = await township(hub.ctx);
  for (const file of files) expect((await store(hub.ctx, arrival, file)).status).toBe('stored');
}
const seriesId = async (uid = series) =>
  (await hub.ctx.db.selectFrom('series').select('id').where('seriesInstanceUid', '=', uid).executeTakeFirstOrThrow()).id; // prettier-ignore
const imagesOf = (uid = series, of = study) => resolveImages(hub.ctx, SYSTEM, { study: of, series: uid });
const derivedOf = async (uid = series) =>
  hub.ctx.db.selectFrom('seriesDerived').selectAll().where('seriesId', '=', await seriesId(uid)).executeTakeFirst(); // prettier-ignore
async function previewOf(uid = series): Promise<{ index: PreviewIndex; prefixes: Buffer }> {
  const bytes = await hub.ctx.objects.read((await derivedOf(uid))!.previewAddress!);
  const length = bytes.readUInt32LE(0);
  return { index: JSON.parse(bytes.toString('utf8', 4, 4 + length)), prefixes: bytes.subarray(4 + length) };
}
const ramp = (row: number, column: number, frame = 0) => row * 3 + column * 5 + frame * 1_000;

describe('what is derived of a series', () => {
  test('each frame as HTJ2K without loss, the start of each in one preview, metadata and a thumbnail', async () => {
    await send(imageOf(64, ramp, { instanceNumber: 1 }), imageOf(32, ramp, { instanceNumber: 2 }, 3));
    await deriveSeries(hub.ctx, await seriesId());
    const images = await imagesOf();
    expect(images.map(({ rendition }) => rendition?.frames.length)).toEqual([1, 3]);
    for (const image of images)
      for (let number = 1; number <= image.numberOfFrames; number++) {
        const { frame } = await loadFrame(hub.ctx, image, number);
        const [offset, length] = image.rendition!.frames[number - 1]!;
        const { transferSyntax, objectAddress } = image.rendition!;
        const bytes = await hub.ctx.objects.read(objectAddress, { start: offset, end: offset + length - 1 });
        expect(Buffer.from((await decodeFrame({ ...frame, transferSyntax, bytes })).bytes).equals(frame.bytes)).toBe(true);
      }
    const { index, prefixes } = await previewOf();
    expect(index.instances.map(({ sopInstanceUid, frames }) => [sopInstanceUid, frames.length])).toEqual(images.map((image) => [image.sopInstanceUid, image.numberOfFrames]));
    for (const [at, { frames }] of index.instances.entries())
      for (const [number, [offset, length]] of frames.entries()) {
        const { objectAddress, frames: places } = images[at]!.rendition!;
        const [start, , prefix] = places[number]!;
        const own = await hub.ctx.objects.read(objectAddress, { start, end: start + prefix - 1 });
        expect([length, prefixes.subarray(offset, offset + length).equals(own)]).toEqual([prefix, true]);
      }
    const row = await derivedOf();
    const thumbnail = await sharp(await hub.ctx.objects.read(row!.thumbnailAddress!)).metadata();
    expect([thumbnail.format, Math.max(thumbnail.width, thumbnail.height)]).toEqual(['jpeg', 32]);
    expect(row!.instances).toBe(2);
  }); // prettier-ignore

  test('is not made twice; a late image makes the preview anew and leaves the renditions that stand', async () => {
    const before = await imagesOf();
    const first = await derivedOf();
    await deriveSeries(hub.ctx, await seriesId());
    expect(await derivedOf()).toMatchObject({
      previewAddress: first!.previewAddress,
      metadataAddress: first!.metadataAddress,
    });
    await send(imageOf(16, ramp, { instanceNumber: 3 }));
    await deriveSeries(hub.ctx, await seriesId());
    expect((await previewOf()).index.instances).toHaveLength(3);
    expect((await imagesOf()).slice(0, 2).map(({ rendition }) => rendition)).toEqual(before.map(({ rendition }) => rendition)); // prettier-ignore
    expect((await derivedOf())!.instances).toBe(3);
  });

  test('of a series of documents: metadata, neither preview nor picture', async () => {
    const documents = newUid();
    const file = makeFile({ study, series: documents, sopClass: sopClasses.comprehensiveSr, modality: 'SR' });
    await send(file.subarray(0, file.length - 12 - 128));
    await deriveSeries(hub.ctx, await seriesId(documents));
    expect(await derivedOf(documents)).toMatchObject({
      previewAddress: null,
      thumbnailAddress: null,
      instances: 1,
    });
  });

  test('of what no codec here reads nothing but the metadata, and its neighbours are derived', async () => {
    const mixed = newUid();
    const uid = newUid();
    const from = makeFile({ study, series: mixed, uid, instanceNumber: 1 });
    const film = Buffer.concat([
      writeFileMeta({ sopClassUid: sopClasses.ct, sopInstanceUid: uid, transferSyntax: transferSyntaxes.mpeg2Main }),
      from.subarray(readHeader(from).dataSetOffset, from.length - 12 - 128),
      Buffer.from('e07f10004f420000ffffffff' + 'feff00e000000000' + 'feff00e008000000' + '000001b300000000' + 'feffdde000000000', 'hex'),
    ]);
    await send(film, imageOf(32, ramp, { series: mixed, instanceNumber: 2 }));
    await deriveSeries(hub.ctx, await seriesId(mixed));
    const [first, second] = await imagesOf(mixed);
    expect([first!.rendition, second!.rendition?.frames.length]).toEqual([null, 1]);
    expect((await previewOf(mixed)).index.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([second!.sopInstanceUid]);
  }); // prettier-ignore

  test('a series that is not there is nothing to derive', async () => {
    await deriveSeries(hub.ctx, 987_654_321);
    expect(
      await hub.ctx.db.selectFrom('seriesDerived').select('seriesId').where('seriesId', '=', 987_654_321).execute(),
    ).toEqual([]);
  }); // prettier-ignore
});

describe('which objects gain by a rendition', () => {
  const image: ResolvedInstance = {
    transferSyntax: transferSyntaxes.explicitLittleEndian, bitsAllocated: 16, samplesPerPixel: 1, photometric: 'MONOCHROME2', rows: 512, columns: 512, pixelOffset: 1_000,
  } as ResolvedInstance; // prettier-ignore
  test.each<[string, Partial<ResolvedInstance>, boolean]>([
    ['plain grey', {}, true],
    ['grey of eight bits', { bitsAllocated: 8 }, true],
    ['RGB', { samplesPerPixel: 3, bitsAllocated: 8, photometric: 'RGB' }, true],
    ['JPEG without loss', { transferSyntax: transferSyntaxes.jpegLosslessFirstOrder }, true],
    ['JPEG-LS without loss', { transferSyntax: transferSyntaxes.jpegLsLossless }, true],
    ['RLE', { transferSyntax: transferSyntaxes.rleLossless }, true],
    ['JPEG with loss is never coded again', { transferSyntax: transferSyntaxes.jpegBaseline }, false],
    ['JPEG 2000 that may have loss', { transferSyntax: transferSyntaxes.jpeg2000 }, false],
    ['HTJ2K has it already', { transferSyntax: transferSyntaxes.htj2kLosslessRpcl }, false],
    ['film', { transferSyntax: transferSyntaxes.mpeg2Main }, false],
    ['masks of one bit', { bitsAllocated: 1 }, false],
    ['32 bits', { bitsAllocated: 32 }, false],
    ['a palette', { photometric: 'PALETTE COLOR', bitsAllocated: 8 }, false],
    ['halved colour', { samplesPerPixel: 3, bitsAllocated: 8, photometric: 'YBR_FULL_422' }, false],
    ['colour of 16 bits', { samplesPerPixel: 3 }, false],
    ['CMYK', { samplesPerPixel: 4, bitsAllocated: 8 }, false],
    ['too small', { rows: 15 }, false],
    ['too narrow', { columns: 15 }, false],
    ['no pixels', { pixelOffset: null }, false],
    ['no size', { rows: null }, false],
  ])('%s: %s', (_what, more, expected) => {
    expect(isDerivable({ ...image, ...more })).toBe(expected);
  });
});

describe('a small picture of a large image', () => {
  const large = newUid();
  let image: ResolvedInstance;
  const brightness = async (options: { maxSize?: number; region?: { left: number; top: number; width: number; height: number } }) => {
    const picture = await renderPicture(hub.ctx, image, 1, { type: 'image/png', quality: 90, window: { center: 1_550, width: 3_100 }, ...options });
    const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
    const half = (right: boolean) => {
      let sum = 0, count = 0;
      for (let at = 0; at < data.length; at++)
        if ((at % info.width >= info.width / 2) === right) { sum += data[at]!; count++; }
      return Math.round(sum / count);
    };
    return { width: info.width, left: half(false), right: half(true) };
  }; // prettier-ignore

  beforeAll(async () => {
    await send(imageOf(1_024, (_row, column) => (column < 512 ? 100 : 3_000), { series: large }));
    await deriveSeries(hub.ctx, await seriesId(large));
    [image] = (await imagesOf(large)) as [ResolvedInstance];
  });

  test('shows what the whole one does, from the first bytes of its rendition', async () => {
    const whole = await brightness({});
    const small = await brightness({ maxSize: 128 });
    expect(small.width).toBe(128);
    expect(Math.abs(small.left - whole.left)).toBeLessThan(4);
    expect(Math.abs(small.right - whole.right)).toBeLessThan(4);
    expect(pixelFormat((await readStoredHeader(hub.ctx, image)).dataSet).rows).toBe(1_024);
  });

  test('does not read the pixels of the object; a larger one, or a part, does', async () => {
    const { dataDir } = hub.ctx.config;
    const file = path.join(dataDir, 'objects', image.objectAddress.slice(0, 2), image.objectAddress);
    fs.truncateSync(file, image.pixelOffset!);
    fs.truncateSync(file, image.objectSize); // zeros where the pixels were
    expect((await brightness({ maxSize: 128 })).right).toBeGreaterThan(200);
    for (const options of [
      { maxSize: 129 },
      { maxSize: 128, region: { left: 0, top: 0, width: 1_024, height: 1_024 } },
    ])
      expect((await brightness(options)).right).toBeLessThan(20);
  });
});
