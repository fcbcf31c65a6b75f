import { describe, expect, test } from 'vitest';
import type { OrderStatus } from '../../../../db/types.ts';
import {
  acceptOrder,
  assignOrder,
  cancelOrder,
  claimOrder,
  releaseOrder,
  returnOrder,
} from '../../../../server/core/order/acts.ts';
import { transition } from '../../../../server/core/order/recordEvent.ts';
import { TRANSITIONS, type TransitionKind } from '../../../../server/core/order/transitions.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import {
  auditOf,
  ctx,
  doctor,
  head,
  openReaders,
  orderRow,
  place,
  reader,
  refusal,
  second,
} from '../county.ts';
import { together } from '../together.ts';

openReaders();

const accepted = async (): Promise<string> => {
  const { id } = await place();
  await acceptOrder(ctx, reader, id);
  return id;
};
const events = async (id: string) => (await readTimeline(ctx.db, id)).items;

/** Follows the events along the table of transitions; each must be allowed from where the one before led. */
async function retrace(id: string): Promise<OrderStatus> {
  let status: OrderStatus = 'requested';
  for (const { kind } of await events(id)) {
    const rule = TRANSITIONS[kind as TransitionKind] as (typeof TRANSITIONS)[TransitionKind] | undefined;
    if (!rule) continue;
    expect(rule.from as readonly string[], `${kind} of a case that is ${status}`).toContain(status);
    status = rule.to;
  }
  return status;
}

describe('two people at one case at once', () => {
  test('the doctor withdraws while the reader accepts: either way the record tells one story', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await place();
      const outcomes = await together([
        () => cancelOrder(ctx, doctor, id, '误开'),
        () => acceptOrder(ctx, reader, id),
      ]);
      const { status } = await orderRow(id);
      expect(status).toBe('cancelled');
      expect(['done', 'wrong-status']).toContain(outcomes[1]);
      expect(outcomes[0]).toBe('done');
      expect(await retrace(id)).toBe(status);
    }
  });

  test('the doctor withdraws while the reader claims: one of them is told that it is too late', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await accepted();
      const outcomes = await together([
        () => cancelOrder(ctx, doctor, id, '误开'),
        () => claimOrder(ctx, reader, id),
      ]);
      expect(outcomes.filter((what) => what === 'done')).toHaveLength(1);
      expect(outcomes.filter((what) => what === 'wrong-status')).toHaveLength(1);
      const order = await orderRow(id);
      expect(order.status).toBe(outcomes[0] === 'done' ? 'cancelled' : 'claimed');
      expect(order.claimedBy).toBe(outcomes[0] === 'done' ? null : reader.id);
      expect(await retrace(id)).toBe(order.status);
    }
  });

  test('both send it back: it is returned once, with one reason', async () => {
    const id = await accepted();
    const outcomes = await together([
      () => returnOrder(ctx, reader, id, { reason: 'image-quality' }),
      () => returnOrder(ctx, second, id, { reason: 'incomplete' }),
    ]);
    expect(outcomes.sort()).toEqual(['done', 'wrong-status']);
    expect((await events(id)).filter(({ kind }) => kind === 'returned')).toHaveLength(1);
  });

  test('one claims while the head gives it to another: whoever claimed has it, and nobody is waited for', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await accepted();
      const outcomes = await together([
        () => claimOrder(ctx, reader, id),
        () => assignOrder(ctx, head, id, second.id ?? ''),
      ]);
      expect(outcomes).toEqual(['done', 'done']);
      expect(await orderRow(id)).toMatchObject({ status: 'claimed', claimedBy: reader.id });
    }
  });

  test('acting at random, eight at a time, leave a timeline that can be followed to where the case stands', async () => {
    const ids = await Promise.all([1, 2, 3].map(accepted));
    const acts = [
      (id: string) => claimOrder(ctx, reader, id),
      (id: string) => claimOrder(ctx, second, id),
      (id: string) => releaseOrder(ctx, reader, id),
      (id: string) => releaseOrder(ctx, head, id),
      (id: string) => returnOrder(ctx, second, id, { reason: 'other' }),
      (id: string) => acceptOrder(ctx, reader, id),
      (id: string) => assignOrder(ctx, head, id, second.id ?? ''),
    ];
    let seed = 20261201;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 6; round++)
      await together(
        Array.from({ length: 8 }, () => {
          const act = acts[random(acts.length)];
          const id = ids[random(ids.length)] ?? '';
          return () => act?.(id) ?? Promise.resolve();
        }),
      );
    for (const id of ids) {
      const order = await orderRow(id);
      expect(await retrace(id)).toBe(order.status);
      expect(order.claimedBy === null, 'a claimed case has its reader, no other has one').toBe(
        order.status !== 'claimed',
      );
      const acted = (await auditOf(id)).filter(({ detail }) => (detail as { from?: string }).from);
      const statusEvents = (await events(id)).filter(({ kind }) => kind in TRANSITIONS);
      const moved = acted.filter(
        ({ detail }) => (detail as { from: string }).from !== (detail as { to: string }).to,
      );
      expect(moved.length, 'each change has its audit row').toBe(statusEvents.length);
    }
  });
});

test('a case that changed under the act is refused as such, not overwritten', async () => {
  const id = await accepted();
  const stale = { ...(await orderRow(id)), status: 'returned' as const };
  const refused = refusal(
    ctx.db.transaction().execute((trx) => transition(ctx, trx, reader, stale, 'resent')),
  );
  expect(await refused).toMatchObject({ status: 409, type: 'changed-meanwhile' });
  expect((await orderRow(id)).status).toBe('received');
});
