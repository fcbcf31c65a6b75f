import { beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../../../server/core/context.ts';
import { acceptOrder, returnOrder } from '../../../../server/core/order/acts.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import { checkCalendars } from '../../../../server/core/turnaround/checkCalendars.ts';
import { escalateClocks } from '../../../../server/core/turnaround/escalateClocks.ts';
import { ctx, institution, openReaders, orderRow, place, reader } from '../county.ts';
import { holdUpWrites, oneNotHeld } from '../together.ts';

openReaders();
beforeEach(() => ctx.db.updateTable('orderClock').set({ state: 'void' }).execute());

/** Workers whose clock stands at one instant. */
const workersAt = (at: Date): Context => ({ ...ctx, clock: { now: () => at } });
const later = (at: Date | null | undefined, ms: number) => new Date(Number(at) + ms);
const emergency = async (): Promise<string> => {
  const { id } = await place({ priority: 'emergency' });
  await acceptOrder(ctx, reader, id);
  return id;
};
const clock = (id: string) =>
  ctx.db.selectFrom('orderClock').selectAll().where('orderId', '=', id).executeTakeFirstOrThrow();
const marks = async (id: string) =>
  (await readTimeline(ctx.db, id)).items
    .filter(({ kind }) => kind.startsWith('turnaround-'))
    .map(({ kind, at }) => [kind.slice('turnaround-'.length), at] as const);
const tickets = (id: string) => ctx.db.selectFrom('ticket').selectAll().where('orderId', '=', id).execute();

describe('a clock', () => {
  test('is neither warned nor broken at its very limit, but a moment after it, each once', async () => {
    const id = await emergency();
    const { warnAt, dueAt } = await clock(id);
    const run = (at: Date) => escalateClocks(workersAt(at));
    expect(await run(later(warnAt, 0))).toBe(0);
    expect(await run(later(warnAt, 1))).toBe(1);
    expect(await run(later(warnAt, 2))).toBe(0);
    expect(await run(later(dueAt, 0)), 'equal to the target is on time').toBe(0);
    expect(await tickets(id)).toEqual([]);
    expect(await run(later(dueAt, 1))).toBe(1);
    expect(await run(later(dueAt, 60_000))).toBe(0);
    expect(await marks(id)).toEqual([
      ['warn', later(warnAt, 1)],
      ['breach', later(dueAt, 1)],
    ]);
    expect(await clock(id)).toMatchObject({
      state: 'running',
      warnedAt: later(warnAt, 1),
      breachedAt: later(dueAt, 1),
    });
  });

  test('that six workers find overdue at once is warned once and broken once, with one ticket', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, emergency));
    const at = later((await clock(ids[0] ?? '')).dueAt, 3_600_000);
    // Whoever finds a case taken leaves it to the next round.
    for (let round = 0; round < 3; round++)
      await Promise.all(Array.from({ length: 6 }, () => escalateClocks(workersAt(at))));
    for (const id of ids) {
      expect((await marks(id)).map(([kind]) => kind)).toEqual(['warn', 'breach']);
      expect(await tickets(id)).toHaveLength(1);
    }
  });

  test('makes a ticket for the centre that read, due after the first step of supervision', async () => {
    const id = await emergency();
    const at = later((await clock(id)).dueAt, 1_000);
    const steps = (days: number[]) =>
      ctx.db
        .updateTable('setting')
        .set({ value: JSON.stringify(days) })
        .where('key', '=', 'ticket.steps')
        .execute();
    await steps([2, 5]);
    await escalateClocks(workersAt(at));
    await steps([1, 3, 7, 30]);
    const { accessionNumber } = await orderRow(id);
    expect(await tickets(id)).toMatchObject([
      {
        kind: 'turnaround',
        title: `${accessionNumber} 急诊 DR 30 分钟 超时`,
        institutionId: await institution('QHRM'),
        centerKind: 'imaging',
        step: 1,
        dueAt: later(at, 2 * 86_400_000),
        state: 'open',
      },
    ]);
  });

  test('that stands still is neither, and goes on where it stood', async () => {
    const id = await emergency();
    const { dueAt } = await clock(id);
    await returnOrder(ctx, reader, id, { reason: 'image-quality' });
    expect(await escalateClocks(workersAt(later(dueAt, 86_400_000)))).toBe(0);
    await acceptOrder(ctx, reader, id);
    expect(await marks(id)).toEqual([]);
    await escalateClocks(workersAt(later((await clock(id)).dueAt, 1)));
    expect((await marks(id)).map(([kind]) => kind)).toEqual(['warn', 'breach']);
  });

  test('of a case at which somebody is just now waits for the next round', async () => {
    const id = await emergency();
    const at = later((await clock(id)).warnAt, 1);
    const client = await ctx.pool.connect();
    await client.query('begin');
    await client.query('select 1 from orders where id = $1 for update', [id]);
    expect(await escalateClocks(workersAt(at))).toBe(0);
    await client.query('rollback');
    client.release();
    expect(await escalateClocks(workersAt(at))).toBe(1);
  });

  test('that ends while the worker is at another one is not broken any more', async () => {
    const both = [await emergency(), await emergency()];
    const at = later((await clock(both[1] ?? '')).warnAt, 1_000);
    const events = await holdUpWrites('order_event');
    const done = escalateClocks(workersAt(at));
    await events.waiting();
    const other = await oneNotHeld(both);
    await ctx.db.updateTable('orderClock').set({ state: 'met' }).where('orderId', '=', other).execute();
    await events.release();
    expect(await done).toBe(1);
    expect(await marks(other)).toEqual([]);
  });
});

describe('a calendar without the holidays of the next year', () => {
  const raised = () =>
    ctx.db
      .selectFrom('ticket')
      .select(['sourceKey', 'title', 'step', 'dueAt', 'state'])
      .where('kind', '=', 'calendar')
      .orderBy('sourceKey')
      .execute();
  const day = (text: string) => workersAt(new Date(`${text}T09:00:00+08:00`));

  test('raises one ticket sixty days before, whoever looks and however often', async () => {
    await checkCalendars(day('2026-11-01'));
    expect(await raised()).toEqual([]);
    const now = day('2026-11-02').clock.now();
    await Promise.all(Array.from({ length: 4 }, () => checkCalendars(day('2026-11-02'))));
    await checkCalendars(day('2026-12-20'));
    expect(await raised()).toEqual([
      {
        sourceKey: 'calendar:county:2027',
        title: expect.stringMatching(
          /^日历“县域工作日历”缺少 2027 年的节假日（元旦、春节、.*国庆节）/,
        ) as string,
        step: 1,
        dueAt: later(now, 86_400_000),
        state: 'open',
      },
    ]);
  });

  test('raises another for each calendar and each later year, none for a year that was declared complete', async () => {
    await ctx.db
      .insertInto('turnaroundCalendar')
      .values({ code: 'lead', name: '院本部', week: JSON.stringify({}), completeYears: [2026, 2027] })
      .execute();
    await ctx.db
      .updateTable('turnaroundCalendar')
      .set({ completeYears: [2027] })
      .where('code', '=', 'county')
      .execute();
    await checkCalendars(day('2026-12-20'));
    expect((await raised()).map(({ sourceKey }) => sourceKey)).toEqual(['calendar:county:2027']);
    await checkCalendars(day('2027-12-20'));
    expect((await raised()).map(({ sourceKey }) => sourceKey)).toEqual([
      'calendar:county:2027',
      'calendar:county:2028',
      'calendar:lead:2028',
    ]);
  });
});
