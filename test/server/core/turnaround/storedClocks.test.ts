import { describe, expect, test } from 'vitest';
import { acceptOrder, cancelOrder, claimOrder, returnOrder } from '../../../../server/core/order/acts.ts';
import { recordEvent } from '../../../../server/core/order/recordEvent.ts';
import { listOrders } from '../../../../server/core/order/worklist.ts';
import { addWorkingMinutes } from '../../../../server/core/turnaround/calendar.ts';
import { loadCalendars } from '../../../../server/core/turnaround/updateClocks.ts';
import { county, ctx, doctor, openReaders, orderRow, place, reader } from '../county.ts';

openReaders();

/** Moves the clock on the wall to a local minute. */
const setTo = (text: string) =>
  county.clock.advance((Date.parse(`${text}:00+08:00`) - ctx.clock.now().getTime()) / 60_000);
const clocks = async (id: string) =>
  ctx.db
    .selectFrom('orderClock')
    .innerJoin('turnaroundPolicy as p', 'p.id', 'orderClock.policyId')
    .select(['p.code', 'orderClock.kind', 'state', 'startedAt', 'stoppedAt', 'pausedSince', 'pausedMinutes', 'dueAt', 'warnAt'])
    .where('orderId', '=', id)
    .orderBy('p.code')
    .execute(); // prettier-ignore
const clock = async (id: string, code: string) => (await clocks(id)).find((row) => row.code === code);
const minute = (at: Date | null | undefined) =>
  at ? new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16) : null;

async function received(at: string, input: Record<string, unknown> = {}): Promise<string> {
  setTo(at);
  const { id } = await place(input);
  await acceptOrder(ctx, reader, id);
  return id;
}

describe('the due time that is stored', () => {
  test.each([
    ['2026-09-30T17:30', '2026-10-08T09:30', '2026-10-08T09:00'],
    ['2026-10-09T17:00', '2026-10-10T09:00', '2026-10-10T08:30'],
    ['2026-11-21T10:00', '2026-11-23T10:00', '2026-11-23T09:30'],
  ])('of a chest film received at %s is %s by the county’s calendar', async (at, due, warn) => {
    const id = await received(at);
    const row = await clock(id, 'img-xray');
    expect([minute(row?.dueAt), minute(row?.warnAt)]).toEqual([due, warn]);
    expect((await orderRow(id)).dueAt).toEqual(row?.dueAt);
  });

  test('moves on by the working minutes that the site kept the case', async () => {
    const id = await received('2026-11-20T17:00');
    setTo('2026-11-20T17:30');
    await returnOrder(ctx, reader, id, { reason: 'image-quality' });
    expect(await clock(id, 'img-xray')).toMatchObject({ state: 'paused', dueAt: null, warnAt: null });
    expect((await orderRow(id)).dueAt, 'nobody at the centre is late').toBeNull();
    setTo('2026-11-23T08:30');
    await acceptOrder(ctx, reader, id);
    const row = await clock(id, 'img-xray');
    expect(row).toMatchObject({ state: 'running', pausedMinutes: 60, pausedSince: null });
    expect(minute(row?.dueAt)).toBe('2026-11-23T10:00');
  });

  test('is that of the earliest clock that runs; one that ends leaves the next', async () => {
    const id = await received('2026-11-24T09:00', { priority: 'emergency' });
    const order = await orderRow(id);
    await ctx.db.transaction().execute((trx) =>
      recordEvent(ctx, trx, reader, order, {
        kind: 'examined',
        at: new Date(ctx.clock.now().getTime() - 110 * 60_000),
      }),
    );
    const due = async () => minute((await orderRow(id)).dueAt);
    expect((await clocks(id)).map(({ code, state }) => [code, state])).toEqual([
      ['img-em-xray', 'running'],
      ['img-ind-xray', 'running'],
    ]);
    expect(await due(), 'the national clock ends before the promise').toBe('2026-11-24T09:10');
    await returnOrder(ctx, reader, id, { reason: 'other' });
    expect((await clocks(id)).map(({ state }) => state)).toEqual(['paused', 'running']);
    expect(await due(), 'which nothing pauses').toBe('2026-11-24T09:10');
    await cancelOrder(ctx, doctor, id, '改诊');
    expect((await clocks(id)).map(({ state }) => state)).toEqual(['void', 'void']);
    expect(await due()).toBeNull();
  });

  test('sorts the worklist of the centre, cases without one last', async () => {
    await ctx.db.updateTable('orders').set({ status: 'cancelled', dueAt: null }).execute();
    const later = await received('2026-11-25T09:00');
    const soon = await received('2026-11-25T09:05', { priority: 'emergency' });
    const returned = await received('2026-11-25T09:06', { priority: 'emergency' });
    await returnOrder(ctx, reader, returned, { reason: 'other' });
    const { items } = await listOrders(ctx.db, reader, { limit: 10 });
    expect(items.map(({ orderId }) => orderId)).toEqual([soon, later, returned]);
  });
});

describe('a case', () => {
  test('keeps the promise it was placed under; the next one has the new version', async () => {
    const id = await received('2026-11-26T09:00');
    const now = ctx.clock.now();
    const row = await ctx.db
      .selectFrom('turnaroundPolicy')
      .selectAll()
      .where('code', '=', 'img-xray')
      .executeTakeFirstOrThrow();
    await ctx.db.updateTable('turnaroundPolicy').set({ validTo: now }).where('id', '=', row.id).execute();
    const { id: _, ...rest } = row;
    await ctx.db
      .insertInto('turnaroundPolicy')
      .values({ ...rest, version: row.version + 1, targetMinutes: 45, validFrom: now, validTo: null })
      .execute();
    await claimOrder(ctx, reader, id);
    expect(minute((await orderRow(id)).dueAt)).toBe('2026-11-26T11:00');
    const next = await received('2026-11-26T09:30');
    expect(minute((await orderRow(next)).dueAt)).toBe('2026-11-26T10:15');
  });

  test('has no clock for what has not begun', async () => {
    const { id } = await place({ priority: 'emergency' });
    expect(await clocks(id)).toEqual([]);
    expect((await orderRow(id)).dueAt).toBeNull();
  });

  test('of which two events have the same time reads them in the order in which they were written', async () => {
    const id = await received('2026-11-27T09:00');
    const order = await orderRow(id);
    const at = ctx.clock.now();
    for (const kind of ['returned', 'resent'])
      await ctx.db.transaction().execute((trx) => recordEvent(ctx, trx, reader, order, { kind, at }));
    expect(await clock(id, 'img-xray')).toMatchObject({ state: 'running', pausedMinutes: 0 });
  });
});

test('calendars are read each with its own days', async () => {
  const { id } = await ctx.db
    .insertInto('turnaroundCalendar')
    .values({ code: 'night', name: '夜班', week: JSON.stringify({ 1: [[0, 480]], 6: [[0, 60]] }) })
    .returning('id')
    .executeTakeFirstOrThrow();
  await ctx.db.insertInto('turnaroundCalendarDay').values({ calendarId: id, day: '2026-11-23', working: false }).execute(); // prettier-ignore
  const { id: countyId } = await ctx.db
    .selectFrom('turnaroundCalendar')
    .select('id')
    .where('code', '=', 'county')
    .executeTakeFirstOrThrow();
  const calendars = await loadCalendars(ctx.db, [id, countyId, id]);
  const from = new Date('2026-11-21T00:30:00+08:00');
  expect(minute(addWorkingMinutes(calendars.get(id), from, 60))).toBe('2026-11-28T00:30');
  expect(minute(addWorkingMinutes(calendars.get(countyId), from, 60))).toBe('2026-11-23T09:00');
  expect(await loadCalendars(ctx.db, [])).toEqual(new Map());
});
