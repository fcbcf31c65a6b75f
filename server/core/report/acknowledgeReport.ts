import { personId, requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { conflict } from '../errors.ts';
import { act } from '../order/acts.ts';
import type { Order } from '../order/order.ts';
import { recordEvent, transition } from '../order/recordEvent.ts';
import { lastSigned } from './readReport.ts';

/**
 * 阅读确认: the site confirms that it has read the last signed version. A positive finding also asks how the patient
 * was informed; that may follow in a second call.
 */
export function acknowledgeReport(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { patientInformed?: { who: string; at?: string | undefined; how: string } | undefined },
): Promise<Order> {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'report.acknowledge', async (trx, order) => {
    requirePermission(actor, 'report.acknowledge', { institutionId: order.requestingInstitutionId });
    const signed = await lastSigned(trx, order.id);
    if (!signed)
      throw conflict('not-final', 'there is no signed report to acknowledge', { status: order.status });
    const informed = input.patientInformed ? JSON.stringify(input.patientInformed) : null;
    await trx
      .insertInto('acknowledgement')
      .values({
        signedReportId: signed.id,
        orderId: order.id,
        staffId,
        institutionId: order.requestingInstitutionId,
        at: ctx.clock.now(),
        patientInformed: informed,
      })
      .onConflict((oc) =>
        oc
          .columns(['signedReportId', 'institutionId'])
          .doUpdateSet(informed ? { patientInformed: informed } : { orderId: order.id }),
      )
      .execute();
    if (order.status === 'final' || order.status === 'corrected')
      return transition(ctx, trx, actor, order, 'acknowledged', { detail: { number: signed.number } });
    if (informed)
      await recordEvent(ctx, trx, actor, order, {
        kind: 'patient-informed',
        detail: { ...input.patientInformed },
      });
    return order;
  });
}
