import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import {
  acceptOrder,
  assignOrder,
  claimOrder,
  releaseOrder,
  returnOrder,
} from '../../../../server/core/order/acts.ts';
import { nextOnDuty } from '../../../../server/core/order/nextOnDuty.ts';
import { returnIdleClaims } from '../../../../server/core/order/returnIdleClaims.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import { saveReport } from '../../../../server/core/report/saveReport.ts';
import { as, ctx, head, institution, openReaders, orderRow, place, reader, second } from '../county.ts';
import { holdUpWrites, oneNotHeld } from '../together.ts';

openReaders();
beforeEach(async () => {
  await ctx.db.deleteFrom('rosterShift').execute();
  await ctx.db.updateTable('orders').set({ assignedTo: null, assignedAt: null }).execute();
});

const ago = (minutes: number) => new Date(ctx.clock.now().getTime() - minutes * 60_000);
const accepted = async (input: Record<string, unknown> = {}): Promise<string> => {
  const { id } = await place(input);
  await acceptOrder(ctx, reader, id);
  return id;
};
const claimed = async (idleMinutes: number): Promise<string> => {
  const id = await accepted();
  await claimOrder(ctx, reader, id);
  await idle(id, idleMinutes);
  return id;
};
const idle = (id: string, minutes: number) =>
  ctx.db
    .updateTable('orders')
    .set({ claimActiveAt: ago(minutes) })
    .where('id', '=', id)
    .execute();
const assigned = async (input: Record<string, unknown>, minutes: number): Promise<string> => {
  const id = await accepted(input);
  await assignOrder(ctx, head, id, second.id ?? '');
  await ctx.db
    .updateTable('orders')
    .set({ assignedAt: ago(minutes) })
    .where('id', '=', id)
    .execute();
  return id;
};
const kinds = async (id: string) => (await readTimeline(ctx.db, id)).items.map(({ kind }) => kind);
const shift = async (actor: Actor, more: Record<string, unknown> = {}) => {
  await ctx.db
    .insertInto('rosterShift')
    .values({
      institutionId: await institution('QHRM'),
      centerKind: 'imaging',
      staffId: actor.id ?? '',
      duty: 'reporter',
      startsAt: ago(60),
      endsAt: ago(-60),
      ...more,
    })
    .execute();
};

describe('a claim', () => {
  test.each([
    [30, 29, 'claimed'],
    [30, 31, 'received'],
    [5, 4, 'claimed'],
    [5, 6, 'received'],
  ])('where %i minutes are allowed, idle for %i, leaves the case %s', async (allowed, minutes, status) => {
    const allow = (claimIdleMinutes: number) =>
      ctx.db.updateTable('center').set({ claimIdleMinutes }).where('kind', '=', 'imaging').execute();
    await allow(allowed);
    const id = await claimed(minutes);
    await returnIdleClaims(ctx);
    await allow(30);
    const { claimedBy } = await orderRow(id);
    expect([(await orderRow(id)).status, claimedBy]).toEqual([
      status,
      status === 'claimed' ? reader.id : null,
    ]);
  });

  test('given back keeps its draft under its author, and says whose it was and why', async () => {
    const id = await claimed(0);
    await saveReport(ctx, reader, id, 0, { findings: '左下肺斑片影', positive: true });
    await idle(id, 31);
    expect(await returnIdleClaims(ctx)).toBe(1);
    const draft = await ctx.db
      .selectFrom('reportVersion')
      .select(['savedBy', 'content'])
      .where('orderId', '=', id)
      .executeTakeFirstOrThrow();
    expect(draft).toMatchObject({ savedBy: reader.id, content: { findings: '左下肺斑片影' } });
    expect((await readTimeline(ctx.db, id)).items.at(-1)).toMatchObject({
      kind: 'released',
      reason: 'idle',
      actorName: 'hub',
      detail: { staffId: reader.id },
    });
    expect(await orderRow(id)).toMatchObject({ claimedAt: null, claimOpenedAt: null, claimActiveAt: null });
  });

  test('seen by three workers at once is given back once, to one reader', async () => {
    const id = await claimed(31);
    await shift(second);
    const counts = await Promise.all([1, 2, 3].map(() => returnIdleClaims(ctx)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect((await kinds(id)).slice(-2)).toEqual(['released', 'assigned']);
    expect((await orderRow(id)).assignedTo).toBe(second.id);
  });

  test('whose reader types again while the worker is at another one stays his', async () => {
    const both = [await claimed(31), await claimed(31)];
    const events = await holdUpWrites('order_event');
    const returned = returnIdleClaims(ctx);
    await events.waiting();
    const other = await oneNotHeld(both);
    await idle(other, 0);
    await events.release();
    expect(await returned).toBe(1);
    expect(await orderRow(other)).toMatchObject({ status: 'claimed', claimedBy: reader.id });
    expect((await kinds(other)).at(-1)).toBe('claimed');
  });
});

describe('an assignment', () => {
  test.each([
    ['routine', 120, 11, true],
    ['routine', 120, 13, false],
    ['emergency', 30, 2.5, true],
    ['emergency', 30, 3.5, false],
  ])(
    'of a %s case promised in %i minutes, after %d, stands: %s',
    async (priority, _promise, minutes, stands) => {
      const id = await assigned({ priority }, minutes);
      await returnIdleClaims(ctx);
      expect((await orderRow(id)).assignedTo).toBe(stands ? second.id : null);
      if (!stands)
        expect((await readTimeline(ctx.db, id)).items.at(-1)).toMatchObject({
          kind: 'unassigned',
          reason: 'not-opened',
          detail: { staffId: second.id },
        });
    },
  );

  test('has two minutes at least, however short the promise', async () => {
    const cardiologist = await as('cardiologist1');
    const { id } = await place({
      center: 'ecg',
      items: [{ code: 'ECG-12' }],
      priority: 'emergency',
      flags: ['chest-pain'],
    });
    await acceptOrder(ctx, cardiologist, id);
    await assignOrder(ctx, cardiologist, id, cardiologist.id ?? '');
    const after = async (minutes: number) => {
      await ctx.db
        .updateTable('orders')
        .set({ assignedAt: ago(minutes) })
        .where('id', '=', id)
        .execute();
      await returnIdleClaims(ctx);
      return (await orderRow(id)).assignedTo;
    };
    expect([await after(1.5), await after(2.5)]).toEqual([cardiologist.id, null]);
  });

  test('made before the images came counts from their acceptance, and anew after a return', async () => {
    const { id } = await place({ priority: 'emergency' });
    await assignOrder(ctx, head, id, second.id ?? '');
    const wait = () =>
      ctx.db
        .updateTable('orders')
        .set({ assignedAt: ago(180) })
        .where('id', '=', id)
        .execute();
    await wait();
    await acceptOrder(ctx, reader, id);
    await returnIdleClaims(ctx);
    expect((await orderRow(id)).assignedTo, 'nobody could open it before').toBe(second.id);
    await returnOrder(ctx, second, id, { reason: 'image-quality' });
    await wait();
    await returnIdleClaims(ctx);
    expect((await orderRow(id)).assignedTo, 'it lies at the site').toBe(second.id);
    await acceptOrder(ctx, reader, id);
    await returnIdleClaims(ctx);
    expect((await orderRow(id)).assignedTo).toBe(second.id);
  });

  test('made while another still had the case counts from when he gave it back, or lost it', async () => {
    for (const lose of [releaseOrder, async () => returnIdleClaims(ctx)]) {
      const id = await claimed(31);
      await assignOrder(ctx, head, id, second.id ?? '');
      await ctx.db
        .updateTable('orders')
        .set({ assignedAt: ago(60) })
        .where('id', '=', id)
        .execute();
      await lose(ctx, reader, id);
      await returnIdleClaims(ctx);
      expect(await orderRow(id)).toMatchObject({ status: 'received', assignedTo: second.id });
    }
  });

  test('opened while the worker is at another one stays with who opened it', async () => {
    const both = [await assigned({}, 60), await assigned({}, 60)];
    const events = await holdUpWrites('order_event');
    const returned = returnIdleClaims(ctx);
    await events.waiting();
    const other = await oneNotHeld(both);
    const opened = claimOrder(ctx, second, other);
    await events.waiting(2);
    await events.release();
    await Promise.all([returned, opened]);
    expect(await orderRow(other)).toMatchObject({ status: 'claimed', claimedBy: second.id });
    expect((await kinds(other)).slice(-2)).toEqual(['assigned', 'claimed']);
  });
});

describe('a case that was left lying goes to', () => {
  const next = async (id: string) => nextOnDuty(ctx.db, await orderRow(id), ctx.clock.now());

  test('nobody off duty, of another centre, house or kind of duty, or gone', async () => {
    const id = await accepted();
    await shift(second, { startsAt: ago(-1), endsAt: ago(-60) });
    await shift(second, { startsAt: ago(60), endsAt: ago(1) });
    await shift(second, { centerKind: 'ecg' });
    await shift(second, { institutionId: await institution('LIUHE') });
    await shift(second, { duty: 'technician' });
    expect(await next(id)).toBeUndefined();
    await shift(second, { centerKind: null, duty: 'verifier' });
    expect(await next(id), 'a verifier of all centres of the house').toBe(second.id);
    const setActive = (active: boolean) =>
      ctx.db
        .updateTable('staff')
        .set({ active })
        .where('id', '=', second.id ?? '')
        .execute();
    await setActive(false);
    expect(await next(id)).toBeUndefined();
    await setActive(true);
  });

  test('who has the fewest cases in hand, claimed or given, of this centre', async () => {
    await ctx.db.updateTable('orders').set({ status: 'cancelled' }).execute();
    const id = await accepted();
    await shift(reader);
    await shift(second, { startsAt: ago(59) });
    expect(await next(id), 'on duty the longest').toBe(reader.id);
    await claimOrder(ctx, reader, await accepted());
    expect(await next(id)).toBe(second.id);
    for (const n of [1, 2]) expect(await assigned({}, 0), `case ${n}`).toBeTruthy();
    expect(await next(id)).toBe(reader.id);
  });

  test('nobody who let it lie, but to who gave it back himself', async () => {
    const lapsed = await assigned({}, 60);
    await shift(second);
    await returnIdleClaims(ctx);
    expect((await kinds(lapsed)).at(-1)).toBe('unassigned');
    expect(await orderRow(lapsed)).toMatchObject({ assignedTo: null, status: 'received' });
    const released = await accepted();
    await claimOrder(ctx, second, released);
    await releaseOrder(ctx, second, released);
    expect(await next(released)).toBe(second.id);
    await shift(reader);
    expect(await next(lapsed)).toBe(reader.id);
  });
});
