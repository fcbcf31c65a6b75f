import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkImageQuality } from '../../../../server/imaging/algorithms/checkImageQuality.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import {
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeFileMeta,
  type ElementList,
} from '../../../../server/standards/dicom/index.ts';
import { startCounty, type County } from '../county.ts';
import { makeFile, newUid, store, township, type ObjectOptions } from '../objects.ts';

let county: County;
beforeAll(async () => (county = await startCounty()));
afterAll(() => county.close());

const SIZE = 64;
type Picture = (row: number, column: number) => number;
const sharp: Picture = (row, column) => ((row * 7 + column * 13) % 50) * 20;
const blurred: Picture = (row, column) => row + column;
const saturated: Picture = (row) => (row < 40 ? 4095 : 0);

/** An order of the township and images of it, each with its own picture. */
async function examined(
  items: { code: string }[],
  images: { picture: Picture; more?: ElementList; options?: ObjectOptions }[],
  request: Record<string, unknown> = {},
): Promise<Order> {
  const [order] = await county.place('冯九', { items, ...request });
  const study = newUid();
  const arrival = await township(county.ctx);
  for (const [at, { picture, more = [], options = {} }] of images.entries()) {
    const file = makeFile({
      study, size: SIZE, instanceNumber: at + 1, modality: 'DX', patientName: 'FENG^JIU=冯^九', accessionNumber: order!.accessionNumber, more, ...options,
    }); // prettier-ignore
    const pixels = file.subarray(file.length - SIZE * SIZE * 2);
    for (let place = 0; place < SIZE * SIZE; place++)
      pixels.writeUInt16LE(picture(Math.floor(place / SIZE), place % SIZE), place * 2);
    expect((await store(county.ctx, arrival, file)).status).toBe('stored');
  }
  return county.order(order!.id);
}
const codes = async (order: Order) => (await checkImageQuality(county.ctx, order)).findings.map(({ code }) => code); // prettier-ignore
const chest = [{ code: 'DR-CHEST' }];
const knee = [{ code: 'DR-KNEE' }];
const side = (text: string): ElementList => [[tags.laterality, text]];

test('a good picture is not positive and says how many were looked at', async () => {
  const found = await checkImageQuality(county.ctx, await examined(chest, [{ picture: sharp }]));
  expect(found).toEqual({
    conclusion: '抽查 1 幅:曝光、对比、清晰度、左右标识未见异常',
    positive: false,
    findings: [],
  });
});

test.each<[string, Picture, ObjectOptions, string[]]>([
  ['a saturated one', saturated, {}, ['clipped']],
  ['a CT at the end of its range is none', saturated, { modality: 'CT' }, []],
  ['a blurred one', blurred, {}, ['blurred']],
  ['one of a single value', () => 7, {}, ['clipped', 'low-contrast', 'blurred']],
])('%s', async (_what, picture, options, expected) => {
  expect(await codes(await examined(chest, [{ picture, options }]))).toEqual(expected);
});

test.each<[string, ElementList, Record<string, unknown>, string[]]>([
  ['without a side', [], {}, ['side-missing']],
  ['with a side, where the request names none', side('L'), {}, []],
  ['of the side that was asked for', side('L'), { clinicalInfo: '左膝外伤' }, []],
  ['of the other side', side('R'), { clinicalInfo: '左膝外伤' }, ['side-contradicts']],
  ['of both, where one was asked for', side('B'), { clinicalInfo: '左膝外伤' }, []],
  ['of one, where both were asked for', side('R'), { clinicalInfo: '左膝、右膝对比' }, []],
  ['the side of the image before that of the series', [...side('R'), [0x00200062, 'L', 'CS']], { clinicalInfo: '左膝' }, []],
])('a knee %s', async (_what, more, request, expected) => {
  expect(await codes(await examined(knee, [{ picture: sharp, more }], request))).toEqual(expected);
}); // prettier-ignore

test('the same fault of several images is said once, and shown at each of them', async () => {
  const order = await examined(chest, [{ picture: blurred }, { picture: sharp }, { picture: blurred }]);
  const found = await checkImageQuality(county.ctx, order);
  expect(found.conclusion).toBe('抽查 3 幅:图像模糊');
  expect(found.findings.map(({ code }) => code)).toEqual(['blurred', 'blurred']);
  expect(new Set(found.findings.map(({ instanceUid }) => instanceUid)).size).toBe(2);
});

test('of many images six are looked at, spread over the study', async () => {
  const images = Array.from({ length: 14 }, (_, at) => ({ picture: at === 12 ? blurred : sharp }));
  const found = await checkImageQuality(county.ctx, await examined(chest, images));
  expect(found.conclusion).toContain('抽查 6 幅');
});

test('an object without pixels and a film beside the images do not stop the check of the others', async () => {
  const order = await examined(chest, [{ picture: sharp }]);
  const { study } = await county.ctx.db
    .selectFrom('studyOrder')
    .innerJoin('study', 'study.id', 'studyOrder.studyId')
    .select('study.studyInstanceUid as study')
    .where('orderId', '=', order.id)
    .executeTakeFirstOrThrow();
  const arrival = await township(county.ctx);
  const whole = makeFile({ study, sopClass: sopClasses.comprehensiveSr, modality: 'SR' });
  await store(county.ctx, arrival, whole.subarray(0, whole.length - 12 - 128));
  await store(county.ctx, arrival, film(study));
  expect((await checkImageQuality(county.ctx, order)).conclusion).toContain('抽查 1 幅');
});

test('a case without a picture that can be read says so, and is not called good', async () => {
  const none = await county.place('冯九', { items: chest });
  await expect(checkImageQuality(county.ctx, none[0]!)).rejects.toThrow('no images that can be measured');
  const [order] = await county.place('冯九', { items: chest });
  const study = newUid();
  await store(county.ctx, await township(county.ctx), film(study, order!.accessionNumber));
  await expect(checkImageQuality(county.ctx, order!)).rejects.toThrow('no images that can be measured');
});

/** A film, which the hub does not decode. */
function film(study: string, accessionNumber = ''): Buffer {
  const uid = newUid();
  const file = makeFile({ study, uid, patientName: 'FENG^JIU=冯^九', accessionNumber });
  return Buffer.concat([
    writeFileMeta({ sopClassUid: sopClasses.ct, sopInstanceUid: uid, transferSyntax: transferSyntaxes.mpeg2Main }),
    file.subarray(readHeader(file).dataSetOffset, file.length - 12 - 128),
    Buffer.from('e07f10004f420000ffffffff' + 'feff00e000000000' + 'feff00e008000000' + '000001b300000000' + 'feffdde000000000', 'hex'),
  ]);
} // prettier-ignore
