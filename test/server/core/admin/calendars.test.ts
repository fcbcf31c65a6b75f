import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateClocks } from '../../../../server/core/turnaround/updateClocks.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { place } from './placed.ts';
import { NOWHERE, said, trailOf } from './trail.ts';

let hub: TestHub;
let head: Client, doctor: Client;
let calendarId: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [head, doctor] = await Promise.all([hub.as('head1'), hub.as('doctor1')]);
  calendarId = (await hub.ctx.db.selectFrom('turnaroundCalendar').select('id').executeTakeFirstOrThrow()).id;
});
afterAll(() => hub?.close());

const days = () =>
  hub.ctx.db
    .selectFrom('turnaroundCalendarDay')
    .select(['day', 'working', 'note'])
    .where('calendarId', '=', calendarId)
    .where('day', '>=', '2099-01-01')
    .orderBy('day')
    .execute();
const path = (day: string) => `/api/calendars/${calendarId}/days/${day}`;

describe('a day of the calendar', () => {
  test('is set, set otherwise and made ordinary again; each is on record as it was sent', async () => {
    const { rows } = await trailOf(hub, async () => {
      await head.put(path('2099-05-01'), { working: false, note: '劳动节' });
      await head.put(path('2099-05-01'), { working: true });
      await head.delete(path('2099-05-01'));
    });
    expect(rows.map(({ action, subjectId, detail }) => [action, subjectId, detail])).toEqual([
      ['calendar.change', calendarId, { day: '2099-05-01', working: false, note: '劳动节' }],
      ['calendar.change', calendarId, { day: '2099-05-01', working: true }],
      ['calendar.change', calendarId, { day: '2099-05-01', removed: true }],
    ]);
    expect(await days()).toEqual([]);
  });

  test('set by two at once stands once; removed by two at once is removed by one', async () => {
    const set = (working: boolean) => head.put(path('2099-06-01'), { working });
    expect((await Promise.all([set(true), set(false)])).map(said)).toEqual(['200', '200']);
    expect(await days()).toHaveLength(1);
    const remove = () => head.delete(path('2099-06-01'));
    expect((await Promise.all([remove(), remove()])).map(said).sort()).toEqual(['200', '404 not-found']);
  });

  test('that was never set is not removed', async () => {
    const { result, rows } = await trailOf(hub, () => head.delete(path('2099-07-01')));
    expect([said(result), rows]).toEqual(['404 not-found', []]);
    expect(said(await head.delete(`/api/calendars/${NOWHERE}/days/2099-07-01`))).toBe('404 not-found');
  });

  test('moves only what runs by this calendar', async () => {
    const policy = async (code: string, ofCalendar: string | null) =>
      (
        await hub.ctx.db
          .insertInto('turnaroundPolicy')
          .values({
            code,
            name: code,
            centerKind: 'imaging',
            kind: 'delivery',
            startEvent: 'requested',
            stopEvent: 'acknowledged',
            targetMinutes: 480,
            warnMinutes: 10,
            workingDays: ofCalendar ? 1 : null,
            calendarId: ofCalendar,
            mark: 'L',
            version: 1,
            validFrom: hub.ctx.clock.now(),
          })
          .returning('id')
          .executeTakeFirstOrThrow()
      ).id;
    const [by, without] = [await policy('CAL-1', calendarId), await policy('CAL-2', null)];
    const order = async (policyId: string, status?: 'cancelled') => {
      const { id } = await place(doctor, hub);
      await hub.ctx.db
        .updateTable('orders')
        .set({ policyIds: [policyId] })
        .where('id', '=', id)
        .execute();
      await hub.ctx.db.deleteFrom('orderClock').where('orderId', '=', id).execute();
      await hub.ctx.db.transaction().execute((trx) => updateClocks(trx, id, [policyId]));
      if (status)
        await hub.ctx.db.updateTable('orderClock').set({ state: 'void' }).where('orderId', '=', id).execute();
      return id;
    };
    const [moved, other, over] = [await order(by), await order(without), await order(by, 'cancelled')];
    const due = async (id: string) =>
      (await hub.ctx.db.selectFrom('orderClock').select('dueAt').where('orderId', '=', id).executeTakeFirstOrThrow()).dueAt; // prettier-ignore
    const before = await Promise.all([moved, other, over].map(due));
    const day = new Date((before[0]?.getTime() ?? 0) + 8 * 3_600_000).toISOString().slice(0, 10);
    expect((await head.put(path(day), { working: false })).body.recomputed).toBe(1);
    const after = await Promise.all([moved, other, over].map(due));
    expect(after[0]?.getTime()).toBeGreaterThan(before[0]?.getTime() ?? Infinity);
    expect(after.slice(1)).toEqual(before.slice(1));
    expect((await head.delete(path(day))).body.recomputed).toBe(1);
    expect(await due(moved)).toEqual(before[0]);
  });
});

describe('a year of the calendar', () => {
  const declare = (year: string, complete: boolean) =>
    head.put(`/api/calendars/${calendarId}/years/${year}`, { complete });
  const complete = async () =>
    (
      await hub.ctx.db
        .selectFrom('turnaroundCalendar')
        .select('completeYears')
        .where('id', '=', calendarId)
        .executeTakeFirstOrThrow()
    ).completeYears;

  test('declared by two at once is declared once, taken back when it never was changes nothing', async () => {
    const before = await complete();
    await Promise.all([declare('2098', true), declare('2098', true)]);
    expect(await complete()).toEqual([...before, 2098]);
    await declare('2097', false);
    expect(await complete()).toEqual([...before, 2098]);
    await declare('2098', false);
    expect(await complete()).toEqual(before);
  });

  test.each([
    ['before this century', '1999', /^400 invalid year/],
    ['after it', '2101', /^400 invalid year/],
    ['of no number', 'next', /^400 invalid year/],
  ])('%s is none', async (_what, year, refusal) => {
    expect(said(await declare(year, true))).toMatch(refusal);
  });

  test('is read by everybody with its gap, and declared by heads only', async () => {
    const courier = await hub.as('courier1');
    const [calendar] = (await courier.get('/api/calendars')).body.items as Record<string, unknown>[];
    expect(calendar).toMatchObject({
      id: calendarId,
      gap: { year: expect.any(Number), soon: expect.any(Boolean) },
    });
    for (const client of [courier, doctor, await hub.as('admin1'), await hub.as('duty1')])
      expect(said(await client.put(`/api/calendars/${calendarId}/years/2098`, { complete: true }))).toBe(
        '403 forbidden',
      );
  });
});
