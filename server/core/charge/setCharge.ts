import { requirePermission, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { getVisibleOrder } from '../order/order.ts';

export const CHARGE_STATES = ['unpaid', 'paid', 'exempt', 'green-channel', 'refunded'] as const;
export type ChargeState = (typeof CHARGE_STATES)[number];

/** What the HIS (or the site's desk) says about payment. It is shown and reported; it never holds back an emergency. */
export async function setCharge(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: {
    state: ChargeState;
    amount?: number | undefined;
    reference?: string | undefined;
    reason?: string | undefined;
  },
): Promise<void> {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  requirePermission(actor, 'order.request', { institutionId: order.requestingInstitutionId });
  if (input.state === 'exempt' && !input.reason)
    throw invalid('an exemption names its reason', [{ path: 'reason', code: 'required' }]);
  const values = {
    state: input.state,
    amount: input.amount ?? null,
    reference: input.reference ?? null,
    reason: input.reason ?? null,
    changedAt: ctx.clock.now(),
    changedBy: actor.name,
  };
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('orderCharge')
      .values({ orderId: order.id, ...values })
      .onConflict((oc) => oc.column('orderId').doUpdateSet(values))
      .execute();
    await recordAudit(trx, actor, {
      action: 'charge.set',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { state: input.state, amount: input.amount ?? null },
    });
  });
}
