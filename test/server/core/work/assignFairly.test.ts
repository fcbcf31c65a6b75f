import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { acceptOrder, claimOrder } from '../../../../server/core/order/acts.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import { assignFairly } from '../../../../server/core/work/assignFairly.ts';
import { as, ctx, institution, openReaders, orderRow, place, reader, request, second } from '../county.ts';

openReaders();

const hours = (count: number) => new Date(ctx.clock.now().getTime() + count * 3_600_000);
const rule = (value: unknown, center = 'imaging') =>
  ctx.db
    .insertInto('setting')
    .values({ key: `assignment.${center}`, value: JSON.stringify(value) })
    .onConflict((oc) => oc.column('key').doUpdateSet({ value: JSON.stringify(value) }))
    .execute();
const shift = async (actor: Actor, more: Record<string, unknown> = {}) =>
  ctx.db
    .insertInto('rosterShift')
    .values({
      institutionId: await institution('QHRM'),
      centerKind: 'imaging',
      staffId: actor.id ?? '',
      duty: 'reporter',
      startsAt: hours(-1),
      endsAt: hours(1),
      ...more,
    })
    .execute();
const waiting = async (code = 'DR-CHEST', more: Record<string, unknown> = {}): Promise<string> => {
  const { id } = await place({ items: [{ code }], ...more });
  await acceptOrder(ctx, reader, id);
  return id;
};
const holder = async (id: string) => (await orderRow(id)).assignedTo;

beforeEach(async () => {
  await ctx.db.deleteFrom('rosterShift').execute();
  await ctx.db.updateTable('orders').set({ status: 'cancelled', assignedTo: null }).execute();
  await ctx.db.deleteFrom('setting').where('key', 'like', 'assignment.%').execute();
  await rule({ on: true, mostOpen: 6 });
});

describe('waiting cases are given', () => {
  test.each([
    ['no rule', undefined],
    ['a rule that is off', { on: false, mostOpen: 6 }],
    ['a rule without its limit', { on: true }],
    ['a limit of nothing', { on: true, mostOpen: 0 }],
    ['a limit out of bounds', { on: true, mostOpen: 101 }],
    ['nonsense', '开'],
  ])('to nobody under %s', async (_what, value) => {
    await ctx.db.deleteFrom('setting').where('key', '=', 'assignment.imaging').execute();
    if (value !== undefined) await rule(value);
    await shift(reader);
    const id = await waiting();
    expect(await assignFairly(ctx)).toBe(0);
    expect(await holder(id)).toBeNull();
  });

  test('in each centre by its own rule', async () => {
    const cardiologist = await as('cardiologist1');
    const trace = await place({ center: 'ecg', items: [{ code: 'ECG-12' }] });
    await acceptOrder(ctx, cardiologist, trace.id);
    const film = await waiting();
    await shift(cardiologist, { centerKind: 'ecg' });
    await shift(reader);
    expect(await assignFairly(ctx)).toBe(1);
    expect([await holder(trace.id), await holder(film)]).toEqual([null, reader.id]);
    await rule({ on: true, mostOpen: 6 }, 'ecg');
    await assignFairly(ctx);
    expect(await holder(trace.id)).toBe(cardiologist.id);
  });

  test('with an event that says by whom and why, once, however many workers run', async () => {
    await shift(reader);
    await shift(second);
    const ids = [await waiting(), await waiting(), await waiting(), await waiting()];
    const given = await Promise.all(Array.from({ length: 5 }, () => assignFairly(ctx)));
    expect(given.reduce((sum, count) => sum + count, 0)).toBe(4);
    const holders = await Promise.all(ids.map(holder));
    expect(holders.filter((id) => id === reader.id)).toHaveLength(2);
    expect(holders.filter((id) => id === second.id)).toHaveLength(2);
    const last = (await readTimeline(ctx.db, ids[0] ?? '')).items.at(-1);
    expect(last).toMatchObject({ kind: 'assigned', reason: 'fair', actorName: 'hub', detail: { staffId: holders[0] } });
  }); // prettier-ignore

  test('the most urgent first: an emergency before what is due sooner', async () => {
    await rule({ on: true, mostOpen: 1 });
    await shift(reader);
    const routine = await waiting();
    await ctx.db
      .updateTable('orders')
      .set({ dueAt: hours(-3) })
      .where('id', '=', routine)
      .execute();
    const emergency = await waiting('DR-CHEST', { priority: 'emergency' });
    expect(await assignFairly(ctx)).toBe(1);
    expect([await holder(routine), await holder(emergency)]).toEqual([null, reader.id]);
  });

  test('to who has the least work by weight: one CT weighs more than two films', async () => {
    await shift(reader);
    await shift(second);
    await claimOrder(ctx, reader, await waiting('CT-HEAD'));
    for (let n = 0; n < 2; n++) await claimOrder(ctx, second, await waiting());
    const third = await waiting();
    await assignFairly(ctx);
    expect(await holder(third)).toBe(second.id);
  });

  test('counting what was signed today, by the date here, and not what was signed yesterday', async () => {
    await shift(reader);
    await shift(second);
    const sign = async (signerId: string | null, at: Date) => {
      const id = await waiting();
      await sql`insert into signed_report (order_id, number, kind, content, manifest, reporter_id, signer_id, signed_at, verify_code, report_version)
        values (${id}, 1, 'final', '{}', '[]', ${signerId}, ${signerId}, ${at}, ${`v${id}`}, null)`.execute(
        ctx.db,
      );
      await ctx.db.updateTable('orders').set({ status: 'final' }).where('id', '=', id).execute();
    };
    const midnight = new Date(`${hours(8).toISOString().slice(0, 10)}T00:00:00+08:00`);
    await sign(reader.id, new Date(midnight.getTime() + 1_000));
    for (let n = 0; n < 3; n++) await sign(second.id, new Date(midnight.getTime() - 1_000));
    const id = await waiting();
    await assignFairly(ctx);
    expect(await holder(id)).toBe(second.id);
  });

  test('up to the limit of weighted work and not above it', async () => {
    await rule({ on: true, mostOpen: 4 });
    await shift(reader);
    const [ct, other, film] = [await waiting('CT-HEAD'), await waiting('CT-CHEST'), await waiting()];
    expect(await assignFairly(ctx)).toBe(2);
    expect([await holder(ct), await holder(other), await holder(film)], '2.5 + 1 of 4').toEqual([
      reader.id,
      null,
      reader.id,
    ]);
  });

  test('with the weights that the county set', async () => {
    await rule({ on: true, mostOpen: 4 });
    await shift(reader);
    const weights = JSON.stringify({ xray: 3 });
    await ctx.db.insertInto('setting').values({ key: 'work.weights', value: weights }).execute();
    await waiting();
    await waiting();
    expect(await assignFairly(ctx)).toBe(1);
    await ctx.db.deleteFrom('setting').where('key', '=', 'work.weights').execute();
  });

  test('never twice to who let a case lapse; what nobody is left for does not hold up the others', async () => {
    await rule({ on: true, mostOpen: 100 });
    await shift(reader);
    const { rows } = await sql<{
      code: string;
    }>`select code from catalogue_item where modality in ('DX', 'CT') order by code limit 21`.execute(ctx.db);
    const lapsed = (await request({ items: rows, priority: 'emergency' })).orders.map(({ id }) => id);
    expect(lapsed).toHaveLength(21);
    await ctx.db.updateTable('orders').set({ status: 'received' }).where('id', 'in', lapsed).execute();
    while ((await assignFairly(ctx)) > 0);
    expect(await Promise.all(lapsed.map(holder))).toEqual(lapsed.map(() => reader.id));
    await ctx.db.updateTable('orders').set({ assignedTo: null, assignedAt: null }).execute();
    const routine = await waiting();
    expect(await assignFairly(ctx)).toBe(1);
    expect(await holder(routine)).toBe(reader.id);
    await shift(second);
    await assignFairly(ctx);
    expect(await holder(lapsed[0] ?? '')).toBe(second.id);
  });
});

describe('nobody is given a case', () => {
  test.each([
    ['off duty', { startsAt: 1, endsAt: 2 }],
    ['whose duty has ended', { startsAt: -2, endsAt: -0.01 }],
    ['on another duty', { duty: 'verifier' }],
    ['on duty in another centre', { centerKind: 'ecg' }],
    ['on duty in another house', { institutionId: 'LIUHE' }],
  ])('%s', async (_what, { startsAt, endsAt, institutionId, ...more }: Record<string, unknown>) => {
    await shift(reader, {
      ...more,
      ...(startsAt !== undefined && { startsAt: hours(startsAt as number), endsAt: hours(endsAt as number) }),
      ...(institutionId !== undefined && { institutionId: await institution(institutionId as string) }),
    });
    const id = await waiting();
    expect(await assignFairly(ctx)).toBe(0);
    expect(await holder(id)).toBeNull();
  });

  test('who has left, or whose role was taken back', async () => {
    await shift(second);
    const id = await waiting();
    const person = second.id ?? '';
    await ctx.db.updateTable('staff').set({ active: false }).where('id', '=', person).execute();
    expect(await assignFairly(ctx)).toBe(0);
    await ctx.db.updateTable('staff').set({ active: true }).where('id', '=', person).execute();
    const role = (revokedAt: Date | null) =>
      ctx.db.updateTable('staffRole').set({ revokedAt }).where('staffId', '=', person).execute();
    await role(ctx.clock.now());
    expect(await assignFairly(ctx)).toBe(0);
    await role(null);
    expect(await assignFairly(ctx)).toBe(1);
    expect(await holder(id)).toBe(second.id);
  });

  test('while its images still arrive, or before it was accepted', async () => {
    await shift(reader);
    const id = await waiting();
    await ctx.db.updateTable('orders').set({ receiving: true }).where('id', '=', id).execute();
    await place();
    expect(await assignFairly(ctx)).toBe(0);
    await ctx.db.updateTable('orders').set({ receiving: false }).where('id', '=', id).execute();
    expect(await assignFairly(ctx)).toBe(1);
  });
});
