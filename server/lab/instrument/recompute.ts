import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { autoverifyOrder } from '../result/autoverify.ts';
import { calculateTests } from '../result/calculateTests.ts';

/** What follows from new values of orders (order id → test codes): calculated tests, then the rules of autoverification. */
export async function recompute(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  changed: ReadonlyMap<string, string[]>,
): Promise<void> {
  for (const [orderId, codes] of changed) {
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    await calculateTests(ctx, trx, actor, order, codes);
    await autoverifyOrder(ctx, trx, orderId);
  }
}
