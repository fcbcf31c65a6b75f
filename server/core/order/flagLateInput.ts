import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { announce } from '../events/announce.ts';
import type { Order } from './order.ts';
import { recordEvent } from './recordEvent.ts';

/** Input came after the report was signed: the case is flagged and the signer told. */
export async function flagLateInput(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
  detail: Record<string, unknown>,
): Promise<Order> {
  const flagged = await trx
    .updateTable('orders')
    .set({ lateInput: true, updatedAt: ctx.clock.now() })
    .where('id', '=', order.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordEvent(ctx, trx, actor, flagged, { kind: 'late-input', detail });
  const signed = await trx
    .selectFrom('signedReport')
    .select('signerId')
    .where('orderId', '=', order.id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!signed) return flagged;
  await trx
    .insertInto('notification')
    .values({
      staffId: signed.signerId,
      orderId: order.id,
      kind: 'late-input',
      body: JSON.stringify({ accessionNumber: order.accessionNumber }),
    })
    .execute();
  await announce(trx, {
    kind: 'notification.new',
    orderId: order.id,
    staffIds: [signed.signerId],
    data: { kind: 'late-input', accessionNumber: order.accessionNumber },
  });
  return flagged;
}
