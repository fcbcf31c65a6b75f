import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { reopenVoided } from '../../core/report/splitInput.ts';
import type { StudyRow } from '../queries.ts';

/**
 * Takes a study away from a locked order; the join stays as history. A voided order goes back to `received`. Throws 404
 * when they are not joined, 409 while a signed version stands.
 */
export async function detachStudy(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  study: StudyRow,
  order: Order,
  reason: string,
): Promise<Order> {
  const detail = { studyInstanceUid: study.studyInstanceUid };
  const after = await reopenVoided(ctx, trx, actor, order, { reason, detail });
  const undone = await trx
    .updateTable('studyOrder')
    .set({
      undoneAt: ctx.clock.now(),
      undoneBy: actor.kind === 'staff' ? actor.id : null,
      undoneReason: reason,
    })
    .where('studyId', '=', study.id)
    .where('orderId', '=', order.id)
    .where('undoneAt', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!undone) throw notFound('study', study.studyInstanceUid);
  await recordAudit(trx, actor, {
    action: 'study.split',
    subjectType: 'study',
    subjectId: study.studyInstanceUid,
    patientId: order.patientId,
    detail: { orderId: order.id, accessionNumber: order.accessionNumber, reason },
  });
  await recordEvent(ctx, trx, actor, after, { kind: 'input-split', reason, detail });
  return after;
}
