import { describe, expect, test } from 'vitest';
import { machineActor, type Actor } from '../../../../server/core/access/actor.ts';
import { chooseReportingInstitution } from '../../../../server/core/order/chooseCenter.ts';
import { getVisibleOrder } from '../../../../server/core/order/order.ts';
import { listOrders } from '../../../../server/core/order/worklist.ts';
import { toWorklistQuery, worklistQuery } from '../../../../server/core/order/worklistQuery.ts';
import { choosePolicies } from '../../../../server/core/turnaround/choosePolicies.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import {
  county,
  ctx,
  institution,
  reader,
  openReaders,
  orderRow,
  place,
  refused,
  request,
} from '../county.ts';

openReaders();

describe('an order', () => {
  test('named twice in its request is one, and its number is of its centre and year', async () => {
    const { orders } = await request({ items: [{ code: 'DR-CHEST' }, { code: 'DR-CHEST' }] });
    expect(orders).toHaveLength(1);
    expect(orders[0]?.accessionNumber).toMatch(
      new RegExp(`^I${localDate(ctx.clock.now()).slice(2, 4)}\\d{8}$`),
    );
    expect((await place({ center: 'ecg', items: [{ code: 'ECG-12' }] })).accessionNumber).toMatch(
      /^E\d{10}$/,
    );
  });

  test('placed in the first minutes of a year has the number of that year', async () => {
    const now = ctx.clock.now().getTime();
    for (const [at, number] of [
      ['2026-12-31T23:59:00+08:00', /^I26/],
      ['2027-01-01T00:01:00+08:00', /^I27/],
    ] as const) {
      county.clock.advance((Date.parse(at) - ctx.clock.now().getTime()) / 60_000);
      expect((await place()).accessionNumber).toMatch(number);
    }
    county.clock.advance((now - ctx.clock.now().getTime()) / 60_000);
  });

  test('keeps its price, whoever changes the catalogue afterwards, and is urgent in the lane of scanners', async () => {
    const { id, price } = await place({ priority: 'urgent' });
    await ctx.db.updateTable('catalogueItem').set({ price: 9_999 }).where('code', '=', 'DR-CHEST').execute();
    expect(await orderRow(id)).toMatchObject({ price, lane: 1 });
  });

  test('is read where the most specific rule at this hour sends it', async () => {
    const [lead, other, liuhe, baita] = (await Promise.all(
      ['QHRM', 'QHTCM', 'LIUHE', 'BAITA'].map((code) => institution(code).catch(() => '')),
    )) as [string, string, string, string];
    const elsewhere = other || baita;
    const { id: centerId } = await ctx.db
      .insertInto('center')
      .values({ kind: 'imaging', institutionId: elsewhere })
      .returning('id')
      .executeTakeFirstOrThrow();
    const rule = (values: object) =>
      ctx.db
        .insertInto('routingRule')
        .values({ centerKind: 'imaging', centerId, ...values })
        .returning('id')
        .executeTakeFirstOrThrow();
    const at = (site: string, codes: string[], time = '12:00') =>
      chooseReportingInstitution(ctx.db, 'imaging', site, codes, new Date(`2026-11-22T${time}:00+08:00`));
    expect(await at(liuhe, ['DR-CHEST'])).toBe(lead);
    await rule({ requestingInstitutionId: baita });
    expect([await at(baita, ['DR-CHEST']), await at(liuhe, ['DR-CHEST'])]).toEqual([elsewhere, lead]);
    await rule({ itemCode: 'CT-HEAD' });
    expect([await at(liuhe, ['CT-HEAD']), await at(liuhe, ['DR-CHEST'])]).toEqual([elsewhere, lead]);
    const night = await rule({ requestingInstitutionId: liuhe, fromTime: '18:00', toTime: '08:00' });
    const hours = ['17:59', '18:00', '23:59', '00:00', '07:59', '08:00'];
    const sent = [];
    for (const time of hours) sent.push((await at(liuhe, ['DR-CHEST'], time)) === elsewhere);
    expect(sent, hours.join()).toEqual([false, true, true, true, true, false]);
    await ctx.db.updateTable('routingRule').set({ active: false }).where('id', '=', night.id).execute();
    expect(await at(liuhe, ['DR-CHEST'], '23:00')).toBe(lead);
    await ctx.db.deleteFrom('routingRule').where('centerId', '=', centerId).execute();
    await ctx.db.deleteFrom('center').where('id', '=', centerId).execute();
  });

  test('has the policy that fits it most: a flag before a priority before a class, one of each family', async () => {
    const now = ctx.clock.now();
    const base = {
      centerKind: 'ecg' as const,
      kind: 'service',
      startEvent: 'claimed',
      stopEvent: 'acknowledged',
      targetMinutes: 60,
      warnMinutes: 10,
      version: 1,
      mark: 'L',
      validFrom: new Date(now.getTime() - 1_000),
    };
    const add = async (code: string, more: object) =>
      (
        await ctx.db
          .insertInto('turnaroundPolicy')
          .values({ ...base, code, name: code, ...more })
          .returning('id')
          .executeTakeFirstOrThrow()
      ).id;
    const [any, urgent, stroke, ended] = [
      await add('T-ANY', {}),
      await add('T-URGENT', { priority: 'urgent' }),
      await add('T-STROKE', { flag: 'stroke' }),
      await add('T-OLD', { flag: 'stroke', priority: 'urgent', validTo: now }),
    ];
    const mine = [any, urgent, stroke, ended];
    const chosen = async (priority: 'urgent' | 'routine', flags: string[]) =>
      (await choosePolicies(ctx.db, { centerKind: 'ecg', itemClass: 'ecg-12', priority, flags }, now)).filter(
        (id) => mine.includes(id),
      );
    expect(await chosen('routine', [])).toEqual([any]);
    expect(await chosen('urgent', ['trauma'])).toEqual([urgent]);
    expect(await chosen('urgent', ['trauma', 'stroke'])).toEqual([stroke]);
    expect(
      await choosePolicies(
        ctx.db,
        { centerKind: 'ecg', itemClass: 'ecg-12', priority: 'urgent', flags: ['stroke'] },
        new Date(now.getTime() - 500),
      ),
    ).toContain(ended);
  });
});

describe('a list of orders', () => {
  const list = async (actor: Actor, query: Record<string, string>) =>
    listOrders(ctx.db, actor, await toWorklistQuery(ctx, actor.id, worklistQuery.parse(query)));

  test('walked page by page shows each once, newest or by due time, while others come and go', async () => {
    const placed = new Set<string>();
    for (let n = 0; n < 7; n++) placed.add((await place({ clinicalInfo: `page ${n}` })).id);
    for (const sort of ['newest', 'due']) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list(reader, { sort, limit: '3', ...(cursor && { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(3);
        seen.push(...page.items.map(({ orderId }) => orderId));
        if (sort === 'newest' && seen.length === 3) await place();
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(new Set(seen).size, 'none twice').toBe(seen.length);
      for (const id of placed) expect(seen).toContain(id);
    }
  });

  test('is narrowed by status, priority, site by code or id, and to one’s own', async () => {
    const order = await place({ priority: 'urgent' });
    await ctx.db
      .updateTable('orders')
      .set({ status: 'claimed', claimedBy: reader.id, claimedAt: new Date() })
      .where('id', '=', order.id)
      .execute();
    const ids = async (query: Record<string, string>) =>
      (await list(reader, query)).items.map(({ orderId }) => orderId);
    expect(await ids({ mine: 'true' })).toEqual([order.id]);
    expect(await ids({ status: 'claimed,final', priority: 'urgent' })).toContain(order.id);
    expect(await ids({ status: 'final' })).not.toContain(order.id);
    expect(await ids({ institution: 'LIUHE', status: 'claimed' })).toContain(order.id);
    expect(await ids({ institution: await institution('LIUHE'), status: 'claimed' })).toContain(order.id);
    expect(await ids({ institution: 'BAITA', status: 'claimed' })).not.toContain(order.id);
    expect(await ids({ q: order.accessionNumber.toLowerCase() })).toEqual([order.id]);
    expect(await ids({ q: order.accessionNumber.slice(0, -1) })).toContain(order.id);
    expect(await ids({ q: '%' })).toEqual([]);
    expect(await ids({ to: order.createdAt.toISOString() })).not.toContain(order.id);
  });

  test.each([
    [{ institution: 'NOWHERE' }, 'unknown-institution'],
    [{ cursor: 'bm8' }, 'bad-request'],
  ])('refuses %j', async (query, type) => {
    expect(await refused(list(reader, query))).toBe(`400 ${type}`);
  });

  test.each([
    { status: 'done' },
    { priority: 'stat' },
    { limit: '201' },
    { sort: 'oldest' },
    { from: 'yesterday' },
    { q: 'x'.repeat(101) },
    { status: Array.from({ length: 21 }, () => 'final').join() },
  ])('and does not take %j', (query) => {
    expect(worklistQuery.safeParse(query).success).toBe(false);
  });

  test('shows a machine what is of its site, nobody anything, and a share only its orders', async () => {
    const { id } = await place();
    const other = await place();
    const at = async (code: string) => machineActor('his', 'm1', await institution(code), ['order.read']);
    expect((await getVisibleOrder(ctx.db, await at('LIUHE'), id)).id).toBe(id);
    expect((await getVisibleOrder(ctx.db, await at('QHRM'), id)).id, 'where it is read').toBe(id);
    expect(await refused(getVisibleOrder(ctx.db, await at('BAITA'), id))).toBe('404 not-found');
    const share = { ...(await at('LIUHE')), sharedOrderIds: [id] };
    expect((await getVisibleOrder(ctx.db, share, id)).id).toBe(id);
    expect(await refused(getVisibleOrder(ctx.db, share, other.id))).toBe('404 not-found');
    const homeless = { ...(await at('LIUHE')), institutionId: null };
    expect(await refused(getVisibleOrder(ctx.db, homeless, id))).toBe('404 not-found');
  });
});
