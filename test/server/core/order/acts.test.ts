import { describe, expect, test } from 'vitest';
import type { OrderStatus } from '../../../../db/types.ts';
import { acceptInput, requireOpenForInput } from '../../../../server/core/order/acceptInput.ts';
import {
  acceptOrder,
  assignOrder,
  cancelOrder,
  claimOrder,
  releaseOrder,
  returnOrder,
} from '../../../../server/core/order/acts.ts';
import { codeReturn } from '../../../../server/core/order/returnReasons.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import {
  as,
  auditOf,
  ctx,
  doctor,
  head,
  openReaders,
  reader,
  second,
  orderRow,
  place,
  refusal,
  refused,
} from '../county.ts';

openReaders();

const stand = (id: string, status: OrderStatus, claimedBy: string | null = null) =>
  ctx.db
    .updateTable('orders')
    .set({ status, claimedBy, claimedAt: claimedBy ? new Date() : null })
    .where('id', '=', id)
    .execute();
const kinds = async (id: string) => (await readTimeline(ctx.db, id)).items.map(({ kind }) => kind);

const STATUSES: OrderStatus[] = [
  'requested', 'awaiting-decision', 'acquired', 'received', 'claimed', 'preliminary', 'partial',
  'final', 'acknowledged', 'returned', 'corrected', 'cancelled', 'void',
]; // prettier-ignore
const ACTS = {
  cancel: (id: string) => cancelOrder(ctx, doctor, id, '误开'),
  return: (id: string) => returnOrder(ctx, reader, id, { reason: 'image-quality' }),
  accept: (id: string) => acceptOrder(ctx, reader, id),
  claim: (id: string) => claimOrder(ctx, reader, id),
  release: (id: string) => releaseOrder(ctx, reader, id),
  assign: (id: string) => assignOrder(ctx, head, id, second.id ?? ''),
};

describe('in the life of an order', () => {
  const same = (...from: OrderStatus[]) => Object.fromEntries(from.map((status) => [status, status]));
  const to = (status: OrderStatus, ...from: OrderStatus[]) =>
    Object.fromEntries(from.map((one) => [one, status]));
  const ALLOWED: Record<keyof typeof ACTS, Partial<Record<OrderStatus, OrderStatus>>> = {
    cancel: to('cancelled', 'requested', 'awaiting-decision', 'acquired', 'received', 'returned'),
    return: to('returned', 'acquired', 'received', 'claimed', 'preliminary'),
    accept: to('received', 'requested', 'awaiting-decision', 'acquired', 'returned'),
    claim: { ...to('claimed', 'received', 'partial'), ...same('claimed', 'preliminary') },
    release: to('received', 'claimed'),
    assign: same('requested', 'awaiting-decision', 'acquired', 'received', 'claimed', 'preliminary', 'partial', 'returned'), // prettier-ignore
  };

  test.each(Object.keys(ACTS) as (keyof typeof ACTS)[])(
    '"%s" is done where it may be and nowhere else',
    async (name) => {
      const { id } = await place();
      const wrong: string[] = [];
      for (const status of STATUSES) {
        await stand(id, status, reader.id);
        const before = (await kinds(id)).length;
        const outcome = await ACTS[name](id).then(
          (order) => order.status as string,
          (error: unknown) => (error as { type: string }).type,
        );
        const after = await orderRow(id);
        const wanted = ALLOWED[name][status];
        if (outcome !== (wanted ?? 'wrong-status')) wrong.push(`${status} → ${outcome}`);
        if (after.status !== (wanted ?? status)) wrong.push(`${status} stands as ${after.status}`);
        if (!wanted && (await kinds(id)).length !== before) wrong.push(`${status} left an event`);
      }
      expect(wrong).toEqual([]);
    },
  );

  test('a refusal names the status and the act, and leaves no audit row of it', async () => {
    const { id } = await place();
    await stand(id, 'final');
    expect(await refusal(cancelOrder(ctx, doctor, id, '误开'))).toMatchObject({
      status: 409,
      type: 'wrong-status',
      extra: { status: 'final', act: 'cancelled' },
    });
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['order.create']);
  });

  test('every act stands in the timeline with its person and reason, and in the audit with what it changed', async () => {
    const { id, patientId } = await place();
    await acceptOrder(ctx, reader, id);
    await claimOrder(ctx, reader, id);
    await returnOrder(ctx, reader, id, { reason: 'incomplete', note: '缺侧位' });
    expect(await orderRow(id)).toMatchObject({ status: 'returned', claimedBy: null, claimedAt: null });
    await acceptOrder(ctx, reader, id);
    await returnOrder(ctx, reader, id, { reason: 'wrong-site' });
    await cancelOrder(ctx, doctor, id, '改在县里做');
    const { items } = await readTimeline(ctx.db, id);
    expect(items.map(({ kind, actorName, reason }) => [kind, actorName, reason])).toEqual([
      ['requested', '郑国华', null],
      ['received', '陈思远', null],
      ['claimed', '陈思远', null],
      ['returned', '陈思远', 'incomplete'],
      ['resent', '陈思远', null],
      ['returned', '陈思远', 'wrong-site'],
      ['cancelled', '郑国华', '改在县里做'],
    ]);
    expect(items[3]?.detail).toEqual({ note: '缺侧位' });
    const rows = await auditOf(id);
    expect(rows.every((row) => row.patientId === patientId && row.outcome === 'done')).toBe(true);
    expect(rows.slice(1).map(({ action, detail }) => [action, detail])).toEqual([
      ['order.accept', { from: 'requested', to: 'received' }],
      ['order.claim', { from: 'received', to: 'claimed' }],
      ['order.return', { from: 'claimed', to: 'returned' }],
      ['order.accept', { from: 'returned', to: 'received' }],
      ['order.return', { from: 'received', to: 'returned' }],
      ['order.cancel', { from: 'returned', to: 'cancelled' }],
    ]);
  });

  test('the time of first acceptance stays when the case comes back after a return', async () => {
    const { id } = await place();
    const { receivedAt } = await acceptOrder(ctx, reader, id);
    await returnOrder(ctx, reader, id, { reason: 'other' });
    expect((await acceptOrder(ctx, reader, id)).receivedAt).toEqual(receivedAt);
  });
});

describe('an act of somebody else', () => {
  test.each(['doctor2', 'cardiologist1', 'lab1', 'village1', 'admin1', 'regulator1'])(
    '%s does not see the case: 404 for every act, and the attempt is on record',
    async (username) => {
      const { id } = await place();
      const stranger = await as(username);
      const attempts = [
        () => cancelOrder(ctx, stranger, id, 'x'),
        () => acceptOrder(ctx, stranger, id),
        () => claimOrder(ctx, stranger, id),
        () => returnOrder(ctx, stranger, id, { reason: 'other' }),
        () => assignOrder(ctx, stranger, id, stranger.id ?? ''),
      ];
      for (const attempt of attempts) expect(await refused(attempt())).toBe('404 not-found');
      const denied = (await auditOf(id)).filter(({ outcome }) => outcome === 'denied');
      expect(denied).toHaveLength(attempts.length);
      expect(denied[0]).toMatchObject({ action: 'order.read', actorName: stranger.name });
      expect((await orderRow(id)).status).toBe('requested');
    },
  );

  test.each([
    ['the centre does not withdraw what a site asked for', 'radiologist1', 'cancel'],
    ['the nurse of the site does not withdraw it either', 'nurse1', 'cancel'],
    ['the site does not accept for the centre', 'tech1', 'accept'],
    ['the site does not claim', 'doctor1', 'claim'],
    ['the site does not return to itself', 'doctor1', 'return'],
    ['quality staff see and do not work', 'qa1', 'claim'],
    ['the duty office sees and does not work', 'duty1', 'return'],
  ] as const)('%s: 403', async (_what, username, name) => {
    const { id } = await place();
    await stand(id, 'received');
    const actor = await as(username);
    const act = {
      cancel: () => cancelOrder(ctx, actor, id, 'x'),
      accept: () => acceptOrder(ctx, actor, id),
      claim: () => claimOrder(ctx, actor, id),
      return: () => returnOrder(ctx, actor, id, { reason: 'other' }),
    }[name];
    expect(await refused(act())).toBe('403 forbidden');
    expect((await auditOf(id)).filter(({ action }) => action !== 'order.create')).toEqual([]);
  });

  test('an order that is nowhere is 404 without a row in the audit', async () => {
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await refused(claimOrder(ctx, reader, nowhere))).toBe('404 not-found');
    expect(await auditOf(nowhere)).toEqual([]);
  });
});

describe('a claim', () => {
  test('of ten at once is won by one, and by the same person it is the same claim', async () => {
    const { id } = await place();
    await acceptOrder(ctx, reader, id);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => claimOrder(ctx, n % 2 ? reader : second, id)),
    );
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(won, 'all of the winner, none of the other').toHaveLength(5);
    expect((await kinds(id)).filter((kind) => kind === 'claimed')).toHaveLength(1);
  });

  test('is released by who holds it or by the head, not by a colleague', async () => {
    const { id } = await place();
    await acceptOrder(ctx, reader, id);
    await claimOrder(ctx, reader, id);
    expect(await refused(releaseOrder(ctx, second, id))).toBe('403 forbidden');
    expect(await releaseOrder(ctx, head, id)).toMatchObject({
      status: 'received',
      claimedBy: null,
      claimedAt: null,
    });
    await claimOrder(ctx, second, id);
    expect((await releaseOrder(ctx, second, id)).status).toBe('received');
  });

  test('of a preliminary report by its verifier keeps the time of the first claim', async () => {
    const { id } = await place();
    await stand(id, 'preliminary', reader.id);
    const { claimedAt } = await orderRow(id);
    expect(await claimOrder(ctx, second, id)).toMatchObject({
      claimedBy: second.id,
      claimedAt,
      status: 'preliminary',
    });
  });
});

describe('an assignment', () => {
  test('goes to who reads for the centre, is on record, and ends when the case is claimed', async () => {
    const { id } = await place();
    await acceptOrder(ctx, reader, id);
    expect(await assignOrder(ctx, head, id, second.id ?? '')).toMatchObject({
      assignedTo: second.id,
      status: 'received',
    });
    expect((await readTimeline(ctx.db, id)).items.at(-1)).toMatchObject({
      kind: 'assigned',
      detail: { staffId: second.id },
    });
    expect(await claimOrder(ctx, reader, id)).toMatchObject({ assignedTo: null, assignedAt: null });
  });

  test.each(['doctor1', 'cardiologist1', 'lab2', 'qa1', 'registrar1'])(
    'to %s, who could not claim it, is refused',
    async (username) => {
      const { id } = await place();
      const other = await as(username);
      expect(await refused(assignOrder(ctx, head, id, other.id ?? ''))).toBe('422 unknown-reference');
      expect((await orderRow(id)).assignedTo).toBeNull();
    },
  );

  test('to nobody, or to somebody who has left, is refused', async () => {
    const { id } = await place();
    const nobody = '00000000-0000-4000-8000-000000000000';
    expect(await refused(assignOrder(ctx, head, id, nobody))).toBe('422 unknown-reference');
    const setActive = (active: boolean) =>
      ctx.db.updateTable('staff').set({ active }).where('id', '=', second.id).execute();
    await setActive(false);
    expect(await refused(assignOrder(ctx, head, id, second.id ?? ''))).toBe('422 unknown-reference');
    await setActive(true);
  });
});

describe('input that is committed', () => {
  const commit = (id: string) =>
    ctx.db.transaction().execute(async (trx) => {
      const order = await trx
        .selectFrom('orders')
        .selectAll()
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirstOrThrow();
      requireOpenForInput(order);
      return acceptInput(ctx, trx, reader, order, { n: 1 });
    });

  test.each([
    ['requested', 'received', ['acquired', 'received']],
    ['awaiting-decision', 'received', ['received']],
    ['acquired', 'received', ['received']],
    ['returned', 'received', ['resent']],
    ['received', 'received', ['input-added']],
    ['claimed', 'claimed', ['input-added']],
    ['preliminary', 'preliminary', ['input-added']],
    ['final', 'final', ['late-input']],
    ['acknowledged', 'acknowledged', ['late-input']],
    ['corrected', 'corrected', ['late-input']],
  ] as [OrderStatus, OrderStatus, string[]][])(
    'for an order that is %s leaves it %s',
    async (from, status, events) => {
      const { id } = await place();
      await stand(id, from, from === 'claimed' ? reader.id : null);
      expect(await commit(id)).toMatchObject({ status, lateInput: events[0] === 'late-input' });
      expect((await kinds(id)).slice(1)).toEqual(events);
    },
  );

  test.each(['cancelled', 'void'] as const)('for an order that is %s is refused', async (status) => {
    const { id } = await place();
    await stand(id, status);
    expect(await refusal(commit(id))).toMatchObject({ status: 409, type: 'wrong-status', extra: { status } });
  });
});

test.each([
  ['image-quality', '重拍', { reason: 'image-quality', note: '重拍' }],
  ['other', undefined, { reason: 'other', note: undefined }],
  ['体位不正', undefined, { reason: 'other', note: '体位不正' }],
  ['体位不正', '重拍侧位', { reason: 'other', note: '体位不正\n重拍侧位' }],
])('the reason "%s" with the note %s is coded and nothing said is lost', (reason, note, coded) => {
  expect(codeReturn(reason, note)).toEqual(coded);
});
