import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printedImages } from '../../../../server/imaging/print/printedImages.ts';
import {
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeFileMeta,
} from '../../../../server/standards/dicom/index.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';
import { makeFile, newUid, store, township, type ObjectOptions } from '../objects.ts';

let hub: TestContext;
const study = newUid();
const series = newUid();
const uids = { first: newUid(), ramp: newUid(), film: newUid() };

/** 64 × 64, left half of one value and right half of another. */
function halves(left: number, right: number): Buffer {
  const bytes = Buffer.alloc(64 * 64 * 2);
  for (let at = 0; at < 64 * 64; at++) bytes.writeUInt16LE(at % 64 < 32 ? left : right, at * 2);
  return bytes;
}
const file = (uid: string, more: ObjectOptions = {}) => makeFile({ study, series, uid, size: 64, ...more });

beforeAll(async () => {
  hub = await createContext({ county: true });
  const arrival = await township(hub.ctx);
  await store(hub.ctx, arrival, file(uids.first, { instanceNumber: 17 }));
  const plain = file(uids.ramp, { instanceNumber: 18, more: [[tags.numberOfFrames, '2']] });
  const frames = Buffer.concat([halves(0, 1000), halves(1000, 0)]);
  const head = plain.subarray(0, plain.length - 4 - 64 * 64 * 2);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(frames.length);
  expect((await store(hub.ctx, arrival, Buffer.concat([head, length, frames]))).status).toBe('stored');
  const from = file(uids.film, { instanceNumber: 19 });
  const film = Buffer.concat([
    writeFileMeta({ sopClassUid: sopClasses.ct, sopInstanceUid: uids.film, transferSyntax: transferSyntaxes.mpeg2Main }),
    from.subarray(readHeader(from).dataSetOffset, from.length - 12 - 64 * 64 * 2),
    Buffer.from('e07f10004f420000ffffffff' + 'feff00e000000000' + 'feff00e008000000' + '000001b300000000' + 'feffdde000000000', 'hex'),
  ]);
  expect((await store(hub.ctx, arrival, film)).status).toBe('stored');
}); // prettier-ignore
afterAll(() => hub.close());

const print = (sopInstanceUid: string, more: object = {}, measurements: unknown[] = []) =>
  printedImages(hub.ctx, [{ studyInstanceUid: study, sopInstanceUid, frame: 1, ...more }], { measurements });
const drawn = (sopInstanceUid: string, frame: number, values: [string, number, string][], label?: string) => ({
  uid: 'u', tool: 'Length', label, pixels: [[4, 4], [20, 20]],
  imageId: `wadors:/dicom-web/studies/${study}/series/${series}/instances/${sopInstanceUid}/frames/${frame}`,
  values: values.map(([quantity, value, unit]) => ({ quantity, value, unit })),
}); // prettier-ignore
/** Mean brightness of the left and of the right half of a picture. */
async function brightness(picture: Buffer): Promise<[number, number]> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
  const half = (from: number) => {
    let sum = 0;
    for (let row = 0; row < info.height; row++)
      for (let column = 0; column < info.width / 2; column++)
        sum += data[row * info.width + from + column] ?? 0;
    return Math.round(sum / (info.width / 2) / info.height);
  };
  return [half(0), half(info.width / 2)];
}

test.each<[string, object, unknown[], string]>([
  ['series and image by the numbers of the device', {}, [], '序列 1 图 17'],
  ['the note of the reader', { note: '结节' }, [], '序列 1 图 17  结节'],
  ['what was measured, numbered as it is drawn', {}, [drawn(uids.first, 1, [['length', 12.34, 'mm']], '结节'), drawn(uids.first, 1, [['angle', 45, '°']])], '序列 1 图 17  1: 结节 12.3 mm  2: 45.0°'],
  ['two diameters as one', {}, [drawn(uids.first, 1, [['length', 40, 'mm'], ['width', 20.06, 'mm']])], '序列 1 图 17  1: 40.0×20.1 mm'],
  ['the mean of a region before its area', {}, [drawn(uids.first, 1, [['area', 100, 'mm²'], ['mean', 41.25, 'HU']])], '序列 1 图 17  1: 41.3 HU'],
  ['a mark without a value', {}, [drawn(uids.first, 1, [], '箭头')], '序列 1 图 17  1: 箭头'],
  ['nothing of what was measured elsewhere', {}, [drawn(uids.ramp, 1, [['length', 1, 'mm']]), drawn(uids.first, 2, [['length', 1, 'mm']])], '序列 1 图 17'],
])('a caption names %s', async (_what, more, measurements, caption) => {
  const { printed, failed } = await print(uids.first, more, measurements);
  expect([printed[0]!.caption, failed]).toEqual([caption, 0]);
}); // prettier-ignore

test('a frame of several is named by its number and is the one that was asked for', async () => {
  const [first, second] = await Promise.all([print(uids.ramp), print(uids.ramp, { frame: 2 })]);
  expect([first.printed[0]!.caption, second.printed[0]!.caption]).toEqual([
    '序列 1 第 1 帧',
    '序列 1 第 2 帧',
  ]);
  const [dark, bright] = await brightness(first.printed[0]!.bytes);
  expect(dark).toBeLessThan(20);
  expect(bright).toBeGreaterThan(235);
  expect((await brightness(second.printed[0]!.bytes))[0]).toBeGreaterThan(235);
});

test('the window is the one that the reader saw; one that is none is that of the object', async () => {
  const of = async (view: unknown) => brightness((await print(uids.ramp, { view })).printed[0]!.bytes);
  const whole = await of({});
  expect((await of({ window: { center: 2000, width: 2000 } }))[1]).toBeLessThan(20);
  for (const view of [null, { window: { center: 1, width: 0 } }, { window: 'bone' }, 'nothing'])
    expect(await of(view)).toEqual(whole);
});

test('what no codec here reads is counted, a frame that is not there too; an image of nowhere is left out', async () => {
  const outcome = async (uid: string, more = {}) => {
    const { printed, failed } = await print(uid, more);
    return [printed.length, failed];
  };
  expect(await outcome(uids.film)).toEqual([0, 1]);
  expect(await outcome(uids.first, { frame: 2 })).toEqual([0, 1]);
  expect(await outcome(newUid())).toEqual([0, 0]);
});
