import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { getVisibleOrder, type Order } from '../../core/order/order.ts';
import { amendReport } from '../../core/report/signReport.ts';
import { detachStudy } from './detachStudy.ts';
import { lockOrder } from './joinStudy.ts';
import { attachStudy } from './attachStudy.ts';
import { lockVisibleStudy } from './joinByPerson.ts';
import { queueStudy } from './queueStudy.ts';

export interface SplitInput {
  studyInstanceUid: string;
  reason: string;
  /** Where the study belongs; without it, it waits in the queue. */
  toOrderId?: string | undefined;
  /** Needed when the order is signed: its report is voided first. */
  pin?: string | undefined;
}

/**
 * A person takes a study away from an order. From a signed case the signed version is voided first (作废) and the order
 * returns to `received`. Throws 409 `pin-required` for a signed case without the PIN of a verifier.
 */
export async function splitStudy(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: SplitInput,
): Promise<Order> {
  const before = await getVisibleOrder(ctx.db, actor, orderId);
  if (['final', 'acknowledged', 'corrected'].includes(before.status)) {
    requirePermission(actor, 'order.join', {
      institutionId: before.reportingInstitutionId,
      centerKind: before.centerKind,
    });
    if (!input.pin)
      throw conflict(
        'pin-required',
        'the case is signed: splitting voids its report and needs the PIN of a verifier',
      );
    await amendReport(ctx, actor, orderId, { kind: 'void', reason: input.reason, pin: input.pin });
  }
  return act(ctx, actor, orderId, 'order.split', async (trx, order) => {
    requirePermission(actor, 'order.join', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    const study = await lockVisibleStudy(trx, actor, input.studyInstanceUid);
    const left = await detachStudy(ctx, trx, actor, study, order, input.reason);
    const target = input.toOrderId ? await lockOrder(trx, input.toOrderId) : undefined;
    if (target) await attachStudy(ctx, trx, actor, study, target, 'person');
    else
      await queueStudy(trx, actor, study, {
        kind: 'no-order',
        reason: `split from ${order.accessionNumber}: ${input.reason}`,
      });
    return left;
  });
}
