import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monthBefore, seedHistory } from '../../../db/demo/history/seedHistory.ts';
import { compareFrozen, recomputePeriod } from '../../../server/core/quality/nightlyFreeze.ts';
import { freezePeriod } from '../../../server/core/quality/freezePeriod.ts';
import { readOverview } from '../../../server/core/quality/readOverview.ts';
import { indicatorsOf } from '../../../server/core/quality/indicators.ts';
import { refreshIndicators } from '../../../server/core/quality/refreshIndicators.ts';
import { SYSTEM } from '../../../server/core/access/actor.ts';
import { localDate } from '../../../server/core/turnaround/calendar.ts';
import { updateClocks } from '../../../server/core/turnaround/updateClocks.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

let hub: TestContext;
const running = new AbortController().signal;
beforeAll(async () => {
  hub = await createContext({ county: true });
  await sql`insert into setting (key, value) values ('demo.county', 'true') on conflict do nothing`.execute(
    hub.ctx.db,
  );
  await seedHistory(hub.ctx, running, 2);
});
afterAll(() => hub.close());

const count = async (table: string) =>
  (await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(hub.ctx.db)).rows[0]?.n; // prettier-ignore

describe('the history of the demo county', () => {
  test('is written once: a second start adds nothing', async () => {
    const orders = await count('orders');
    expect(orders).toBeGreaterThan(300);
    await seedHistory(hub.ctx, running, 2);
    expect(await count('orders')).toBe(orders);
  });

  test('ends yesterday and leaves nothing open', async () => {
    const midnight = new Date(`${localDate(hub.ctx.clock.now())}T00:00:00+08:00`);
    const { rows } = await sql<{ late: number; open: number; unread: number }>`
      select (select count(*)::int from order_event where at >= ${midnight}) as late, (select count(*)::int from order_clock where state not in ('met', 'breached')) as open, (select count(*)::int from orders where status <> 'acknowledged') as unread`.execute(
      hub.ctx.db,
    );
    expect(rows).toEqual([{ late: 0, open: 0, unread: 0 }]);
  });

  test('its clocks are what the hub reads off the events', async () => {
    const { rows: orders } = await sql<{ id: string; policyIds: string[] }>`select id, policy_ids from orders order by md5(id::text) limit 40`.execute(hub.ctx.db); // prettier-ignore
    const read = () => sql`select order_id, policy_id, state, elapsed_minutes, due_at, stopped_at from order_clock where order_id = any(${orders.map((order) => order.id)}::uuid[]) order by 1, 2`.execute(hub.ctx.db); // prettier-ignore
    const { rows: written } = await read();
    await hub.ctx.db.transaction().execute(async (trx) => {
      for (const order of orders) await updateClocks(trx, order.id, order.policyIds);
    });
    expect((await read()).rows).toEqual(written);
  });

  test('a frozen month equals its cases counted again, and the overview names sites and months', async () => {
    while ((await refreshIndicators(hub.ctx)).length > 0);
    const month = monthBefore(localDate(hub.ctx.clock.now()), 1);
    await recomputePeriod(hub.ctx, month);
    expect(await freezePeriod(hub.ctx, SYSTEM, month)).toBeGreaterThan(50);
    expect(await compareFrozen(hub.ctx, month)).toEqual([]);
    const rows = await readOverview(hub.ctx.db, indicatorsOf(hub.ctx.centers), `${month}-01`, `${month}-28`);
    const returned = rows.find((row) => row.code === 'returned');
    expect(returned?.wrong).toBe(returned?.numerator);
    expect(returned?.sites[0]?.wrong).toBeGreaterThan(0);
    expect(returned?.months.map((each) => each.month)).toContain(month);
    expect(rows.some((row) => row.code.startsWith('volume.'))).toBe(false);
    for (const code of ['path-frozen', 'path-small', 'path-histo', 'path-cyto', 'path-fixation', 'path-frozen-agreement', 'path-cyto-recheck-rate', 'path-cyto-recheck', 'lab-total-90', 'on-time'])
      expect(rows.find((row) => row.code === code)?.denominator, code).toBeGreaterThan(0); // prettier-ignore
  });

  test('has cards of notifiable diseases: reported, late and open, each borne by its conclusion', async () => {
    const { rows } = await sql<{ state: string; n: number; odd: number }>`select c.state, count(*)::int as n, (count(*) filter (where position(c.evidence in s.content->>'impression') = 0))::int as odd from notifiable_card c join signed_report s on s.id = c.signed_report_id group by 1`.execute(hub.ctx.db); // prettier-ignore
    expect(rows.map(({ state }) => state)).toEqual(expect.arrayContaining(['draft', 'reported']));
    expect(rows.every(({ odd }) => odd === 0)).toBe(true);
  });
});
