import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { recordEvent, transition } from '../../core/order/recordEvent.ts';

/**
 * The order's status follows its tests: when every test was rejected the order is cancelled (its recollection goes
 * on in its place); when some are released and others open it is `partial`.
 */
export async function deriveOrderStatus(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  orderId: string,
): Promise<void> {
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const tests = await trx
    .selectFrom('labOrderTest as t')
    .leftJoin('labResult as r', (join) =>
      join
        .onRef('r.orderId', '=', 't.orderId')
        .onRef('r.testCode', '=', 't.testCode')
        .on('r.current', '=', true),
    )
    .select(['t.state', 'r.state as resultState'])
    .where('t.orderId', '=', orderId)
    .execute();
  if (tests.length === 0) return;
  const alive = tests.filter((test) => test.state !== 'rejected' && test.state !== 'cancelled');
  if (alive.length === 0) {
    const open =
      order.status === 'claimed'
        ? await transition(ctx, trx, actor, order, 'released', {}, { claimedBy: null, claimedAt: null })
        : order;
    if (['requested', 'acquired', 'received', 'returned'].includes(open.status))
      await transition(ctx, trx, actor, open, 'cancelled', { reason: '全部标本被拒收,已转重采申请' });
    return;
  }
  if (
    alive.some((test) => test.resultState === 'released') &&
    alive.some((test) => test.state !== 'released') &&
    ['received', 'claimed', 'preliminary'].includes(order.status)
  )
    await transition(
      ctx,
      trx,
      actor,
      order,
      'partial',
      {
        detail: {
          released: alive.filter((test) => test.resultState === 'released').length,
          of: alive.length,
        },
      },
      { claimedBy: null, claimedAt: null },
    );
  else if (order.status === 'partial') await recordEvent(ctx, trx, actor, order, { kind: 'partial-release' });
}
