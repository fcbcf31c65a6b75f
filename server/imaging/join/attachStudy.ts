import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict } from '../../core/errors.ts';
import { receiveOrder } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent, transition } from '../../core/order/recordEvent.ts';
import { flagLateInput } from '../../core/order/flagLateInput.ts';
import { clockOffsetMs, type StudyRow } from '../queries.ts';

const MAX_AHEAD_MS = 10 * 60_000;
const MAX_BEFORE_ORDER_MS = 24 * 3_600_000;

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
  if (order.status === 'cancelled' || order.status === 'void')
    throw conflict('wrong-status', `an order that is ${order.status} takes no images`, {
      status: order.status,
    });
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
  await recordExamination(ctx, trx, actor, study, order);
  const detail = { studyInstanceUid: study.studyInstanceUid, modalities: study.modalities, how };
  switch (order.status) {
    case 'requested': {
      const acquired = await transition(ctx, trx, actor, order, 'acquired', { detail });
      return markReceiving(trx, study, await receiveOrder(ctx, trx, actor, acquired));
    }
    case 'awaiting-decision':
    case 'acquired':
    case 'returned':
      return markReceiving(trx, study, await receiveOrder(ctx, trx, actor, order));
    case 'final':
    case 'acknowledged':
    case 'corrected':
      return flagLateInput(ctx, trx, actor, order, detail);
    default:
      await recordEvent(ctx, trx, actor, order, { kind: 'input-added', detail });
      return markReceiving(trx, study, order);
  }
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

/**
 * When the examination began: MPPS has said so already, else the acquisition time corrected by the device's measured
 * offset. Without a measurement, or with a time that cannot be, it is not computable and says why; never guessed.
 */
async function recordExamination(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  study: StudyRow,
  order: Order,
): Promise<void> {
  const known = await trx
    .selectFrom('orderEvent')
    .select('seq')
    .where('orderId', '=', order.id)
    .where('kind', '=', 'examined')
    .limit(1)
    .executeTakeFirst();
  if (known) return;
  const deviceAt = study.acquiredDeviceAt;
  const offsetMs = await clockOffsetMs(trx, study.deviceId);
  const at = deviceAt && offsetMs !== undefined ? new Date(deviceAt.getTime() - offsetMs) : undefined;
  const now = ctx.clock.now().getTime();
  const doubt = !deviceAt
    ? 'no-acquisition-time'
    : !at
      ? 'clock-not-measured'
      : at.getTime() > now + MAX_AHEAD_MS ||
          at.getTime() < Math.min(order.createdAt.getTime(), now) - MAX_BEFORE_ORDER_MS
        ? 'implausible'
        : undefined;
  if (at && !doubt) {
    await trx.updateTable('study').set({ acquiredAt: at }).where('id', '=', study.id).execute();
    await recordEvent(ctx, trx, actor, order, {
      kind: 'examined',
      at: at.getTime() > now ? new Date(now) : at,
      deviceAt: deviceAt ?? at,
      detail: { source: 'acquisition', clockOffsetMs: offsetMs },
    });
  } else
    await recordEvent(ctx, trx, actor, order, {
      kind: 'examination-time-unknown',
      ...(deviceAt && { deviceAt }),
      reason: doubt ?? 'unknown',
    });
}
