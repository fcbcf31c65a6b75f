import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { recordContainerEvent } from './containerEvent.ts';

/** When an order is withdrawn: tubes not drawn are cancelled, drawn ones stay with their way; no test is measured. */
export async function cancelContainers(
  trx: Transaction,
  ctx: Pick<Context, 'clock'>,
  actor: Actor,
  order: Order,
): Promise<void> {
  const cancelled = await trx
    .updateTable('labContainer')
    .set({ state: 'cancelled' })
    .where('orderId', '=', order.id)
    .where('state', '=', 'planned')
    .returning('id')
    .execute();
  for (const row of cancelled) await recordContainerEvent(ctx, trx, actor, row.id, { kind: 'cancelled' });
  await trx
    .updateTable('labOrderTest')
    .set({ state: 'cancelled' })
    .where('orderId', '=', order.id)
    .where('state', 'not in', ['released'])
    .execute();
}
