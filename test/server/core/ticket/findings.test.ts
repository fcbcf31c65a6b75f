import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { raiseCritical } from '../../../../server/core/critical/raiseCritical.ts';
import { supervise } from '../../../../server/core/ticket/superviseTick.ts';
import { TICKET_RULES } from '../../../../server/core/ticket/ticketRules.ts';
import { as, ctx, institution, openCounty, place } from '../county.ts';

openCounty();
let liuhe: string, baita: string;
let reader: Actor;
beforeAll(async () => {
  [liuhe, baita] = (await Promise.all(['LIUHE', 'BAITA'].map(institution))) as [string, string];
  reader = await as('radiologist1');
});
const NOW = new Date('2026-11-20T10:00:00+08:00');
const before = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const find = async (rule: string, settings: Record<string, number> = {}, now = NOW) =>
  (await TICKET_RULES[rule]?.(ctx.db, ctx.centers, now, settings)) ?? [];

describe('critical values that nobody acknowledged', () => {
  beforeEach(() => ctx.db.updateTable('criticalValue').set({ state: 'disposed' }).execute());
  const value = async (foundAt: Date, more: Record<string, unknown> = {}) => {
    const { id: orderId, accessionNumber } = await place({ priority: 'emergency' });
    const { id } = await raiseCritical(ctx, reader, orderId, { finding: '气胸' });
    await ctx.db
      .updateTable('criticalValue')
      .set({ foundAt, ...more })
      .where('id', '=', id)
      .execute();
    return { id, accessionNumber, orderId };
  };

  test.each([
    ['after half an hour', 30, {}, true],
    ['before it', 29.9, {}, false],
    ['that was only called', 40, { state: 'notified' }, true],
    ['that was acknowledged', 40, { state: 'acknowledged' }, false],
    ['that was withdrawn', 40, { state: 'withdrawn' }, false],
    ['that is a significant finding', 40, { tier: 'significant' }, false],
    ['of more than thirty days ago', 30 * 1_440 + 1, {}, false],
  ])('%s: found %s minutes ago with %j: %s', async (_what, minutes, more, found) => {
    const { id, accessionNumber, orderId } = await value(before(minutes), more);
    const causes = await find('critical-overdue');
    expect(causes.map(({ sourceKey }) => sourceKey)).toEqual(found ? [`critical-overdue:${id}`] : []);
    if (found)
      expect(causes[0]).toMatchObject({
        title: `${accessionNumber} 危急值超过 30 分钟未确认`,
        institutionId: liuhe,
        centerKind: 'imaging',
        orderId,
      });
  });

  test('are found after the minutes that the county set', async () => {
    await value(before(15));
    expect(await find('critical-overdue')).toEqual([]);
    expect(await find('critical-overdue', { minutes: 10 })).toHaveLength(1);
  });
});

describe('evidence of quality that ends', () => {
  beforeEach(() => ctx.db.updateTable('qualityEvidence').set({ revokedAt: new Date() }).execute());
  const evidence = async (validTo: string, more: Record<string, unknown> = {}) => {
    const { id } = await ctx.db
      .insertInto('qualityEvidence')
      .values({
        institutionId: liuhe,
        centerKind: 'imaging',
        recognitionRange: 'city',
        evaluator: '市影像质控中心',
        validFrom: '2025-01-01',
        validTo,
        source: 'upload',
        ...more,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  };
  const found = async (settings: Record<string, number> = {}) =>
    (await find('evidence-expiry', settings)).map(({ detail }) => detail.evidenceId);

  test.each([
    ['2026-12-20', true],
    ['2026-12-21', false],
    ['2026-11-20', true],
    ['2026-08-22', true],
    ['2026-08-21', false],
  ])('on %s, seen on 20 November: %s', async (validTo, expected) => {
    const id = await evidence(validTo);
    expect(await found()).toEqual(expected ? [id] : []);
  });

  test('within the days that the county set', async () => {
    const id = await evidence('2026-11-25');
    expect([await found({ days: 4 }), await found({ days: 5 })]).toEqual([[], [id]]);
  });

  test('is not found where it was revoked or something newer of the same kind replaces it', async () => {
    await evidence('2026-11-25', { revokedAt: new Date() });
    const id = await evidence('2026-11-25');
    await evidence('2027-11-25', { institutionId: baita });
    await evidence('2027-11-25', { centerKind: 'ecg' });
    await evidence('2027-11-25', { itemCode: 'DR-CHEST' });
    await evidence('2027-11-25', { revokedAt: new Date() });
    expect(await found()).toEqual([id]);
    await evidence('2026-12-30');
    expect(await found()).toEqual([]);
  });

  test('says whose, of which item and when, and of what has ended that it has', async () => {
    await evidence('2026-12-01', { itemCode: 'CT-HEAD' });
    const [future] = await find('evidence-expiry');
    expect(future?.title).toBe('柳河镇卫生院 头颅 CT 平扫质量证明(市影像质控中心)将于 2026-12-01 到期');
    const [past] = await find('evidence-expiry', {}, new Date('2026-12-02T00:01:00+08:00'));
    expect(past?.title).toContain('已于 2026-12-01 到期');
    expect(past?.latestAt, 'the end of that day here').toEqual(new Date('2026-12-02T00:00:00+08:00'));
  });
});

describe('indicators that fall', () => {
  beforeEach(() => ctx.db.deleteFrom('indicatorMonth').execute());
  const month = (value: string, numerator: number, denominator: number, indicator = 'img-on-time') =>
    ctx.db
      .insertInto('indicatorMonth')
      .values({ indicator, institutionId: liuhe, month: `${value}-01`, numerator, denominator })
      .execute();

  test('by points and by more than chance, last month against the six before it', async () => {
    await month('2026-03', 0, 1_000); // too long ago
    await month('2026-04', 950, 1_000);
    await month('2026-09', 950, 1_000);
    await month('2026-10', 80, 100);
    await month('2026-11', 0, 500); // not over yet
    const [cause, ...others] = await find('indicator-fall');
    expect(others).toEqual([]);
    expect(cause).toMatchObject({
      sourceKey: `indicator-fall:img-on-time:${liuhe}`,
      title: '柳河镇卫生院 影像报告及时率:2026-10 为 80.0%(80/100),此前 6 个月 95.0%(1900/2000)',
      centerKind: 'imaging',
      latestAt: new Date('2026-11-01T00:00:00+08:00'),
      detail: { points: 15, month: '2026-10', indicatorEn: 'Imaging reports on time' },
    });
  });

  test.each([
    ['fewer points than asked for', 912, 1_000, {}, false],
    ['so many points', 890, 1_000, {}, true],
    ['no more than chance explains', 17, 20, {}, false],
    ['on too few cases', 0, 19, {}, false],
    ['on as many as asked for', 0, 19, { minimum: 19 }, true],
    ['a milder measure of chance', 84, 100, { sigma: 5 }, false],
    ['a better share', 990, 1_000, {}, false],
  ])('%s: %i of %i with %j: %s', async (_what, numerator, denominator, settings, fell) => {
    await month('2026-09', 950, 1_000);
    await month('2026-10', numerator, denominator);
    expect(await find('indicator-fall', settings)).toHaveLength(fell ? 1 : 0);
  });

  test('upwards where less is better, and never a volume or what nobody defines', async () => {
    for (const [code, past, now] of [
      ['returned', 20, 90],
      ['volume.imaging', 950, 20],
      ['gone-long-ago', 950, 20],
    ] as const) {
      await month('2026-09', past, 1_000, code);
      await month('2026-10', now, 500, code);
    }
    expect((await find('indicator-fall')).map(({ detail }) => detail.indicator)).toEqual(['returned']);
  });
});

describe('breaches of one promise at one site', () => {
  const breach = async (at: Date, by: string = liuhe): Promise<string> => {
    const { id } = await place({ priority: 'emergency' });
    const order = await ctx.db.selectFrom('orders').select('policyIds').where('id', '=', id).executeTakeFirstOrThrow();
    await ctx.db.updateTable('orders').set({ requestingInstitutionId: by }).where('id', '=', id).execute();
    await sql`insert into order_clock (order_id, policy_id, kind, state, started_at, breached_at)
      select ${id}, id, kind, 'breached', ${at}, ${at} from turnaround_policy where code = 'img-em-xray' and id = any(${order.policyIds}::uuid[])`.execute(ctx.db);
    return id;
  }; // prettier-ignore
  const found = async (settings: Record<string, number> = { count: 2, hours: 24 }) =>
    (await find('breach-cluster', settings)).map(({ institutionId, detail }) => [
      institutionId,
      detail.count,
    ]);
  beforeEach(() => ctx.db.updateTable('orderClock').set({ breachedAt: null }).execute());

  test('within the hours, as many as asked for, each site for itself', async () => {
    await breach(before(1));
    await breach(before(24 * 60 - 1));
    await breach(before(24 * 60 + 1));
    await breach(before(5), baita);
    expect(await found()).toEqual([[liuhe, 2]]);
    expect(await found({ count: 3, hours: 24 })).toEqual([]);
    expect(await found({ count: 3, hours: 25 })).toEqual([[liuhe, 3]]);
  });

  test('before the last closing do not count again', async () => {
    await breach(before(60));
    await breach(before(50));
    const key = `breach-cluster:img-em-xray:${liuhe}`;
    await ctx.db
      .insertInto('ticket')
      .values({
        kind: 'breach-cluster',
        ruleCode: 'breach-cluster',
        title: 'x',
        sourceKey: key,
        state: 'closed',
        closedAt: before(40),
      })
      .execute();
    expect(await found()).toEqual([]);
    await breach(before(30));
    expect(await found()).toEqual([]);
    await breach(before(20));
    expect(await found()).toEqual([[liuhe, 2]]);
    await ctx.db.deleteFrom('ticket').where('sourceKey', '=', key).execute();
  });
});

test('reports that nobody read are counted by the month here, not in Greenwich', async () => {
  const single = async (createdAt: string, n: number) => {
    const { id } = await place();
    await ctx.db
      .insertInto('ticket')
      .values({ kind: 'unread', title: `${n}`, orderId: id, institutionId: liuhe, createdAt: new Date(createdAt) })
      .execute();
  };
  await single('2026-10-31T23:59:00+08:00', 1);
  await single('2026-11-01T00:01:00+08:00', 2);
  await single('2026-11-01T07:59:00+08:00', 3);
  const causes = await find('unread-cluster', { count: 2 });
  expect(causes.map(({ sourceKey, detail }) => [sourceKey, detail.count])).toEqual([
    [`unread-cluster:${liuhe}:2026-11`, 2],
  ]);
  expect(await find('unread-cluster', { count: 3 })).toEqual([]);
}); // prettier-ignore

test('a rule that is off finds nothing; the others go on, and what each finds is opened once by many workers', async () => {
  await ctx.db.updateTable('ticketRule').set({ active: false }).execute();
  await ctx.db.updateTable('criticalValue').set({ state: 'disposed' }).execute();
  const { id: orderId } = await place({ priority: 'emergency' });
  const { id } = await raiseCritical(ctx, reader, orderId, { finding: '气胸' });
  const foundAt = new Date(ctx.clock.now().getTime() - 3_600_000);
  await ctx.db.updateTable('criticalValue').set({ foundAt }).where('id', '=', id).execute();
  expect(await supervise(ctx)).toMatchObject({ opened: 0 });
  await ctx.db.updateTable('ticketRule').set({ active: true }).where('code', '=', 'critical-overdue').execute();
  const counts = await Promise.all(Array.from({ length: 4 }, () => supervise(ctx)));
  expect(counts.reduce((sum, { opened }) => sum + opened, 0)).toBe(1);
  const tickets = await ctx.db.selectFrom('ticket').select('state').where('sourceKey', '=', `critical-overdue:${id}`).execute();
  expect(tickets).toEqual([{ state: 'open' }]);
  const told = await ctx.db.selectFrom('notification').select('institutionId').where('orderId', '=', orderId).where('kind', '=', 'ticket.raised').execute();
  expect(told).toEqual([{ institutionId: liuhe }]);
}); // prettier-ignore
