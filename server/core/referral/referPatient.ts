import { personId, requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { conflict, invalid } from '../errors.ts';
import { act } from '../order/acts.ts';
import type { Order } from '../order/order.ts';
import { recordEvent } from '../order/recordEvent.ts';

const DAY_MS = 86_400_000;

export interface ReferralInput {
  institutionId: string;
  reason: string;
  /** 1 … 90. */
  days: number;
}

/**
 * Sends the patient of an order on to another institution: its clinicians see what this hub holds of the patient, sensitive
 * results excepted, until the referral ends. The site that asked for the order refers. Throws 404, 403, 422 for an institution
 * that is the own one or does not exist, 409 `referred-already` while a referral to the same place is open.
 */
export function referPatient(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: ReferralInput,
): Promise<Order> {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'patient.refer', async (trx, order) => {
    const from = order.requestingInstitutionId;
    requirePermission(actor, 'patient.refer', { institutionId: from });
    if (!order.patientId)
      throw invalid('this order has no patient', [
        { path: 'orderId', message: 'no patient', code: 'no-patient' },
      ]);
    const to = await trx
      .selectFrom('institution')
      .select(['id', 'shortName'])
      .where('id', '=', input.institutionId)
      .where('active', '=', true)
      .executeTakeFirst();
    if (!to || to.id === from)
      throw invalid('a patient is referred to another institution', [
        { path: 'institutionId', message: 'choose another institution', code: 'other-institution' },
      ]);
    await trx // one of two that refer at once waits here for the other
      .selectFrom('patient')
      .select('id')
      .where('id', '=', order.patientId)
      .forUpdate()
      .execute();
    const now = ctx.clock.now();
    const open = await trx
      .selectFrom('referral')
      .select('id')
      .where('patientId', '=', order.patientId)
      .where('fromInstitutionId', '=', from)
      .where('toInstitutionId', '=', to.id)
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', now)
      .executeTakeFirst();
    if (open) throw conflict('referred-already', `the patient is referred to ${to.shortName} already`);
    const expiresAt = new Date(now.getTime() + input.days * DAY_MS);
    await trx
      .insertInto('referral')
      .values({
        patientId: order.patientId,
        orderId,
        fromInstitutionId: from,
        toInstitutionId: to.id,
        reason: input.reason,
        referredBy: staffId,
        referredAt: now,
        expiresAt,
      })
      .execute();
    await recordEvent(ctx, trx, actor, order, {
      kind: 'referred',
      reason: input.reason,
      detail: { to: to.shortName },
    });
    return order;
  });
}
