import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { computeLabels, measuringSite } from '../../../../server/core/recognition/computeLabels.ts';
import type { RecognitionRange } from '../../../../server/core/recognition/ranges.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { ctx, institution, openCounty, orderRow, place } from '../county.ts';

openCounty();

let site: string;
let lead: string;
let orderId: string;
beforeAll(async () => {
  [site, lead] = await Promise.all([institution('LIUHE'), institution('QHRM')]);
  orderId = (await place()).id;
});
beforeEach(() => ctx.db.deleteFrom('qualityEvidence').execute());

const DAY = 86_400_000;
const day = (offset: number) => localDate(new Date(ctx.clock.now().getTime() + offset * DAY));
const evidence = (
  recognitionRange: RecognitionRange,
  more: {
    institutionId?: string;
    itemCode?: string;
    centerKind?: 'imaging' | 'ecg';
    validFrom?: string;
    validTo?: string;
    revokedAt?: Date;
  } = {},
) =>
  ctx.db
    .insertInto('qualityEvidence')
    .values({
      institutionId: site,
      evaluator: '质控中心',
      source: 'evaluation',
      recognitionRange,
      validFrom: day(-30),
      validTo: day(30),
      ...more,
    })
    .execute();
const label = async () => computeLabels(ctx, ctx.db, await orderRow(orderId));
const mark = async () => (await label()).mark;

describe('the label of a result', () => {
  test('has no mark without evidence, and says so of its item', async () => {
    expect(await label()).toEqual({ items: [{ code: 'DR-CHEST', range: null, evidenceId: null }] });
  });

  test.each([
    ['county', '县HR'],
    ['city', '市HR'],
    ['province', '省HR'],
    ['region', '区域HR'],
    ['nation', '全国HR'],
  ] as const)('bears the mark of the %s', async (range, printed) => {
    await evidence(range);
    expect(await mark()).toBe(printed);
    expect((await label()).items).toEqual([{ code: 'DR-CHEST', range, evidenceId: expect.any(String) }]);
  });

  test('of one item is that of the widest evidence', async () => {
    await evidence('county');
    await evidence('province', { itemCode: 'DR-CHEST' });
    await evidence('city', { centerKind: 'imaging' });
    expect(await mark()).toBe('省HR');
  });

  test.each([
    ['of another item', { itemCode: 'CT-HEAD' }],
    ['of another centre', { centerKind: 'ecg' as const }],
    ['that ended the day before', { validTo: '', validFrom: '' }],
    ['that was revoked', { revokedAt: new Date() }],
  ])('does not rest on evidence %s', async (_what, more) => {
    const span = 'validTo' in more ? { validFrom: day(-30), validTo: day(-1) } : {};
    await evidence('county', { ...more, ...span });
    expect(await mark()).toBeUndefined();
  });

  test('does not rest on evidence that begins tomorrow, and rests on one of today alone', async () => {
    await evidence('county', { validFrom: day(1), validTo: day(30) });
    expect(await mark()).toBeUndefined();
    await evidence('city', { validFrom: day(0), validTo: day(0) });
    expect(await mark()).toBe('市HR');
  });

  test('rests on the evidence of who made the image, not of who read it', async () => {
    await evidence('nation', { institutionId: lead });
    expect(await mark()).toBeUndefined();
    const order = await orderRow(orderId);
    expect(measuringSite(order)).toBe(order.performingInstitutionId);
    expect(measuringSite({ ...order, centerKind: 'lab' })).toBe(order.reportingInstitutionId);
    expect(measuringSite({ ...order, centerKind: 'pathology' })).toBe(order.reportingInstitutionId);
  });

  test('of several items is the narrowest, and none where one has none', async () => {
    await ctx.db
      .insertInto('orderItem')
      .values({ orderId, code: 'US-ABDOMEN', name: '腹部超声', price: 90 })
      .execute();
    await evidence('province', { itemCode: 'DR-CHEST' });
    expect(await mark()).toBeUndefined();
    await evidence('county', { itemCode: 'US-ABDOMEN' });
    expect(await mark()).toBe('县HR');
    expect((await label()).items.map(({ code, range }) => [code, range])).toEqual([
      ['DR-CHEST', 'province'],
      ['US-ABDOMEN', 'county'],
    ]);
    await ctx.db.deleteFrom('orderItem').where('code', '=', 'US-ABDOMEN').execute();
  });

  test('is none for an item that is excepted or in no catalogue', async () => {
    await evidence('county');
    const except = (eligible: boolean) =>
      ctx.db
        .updateTable('recognitionItem')
        .set({ eligible, exceptionNote: eligible ? null : '设备停用' })
        .where('itemCode', '=', 'DR-CHEST')
        .execute();
    await except(false);
    expect(await mark()).toBeUndefined();
    await except(true);
    expect(await mark()).toBe('县HR');
  });

  test('rests on the evidence of the day of the examination, by the day of the county', async () => {
    const at = new Date(`${day(-10)}T16:30:00Z`); // half past midnight of the next day there
    await ctx.db
      .insertInto('orderEvent')
      .values({ orderId, kind: 'examined', at, actorName: '设备', detail: '{}' })
      .execute();
    await evidence('city', { validFrom: day(-10), validTo: day(-10) });
    expect(await mark(), 'the day before').toBeUndefined();
    await evidence('county', { validFrom: day(-9), validTo: day(-9) });
    expect(await mark()).toBe('县HR');
  });
});
