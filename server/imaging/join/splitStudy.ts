import { can, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';
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

const SIGNED: readonly string[] = ['final', 'acknowledged', 'corrected'];

/**
 * A person takes a study away from an order. From a signed case the signed version is voided first (作废) and the order
 * returns to `received`: a verifier does that, and needs no right to join, since the study goes into the queue; whoever
 * joins studies splits it when the report is voided. Throws 409 `pin-required` for a signed case without the PIN.
 */
export async function splitStudy(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: SplitInput,
): Promise<Order> {
  const before = await getVisibleOrder(ctx.db, actor, orderId);
  requireSplitter(actor, before, input);
  if (SIGNED.includes(before.status)) {
    if (!can(actor, 'report.verify', atCenter(before)))
      throw forbidden('the case is signed: a verifier splits it, or voids its report first');
    await requireJoined(ctx, actor, before, input); // nothing is voided for a split that cannot be made
    if (!input.pin)
      throw conflict(
        'pin-required',
        'the case is signed: splitting voids its report and needs the PIN of a verifier',
      );
    await amendReport(ctx, actor, orderId, { kind: 'void', reason: input.reason, pin: input.pin });
  }
  return act(ctx, actor, orderId, 'order.split', async (trx, order) => {
    requireSplitter(actor, order, input);
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

const atCenter = (order: Order) => ({
  institutionId: order.reportingInstitutionId,
  centerKind: order.centerKind,
});

/** Who joins may split. Who may void a report may take the images off it, but not give them to another order. */
function requireSplitter(actor: Actor, order: Order, input: SplitInput): void {
  const offReport = !input.toOrderId && (SIGNED.includes(order.status) || order.status === 'void');
  const verifies = offReport && can(actor, 'report.verify', atCenter(order));
  if (!verifies) requirePermission(actor, 'order.join', atCenter(order));
}

async function requireJoined(ctx: Context, actor: Actor, order: Order, input: SplitInput): Promise<void> {
  const joined = await ctx.db
    .selectFrom('studyOrder')
    .innerJoin('study', 'study.id', 'studyOrder.studyId')
    .select('study.id')
    .where('studyOrder.orderId', '=', order.id)
    .where('studyOrder.undoneAt', 'is', null)
    .where('study.studyInstanceUid', '=', input.studyInstanceUid)
    .executeTakeFirst();
  if (!joined) throw notFound('study', input.studyInstanceUid);
  if (input.toOrderId) await getVisibleOrder(ctx.db, actor, input.toOrderId);
}
