import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { acceptInput, requireOpenForInput } from '../../core/order/acceptInput.ts';
import type { Order } from '../../core/order/order.ts';
import { recordExamination } from '../../core/order/recordExamination.ts';
import { clockOffsetMs, type StudyRow } from '../queries.ts';

/**
 * Joins a study to a locked order: the order is acquired and accepted by itself, its examination time recorded, and a
 * signed one is flagged. Throws 409 `wrong-status` for an order that is cancelled or void.
 */
export async function attachStudy(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  study: StudyRow,
  order: Order,
  how: 'number' | 'provisional' | 'person',
): Promise<Order> {
  requireOpenForInput(order);
  await trx
    .insertInto('studyOrder')
    .values({
      studyId: study.id,
      orderId: order.id,
      how,
      joinedBy: actor.kind === 'staff' ? actor.id : null,
      joinedAt: ctx.clock.now(),
    })
    .onConflict((oc) => oc.columns(['studyId', 'orderId']).where('undoneAt', 'is', null).doNothing())
    .execute();
  await recordAudit(trx, actor, {
    action: 'study.join',
    subjectType: 'study',
    subjectId: study.studyInstanceUid,
    patientId: order.patientId,
    detail: { orderId: order.id, accessionNumber: order.accessionNumber, how },
  });
  const at = await recordExamination(ctx, trx, actor, order, {
    deviceAt: study.acquiredDeviceAt,
    clockOffsetMs: await clockOffsetMs(trx, study.deviceId),
    source: 'acquisition',
  });
  if (at) await trx.updateTable('study').set({ acquiredAt: at }).where('id', '=', study.id).execute();
  const signed = ['final', 'acknowledged', 'corrected'].includes(order.status);
  const after = await acceptInput(ctx, trx, actor, order, {
    studyInstanceUid: study.studyInstanceUid,
    modalities: study.modalities,
    how,
  });
  return signed ? after : markReceiving(trx, study, after);
}

async function markReceiving(trx: Transaction, study: StudyRow, order: Order): Promise<Order> {
  if (study.state === 'settled' || order.receiving) return order;
  return trx
    .updateTable('orders')
    .set({ receiving: true })
    .where('id', '=', order.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
