import { describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { claimOrder } from '../../../../server/core/order/acts.ts';
import { reopenVoided, splitInput, type Splitter } from '../../../../server/core/report/splitInput.ts';
import {
  as,
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
import { pin, received, signed, view } from './stages.ts';

openReaders();

describe('input that is taken off an order', () => {
  const joined: string[] = [];
  const splitter: Splitter = {
    action: 'input.split',
    requireJoined: () => Promise.resolve(),
    split: (trx, order, target) => {
      joined.push(target?.id ?? 'queue');
      return reopenVoided(ctx, trx, head, order, { reason: '他人影像', detail: {} });
    },
  };
  const split = (actor: Actor, id: string, more: object = {}) =>
    splitInput(ctx, actor, id, { reason: '他人影像', ...more }, splitter);

  test('goes to another open order of the same centre', async () => {
    const id = await received();
    const [other, trace, cancelled] = [
      await received(),
      (await place({ center: 'ecg', items: [{ code: 'ECG-12' }] })).id,
      (await place()).id,
    ];
    await ctx.db.updateTable('orders').set({ status: 'cancelled' }).where('id', '=', cancelled).execute();
    expect(await refused(split(head, id, { toOrderId: id }))).toBe('422 split-target');
    expect(await refused(split(head, id, { toOrderId: trace }))).toBe('422 split-target');
    expect(await refused(split(head, id, { toOrderId: cancelled }))).toBe('409 wrong-status');
    expect(await refused(split(reader, id))).toBe('403 forbidden');
    expect(joined).toEqual([]);
    await split(head, id, { toOrderId: other });
    expect(joined.splice(0)).toEqual([other]);
  });

  test('of a signed one voids the report first, with the PIN of a verifier, and opens the order again', async () => {
    const id = await signed();
    expect(await refused(split(head, id))).toBe('409 pin-required');
    expect(await refused(split(await as('registrar1'), id, { pin }))).toBe('403 split-signed');
    expect(await refused(split(reader, id, { pin }))).toBe('403 forbidden');
    expect(
      await refused(split(second, id, { pin, toOrderId: await received() })),
      'he voids, he does not join',
    ).toBe('403 forbidden');
    expect(joined).toEqual([]);
    expect(await split(second, id, { pin })).toMatchObject({
      status: 'received',
      claimedBy: null,
      finalAt: null,
    });
    expect(await view(doctor, id)).toMatchObject({ state: 'void' });
    expect(await claimOrder(ctx, reader, id)).toMatchObject({ status: 'claimed' });
  });

  test('of one whose signed report stands is refused inside the lock too', async () => {
    const id = await signed();
    const order = await orderRow(id);
    const work = ctx.db
      .transaction()
      .execute((trx) => reopenVoided(ctx, trx, head, order, { reason: 'x', detail: {} }));
    expect(await refusal(work)).toMatchObject({
      status: 409,
      type: 'report-stands',
      extra: { status: 'final' },
    });
  });
});
