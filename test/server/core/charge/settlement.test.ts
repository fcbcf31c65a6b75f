import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { findRecharged } from '../../../../server/core/charge/findRecharged.ts';
import { freezePrices } from '../../../../server/core/charge/freezePrices.ts';
import { setCharge, type ChargeState } from '../../../../server/core/charge/setCharge.ts';
import {
  closeSettlement,
  computeSettlement,
  readClosedSettlement,
} from '../../../../server/core/charge/settlement.ts';
import type { Context } from '../../../../server/core/context.ts';
import {
  as,
  auditOf,
  ctx,
  doctor,
  head,
  institution,
  openReaders,
  orderRow,
  reader,
  refusal,
  refused,
  request,
} from '../county.ts';
import { acceptOrder } from '../../../../server/core/order/acts.ts';
import { setTo, sign } from '../quality/history.ts';

openReaders();
let quality: Actor;
let liuhe: string, lead: string;
beforeAll(async () => {
  quality = await as('qa1');
  [liuhe, lead] = (await Promise.all(['LIUHE', 'QHRM'].map(institution))) as [string, string];
});
beforeEach(async () => {
  await ctx.db.deleteFrom('orderCharge').execute();
  await ctx.pool.query('truncate charge_line');
});

const at = (text: string): Context => ({ ...ctx, clock: { now: () => new Date(`${text}:00+08:00`) } });
interface Signed {
  code?: string;
  by?: string;
  /** Of its item, beside the list. */
  item?: { price?: number | null; status?: string };
  requestingInstitutionId?: string;
}
/** A case signed at a local minute, its prices frozen as the signature freezes them. */
async function signed(text: string, { code = 'DR-CHEST', by = 'doctor1', item, ...more }: Signed = {}): Promise<string> {
  setTo(text);
  const id = (await request({ items: [{ code }] }, { by })).orders[0]?.id ?? '';
  await acceptOrder(ctx, reader, id);
  if (item) await ctx.db.updateTable('orderItem').set(item).where('orderId', '=', id).execute();
  if (more.requestingInstitutionId) await ctx.db.updateTable('orders').set(more).where('id', '=', id).execute();
  await sign(id);
  await freeze(id);
  return id;
} // prettier-ignore
async function freeze(id: string): Promise<void> {
  const order = await orderRow(id);
  const report = await ctx.db.selectFrom('signedReport').select('id').where('orderId', '=', id).executeTakeFirstOrThrow();
  await ctx.db.transaction().execute((trx) => freezePrices(trx, order, report.id, ctx.clock.now()));
} // prettier-ignore
const lines = (id: string) =>
  ctx.db.selectFrom('chargeLine').select(['itemCode', 'price']).where('orderId', '=', id).execute();
const charge = (id: string, state: ChargeState, more: object = {}) =>
  setCharge(ctx, doctor, id, { state, ...(state === 'exempt' && { reason: '特困' }), ...more });

describe('prices', () => {
  test('are frozen at the first signature as they were ordered, by a second one not again, and changed by nobody', async () => {
    const id = await signed('2026-03-10T09:00');
    await ctx.db.updateTable('orderItem').set({ price: 999 }).where('orderId', '=', id).execute();
    await freeze(id);
    expect(await lines(id)).toEqual([{ itemCode: 'DR-CHEST', price: 75 }]);
    for (const change of ['update charge_line set price = 1', 'delete from charge_line'])
      await expect(ctx.pool.query(change)).rejects.toThrow('append only');
  });

  test('are those of the list where the order had none, and none for what was cancelled', async () => {
    const free = await signed('2026-03-10T09:10', { item: { price: null } });
    expect(await lines(free)).toEqual([{ itemCode: 'DR-CHEST', price: 75 }]);
    expect(await lines(await signed('2026-03-10T09:20', { item: { status: 'cancelled' } }))).toEqual([]);
  });
});

describe('a sheet', () => {
  test('is of one month by the date here, per pair of houses and item, and its parts add up', async () => {
    await signed('2026-03-31T23:59');
    await signed('2026-04-01T00:00');
    await signed('2026-04-30T23:59');
    await signed('2026-04-10T09:00', { code: 'CT-HEAD' });
    await signed('2026-04-11T09:00', { by: 'doctor2' });
    await signed('2026-05-01T00:00');
    const sheets = await computeSettlement(ctx.db, '2026-04');
    expect(sheets.map(({ payer, payee, cases, gross, amount }) => [payer, payee, cases, gross, amount])).toEqual([
      ['柳河镇卫生院', '县人民医院', 3, 330, 132],
      ['白塔镇卫生院', '县人民医院', 1, 75, 30],
    ]);
    expect(sheets[0]?.lines).toEqual([
      { itemCode: 'CT-HEAD', itemName: '头颅 CT 平扫', center: 'imaging', cases: 1, price: 180, share: 0.4, amount: 72 },
      { itemCode: 'DR-CHEST', itemName: '胸部 DR 正侧位', center: 'imaging', cases: 2, price: 75, share: 0.4, amount: 60 },
    ]);
    expect((await computeSettlement(ctx.db, '2026-03')).map(({ cases }) => cases)).toEqual([1]);
    expect(await computeSettlement(ctx.db, '2026-06')).toEqual([]);
  }); // prettier-ignore

  test.each([
    ['paid', 75],
    ['unpaid', 75],
    ['green-channel', 75],
    ['exempt', 0],
    ['refunded', 0],
  ] as const)('counts a case that is %s with %i', async (state, gross) => {
    await charge(await signed('2026-04-10T09:00'), state);
    const [sheet] = await computeSettlement(ctx.db, '2026-04');
    expect([sheet?.cases, sheet?.gross, sheet?.amount]).toEqual([1, gross, gross * 0.4]);
  });

  test('counts nothing that was voided or withdrawn, and nothing that a house read for itself', async () => {
    const voided = await signed('2026-04-10T09:00');
    await ctx.db.updateTable('orders').set({ status: 'void' }).where('id', '=', voided).execute();
    await signed('2026-04-10T10:00', { requestingInstitutionId: lead });
    expect(await computeSettlement(ctx.db, '2026-04')).toEqual([]);
  }); // prettier-ignore

  test('of a price that changed within the month has a line for each, rounded to the fen', async () => {
    await signed('2026-04-10T09:00', { item: { price: 33.33 } });
    await signed('2026-04-11T09:00');
    const [sheet] = await computeSettlement(ctx.db, '2026-04');
    expect(sheet?.lines.map(({ price, cases, amount }) => [price, cases, amount])).toEqual([
      [33.33, 1, 13.33],
      [75, 1, 30],
    ]);
    expect(sheet?.amount).toBeCloseTo(43.33, 10);
  });
});

describe('a month', () => {
  test('is closed from its first minute of the next, once, and stays as it was', async () => {
    const id = await signed('2026-06-10T09:00');
    expect((await refusal(closeSettlement(at('2026-06-30T23:59'), quality, '2026-06'))).faults).toEqual([
      { path: 'period', code: 'period-open' },
    ]);
    expect(await readClosedSettlement(ctx.db, '2026-06')).toEqual([]);
    const made = await Promise.all([1, 2, 3].map(() => closeSettlement(at('2026-07-01T00:00'), quality, '2026-06')));
    expect(made.sort()).toEqual([0, 0, 1]);
    await charge(id, 'refunded');
    expect(await closeSettlement(at('2026-07-02T00:00'), quality, '2026-06')).toBe(0);
    expect(await readClosedSettlement(ctx.db, '2026-06')).toMatchObject([
      { payerId: liuhe, payeeId: lead, cases: 1, gross: 75, amount: 30, closedAt: new Date('2026-06-30T16:00:00Z') },
    ]);
    await expect(ctx.db.updateTable('settlement').set({ amount: 1 }).execute()).rejects.toThrow();
    expect((await auditOf('2026-06')).map(({ action }) => action)).toContain('settlement.close');
  }); // prettier-ignore

  test.each(['2025-13', '2025-00', '2026-Q7', 'June'])('is not "%s": January is not settled twice', async (period) => {
    await signed('2026-01-10T09:00');
    expect(await refused(closeSettlement(at('2026-07-01T00:00'), quality, period))).toBe('422 invalid');
    expect(await readClosedSettlement(ctx.db, period)).toEqual([]);
  }); // prettier-ignore

  test('is closed by quality and heads, with the share of that day', async () => {
    expect(await refused(closeSettlement(at('2026-08-01T00:00'), doctor, '2026-07'))).toBe('403 forbidden');
    await signed('2026-07-10T09:00');
    const share = (imaging: number) =>
      ctx.db
        .updateTable('setting')
        .set({ value: JSON.stringify({ imaging }) })
        .where('key', '=', 'settlement.shares')
        .execute();
    await share(0.5);
    await closeSettlement(at('2026-08-01T00:00'), head, '2026-07');
    await share(0.4);
    expect(await readClosedSettlement(ctx.db, '2026-07')).toMatchObject([{ amount: 37.5 }]);
  });
});

describe('the state of payment', () => {
  const row = (id: string) =>
    ctx.db.selectFrom('orderCharge').selectAll().where('orderId', '=', id).execute();

  test('is what was said last, by whom, and each time on record', async () => {
    const id = await signed('2026-04-10T09:00');
    await charge(id, 'paid', { amount: 75, reference: 'F100' });
    await charge(id, 'refunded');
    expect(await row(id)).toMatchObject([{ state: 'refunded', amount: null, reference: null, changedBy: '郑国华' }]);
    const said = (await auditOf(id)).filter(({ action }) => action === 'charge.set');
    expect(said.map(({ detail }) => detail)).toEqual([
      { state: 'paid', amount: 75 },
      { state: 'refunded', amount: null },
    ]);
  }); // prettier-ignore

  test('said by two at once is one of the two', async () => {
    const id = await signed('2026-04-10T09:00');
    await Promise.all([charge(id, 'paid', { amount: 75 }), charge(id, 'exempt'), charge(id, 'unpaid')]);
    expect(await row(id)).toHaveLength(1);
  });

  test('is said by the site that asked; an exemption has its reason', async () => {
    const id = await signed('2026-04-10T09:00');
    expect((await refusal(setCharge(ctx, doctor, id, { state: 'exempt' }))).faults).toEqual([
      { path: 'reason', code: 'required' },
    ]);
    expect(await refused(setCharge(ctx, reader, id, { state: 'paid' }))).toBe('403 forbidden');
    expect(await refused(setCharge(ctx, await as('doctor2'), id, { state: 'paid' }))).toBe('404 not-found');
    expect(await row(id)).toEqual([]);
  });
});

describe('an adopted item that is charged again', () => {
  const DECIDED = '2026-04-10T10:00';
  const instant = (text: string) => new Date(`${text}:00+08:00`);
  let source: string, patientId: string;
  /** A case of which an earlier result was adopted, or not. */
  async function decided(decision: { decision: string; reason?: string }): Promise<void> {
    source = await signed('2026-04-09T09:00');
    patientId = (await orderRow(source)).patientId ?? '';
    const report = await ctx.db
      .selectFrom('signedReport')
      .select('id')
      .where('orderId', '=', source)
      .executeTakeFirstOrThrow();
    await ctx.db
      .insertInto('recognitionPrompt')
      .values({
        patientId,
        institutionId: liuhe,
        itemCode: 'DR-CHEST',
        sourceOrderId: source,
        signedReportId: report.id,
        decidedAt: instant(DECIDED),
        promptedAt: instant(DECIDED),
        ...decision,
      })
      .execute();
  }
  beforeEach(async () => {
    await ctx.db.deleteFrom('hisCharge').execute();
    await decided({ decision: 'adopt' });
  }); // prettier-ignore
  let serial = 0;
  const his = (text: string, more: object = {}) =>
    ctx.db
      .insertInto('hisCharge')
      .values({ institutionId: liuhe, patientId, itemCode: 'DR-CHEST', amount: 75, chargedAt: instant(text), reference: `H${++serial}`, ...more })
      .execute(); // prettier-ignore
  const found = async (from = '2026-04-01', to = '2026-05-31') =>
    (await findRecharged(ctx.db, from, to)) as Record<string, unknown>[];

  test.each([
    ['a little before it was decided', '2026-04-10T09:01', true],
    ['more than an hour before', '2026-04-10T08:59', false],
    ['on the last day of its validity', '2026-04-24T09:59', true],
    ['after it', '2026-04-24T10:01', false],
  ])('%s (%s): %s', async (_what, text, flagged) => {
    await his(text);
    expect(await found()).toHaveLength(flagged ? 1 : 0);
  });

  test('is not one of another item or of another person', async () => {
    await his('2026-04-11T09:00', { itemCode: 'CT-HEAD' });
    const other = (await orderRow(await signed('2026-04-11T10:00'))).patientId ?? '';
    await his('2026-04-11T09:00', { patientId: other });
    expect(await found()).toEqual([]);
  });

  test('names both, by the day of the charge here', async () => {
    await his('2026-04-12T00:10', { reference: 'F7' });
    expect(await found('2026-04-12', '2026-04-12')).toMatchObject([
      { reference: 'F7', amount: 75, itemName: '胸部 DR 正侧位', institutionName: '柳河镇卫生院', sourceOrderId: source, adoptedAt: instant(DECIDED) },
    ]);
    expect(await found('2026-04-11', '2026-04-11')).toEqual([]);
  }); // prettier-ignore

  test('is not where the result was not adopted', async () => {
    await decided({ decision: 'repeat', reason: 'condition-changed' });
    await his('2026-04-12T09:00');
    expect(await found()).toEqual([]);
  });
});
