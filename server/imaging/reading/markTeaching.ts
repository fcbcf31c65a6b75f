import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';

/** Puts a case into the reader's teaching collection, or takes it out. */
export function markTeaching(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { on: boolean; note?: string | undefined },
): Promise<Order> {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'order.teaching-mark', async (trx, order) => {
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    if (input.on)
      await trx
        .insertInto('teachingMark')
        .values({ orderId: order.id, staffId, note: input.note ?? null })
        .onConflict((oc) => oc.columns(['orderId', 'staffId']).doUpdateSet({ note: input.note ?? null }))
        .execute();
    else
      await trx
        .deleteFrom('teachingMark')
        .where('orderId', '=', order.id)
        .where('staffId', '=', staffId)
        .execute();
    return order;
  });
}
