import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent, transition } from '../../core/order/recordEvent.ts';
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
  if (['final', 'acknowledged', 'corrected'].includes(order.status))
    throw conflict(
      'report-stands',
      'the signed report covers these images: it is voided when they are split off',
      { status: order.status },
    );
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
  const detail = { studyInstanceUid: study.studyInstanceUid };
  const after =
    order.status === 'void'
      ? await transition(
          ctx,
          trx,
          actor,
          order,
          'reopened',
          { reason, detail },
          { claimedBy: null, claimedAt: null, claimOpenedAt: null, finalAt: null, receiving: false },
        )
      : order;
  await recordEvent(ctx, trx, actor, after, { kind: 'input-split', reason, detail });
  return after;
}
