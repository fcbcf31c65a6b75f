import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';

/** A remark of the centre on a case, from a phone or a workstation; it stands on the timeline and changes nothing else. */
export function commentOnCase(ctx: Context, actor: Actor, orderId: string, text: string): Promise<Order> {
  return act(ctx, actor, orderId, 'order.comment', async (trx, order) => {
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    await recordEvent(ctx, trx, actor, order, { kind: 'commented', detail: { note: text } });
    return order;
  });
}
