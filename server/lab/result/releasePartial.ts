import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, forbidden } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { requirePinOf } from './requirePin.ts';
import { deriveOrderStatus } from './deriveOrderStatus.ts';

/**
 * Releases the tests that passed the technical stage while others are still open: the site sees them at once, the
 * order becomes `partial`, the signed report follows when all are there. Same person rule and PIN as a signature.
 */
export async function releasePartial(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { testCodes?: string[] | undefined; pin: string },
): Promise<{ released: string[] }> {
  const staffId = personId(actor);
  await requirePinOf(ctx, actor, input.pin);
  const released: string[] = [];
  await act(ctx, actor, orderId, 'result.partial', async (trx, order) => {
    requirePermission(actor, 'report.verify', {
      institutionId: order.reportingInstitutionId,
      centerKind: 'lab',
    });
    const rows = await trx
      .selectFrom('labResult')
      .select(['id', 'testCode', 'technicalBy', 'critical', 'holds'])
      .where('orderId', '=', order.id)
      .where('current', '=', true)
      .where('state', '=', 'technical')
      .$if(input.testCodes !== undefined, (qb) => qb.where('testCode', 'in', input.testCodes ?? []))
      .execute();
    if (rows.length === 0)
      throw conflict('nothing-to-release', 'no result has passed the technical verification');
    if (rows.some((row) => row.technicalBy === staffId))
      throw forbidden('技术审核人与医学审核人不得为同一人(两人审核)');
    if (
      rows.some((row) => row.critical) &&
      (await trx
        .selectFrom('criticalValue')
        .select('id')
        .where('orderId', '=', order.id)
        .where('state', '=', 'open')
        .executeTakeFirst())
    )
      throw conflict('critical-not-notified', '危急值须先通知并记录复述后才能发布');
    for (const row of rows) {
      await trx
        .updateTable('labResult')
        .set({ state: 'released', verifiedBy: staffId, verifiedAt: ctx.clock.now() })
        .where('id', '=', row.id)
        .execute();
      await trx
        .updateTable('labOrderTest')
        .set({ state: 'released' })
        .where('orderId', '=', order.id)
        .where('testCode', '=', row.testCode)
        .execute();
      released.push(row.testCode);
    }
    await recordAudit(trx, actor, {
      action: 'result.release',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { tests: released },
    });
    await deriveOrderStatus(ctx, trx, actor, order.id);
    return trx.selectFrom('orders').selectAll().where('id', '=', order.id).executeTakeFirstOrThrow();
  });
  return { released };
}
