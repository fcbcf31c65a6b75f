import { beforeAll, describe, expect, test } from 'vitest';
import { recordEvent } from '../../../../server/core/order/recordEvent.ts';
import { indicatorsOf } from '../../../../server/core/quality/indicators.ts';
import type { Indicator } from '../../../../server/core/quality/indicator/indicator.ts';
import { readCases, type CaseQuery } from '../../../../server/core/quality/readCases.ts';
import { refreshDay } from '../../../../server/core/quality/refreshIndicators.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { ctx, institution, openReaders, orderRow, request, second } from '../county.ts';
import { orderedAt, setTo, signedCase } from './history.ts';

openReaders();

const DAYS = ['2026-11-09', '2026-11-10', '2026-11-12'];
let volume: Indicator;
const ids: Record<string, string[]> = {};
const refresh = async (days: string[]) => {
  for (const day of days) await refreshDay(ctx.db, indicatorsOf(ctx.centers), day);
};
beforeAll(async () => {
  volume = indicatorsOf(ctx.centers).find(({ code }) => code === 'volume.imaging') as Indicator;
  for (const [day, count] of [
    ['2026-11-09', 6],
    ['2026-11-10', 30],
    ['2026-11-12', 3],
  ] as const) {
    ids[day] = [];
    for (let n = 0; n < count; n++) ids[day].push(await orderedAt(`${day}T10:${String(n).padStart(2, '0')}`));
  }
  await refresh(DAYS);
});

const query = (more: Partial<CaseQuery> = {}): CaseQuery => ({ from: '2026-11-01', to: '2026-11-30', limit: 10, ...more }); // prettier-ignore
/** Every page after the other. */
async function walk(more: Partial<CaseQuery>, indicator = volume): Promise<{ orders: string[]; pages: number }> {
  const orders: string[] = [];
  let after: CaseQuery['after'];
  let pages = 0;
  do {
    const page = await readCases(ctx.db, indicator, query({ ...more, after }));
    expect(page.items.length).toBeLessThanOrEqual(more.limit ?? 10);
    orders.push(...page.items.map((row) => row.orderId as string));
    after = page.next ?? undefined;
    pages += 1;
  } while (after);
  return { orders, pages };
} // prettier-ignore
const newestFirst = (...days: string[]) => days.flatMap((day) => [...(ids[day] ?? [])].reverse());
const ALL = () => newestFirst('2026-11-12', '2026-11-10', '2026-11-09');

describe('the cases behind a figure, page by page,', () => {
  test.each([1, 2, 3, 5, 10, 33, 38, 39, 200])(
    'of %i are all there, each once, newest first',
    async (limit) => {
      const { orders, pages } = await walk({ limit });
      expect(orders).toEqual(ALL());
      expect(pages).toBe(Math.ceil(39 / limit));
    },
  );

  test('are those of the days asked for, both included', async () => {
    expect((await walk({ from: '2026-11-10', to: '2026-11-11' })).orders).toEqual(newestFirst('2026-11-10'));
    expect((await walk({ from: '2026-11-10', to: '2026-11-12', limit: 4 })).orders).toEqual(
      newestFirst('2026-11-12', '2026-11-10'),
    );
    expect((await walk({ from: '2026-11-11', to: '2026-11-11' })).orders).toEqual([]);
    expect((await walk({ from: '2026-11-12', to: '2026-11-09' })).orders).toEqual([]);
  });

  test('are those of one site, and those that met it or did not', async () => {
    const [liuhe, baita] = (await Promise.all(['LIUHE', 'BAITA'].map(institution))) as [string, string];
    const signed = await signedCase({ ordered: '2026-11-09T11:00', accepted: '2026-11-09T11:05', signed: '2026-11-09T11:20' });
    setTo('2026-11-10T11:00');
    const there = (await request({}, { by: 'doctor2' })).orders[0]?.id ?? '';
    await refresh(DAYS);
    expect((await walk({ institutionId: baita })).orders).toEqual([there]);
    expect((await walk({ institutionId: liuhe, limit: 7 })).orders).not.toContain(there);
    expect((await walk({ met: true, limit: 1 })).orders).toEqual([signed]);
    const open = await walk({ met: false, limit: 9 });
    expect(open.orders).toHaveLength(40);
    expect(open.orders).not.toContain(signed);
    await ctx.db.updateTable('orders').set({ createdAt: new Date('2026-08-01') }).where('id', 'in', [signed, there]).execute();
    await refresh(DAYS);
  }); // prettier-ignore

  test.each([1, 2, 3, 4, 10])('of %i lose none of those that have one and the same instant', async (limit) => {
    const same = ids['2026-11-10']?.slice(0, 8) ?? [];
    const rows = await ctx.db.selectFrom('orders').select(['id', 'createdAt']).where('id', 'in', same).execute();
    await ctx.db.updateTable('orders').set({ createdAt: new Date('2026-11-10T02:00:00.123Z') }).where('id', 'in', same).execute();
    const { orders } = await walk({ limit });
    expect(orders).toHaveLength(39);
    expect([...orders].sort()).toEqual(ALL().sort());
    for (const { id, createdAt } of rows)
      await ctx.db.updateTable('orders').set({ createdAt }).where('id', '=', id).execute();
  }); // prettier-ignore

  test('lie on days by the clock here: one minute before and after midnight', async () => {
    const late = await orderedAt('2026-07-31T23:59');
    const early = await orderedAt('2026-08-01T00:00');
    await refresh(['2026-07-31', '2026-08-01']);
    const day = async (text: string) => (await walk({ from: text, to: text })).orders;
    expect([await day('2026-07-31'), await day('2026-08-01')]).toEqual([[late], expect.arrayContaining([early])]);
  }); // prettier-ignore
});

test('what happened today is shown before the sums of today are made', async () => {
  const today = localDate(new Date());
  setTo(`${today}T00:00`);
  const { id } = (await request()).orders[0] ?? { id: '' };
  await ctx.db.updateTable('orders').set({ createdAt: new Date() }).where('id', '=', id).execute();
  expect((await walk({ from: today, to: today })).orders).toContain(id);
});

test('a rare case is found in years of others', async () => {
  const corrected = indicatorsOf(ctx.centers).find(({ code }) => code === 'corrected') as Indicator;
  const id = await signedCase({ ordered: '2023-03-01T09:00', accepted: '2023-03-01T09:05', signed: '2023-03-01T10:00' });
  const order = await orderRow(id);
  await ctx.db.transaction().execute((trx) => recordEvent(ctx, trx, second, order, { kind: 'corrected' }));
  await refresh(['2023-03-01']);
  const found = await walk({ from: '2019-01-01', to: '2026-12-31', met: true }, corrected);
  expect(found.orders).toEqual([id]);
}); // prettier-ignore
