import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { reopenVoided, splitInput, type SplitInput } from '../../core/report/splitInput.ts';
import { getVisibleRecording, recordingsOfOrder } from '../queries.ts';
import { attachRecording, type RecordingRow } from './attachRecording.ts';
import { differencesOf } from './candidates.ts';
import { queueRecording } from './queueRecording.ts';

/** A person takes a recording off an order, see splitInput; without another order it goes into the queue. */
export async function splitRecording(
  ctx: Context,
  actor: Actor,
  recordingId: string,
  orderId: string,
  input: SplitInput,
): Promise<Order> {
  const recording = await getVisibleRecording(ctx.db, actor, recordingId);
  return splitInput(ctx, actor, orderId, input, {
    action: 'order.split',
    requireJoined: (order) => requireJoined(ctx.db, order, recordingId),
    split: async (trx, order, target) => {
      const left = await detachRecording(ctx, trx, actor, recording, order, input.reason);
      if (target) {
        const differences = await differencesOf(ctx, trx, recording, target);
        await attachRecording(ctx, trx, actor, recording, target, 'person', differences);
      } else
        await queueRecording(trx, actor, recording, {
          kind: 'no-order',
          reason: `split from ${order.accessionNumber}: ${input.reason}`,
        });
      return left;
    },
  });
}

/** The join stays as history; a voided order goes back to `received`. Throws 404 when they are not joined. */
async function detachRecording(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  recording: RecordingRow,
  order: Order,
  reason: string,
): Promise<Order> {
  await requireJoined(trx, order, recording.id);
  const detail = { recordingId: recording.id };
  const left = await reopenVoided(ctx, trx, actor, order, { reason, detail });
  await trx
    .updateTable('ecgRecordingOrder')
    .set({ undoneAt: ctx.clock.now(), undoneBy: personId(actor), undoneReason: reason })
    .where('recordingId', '=', recording.id)
    .where('orderId', '=', order.id)
    .where('undoneAt', 'is', null)
    .execute();
  await recordAudit(trx, actor, {
    action: 'ecg.split',
    subjectType: 'ecg-recording',
    subjectId: recording.id,
    patientId: order.patientId,
    detail: { orderId: order.id, accessionNumber: order.accessionNumber, reason },
  });
  await recordEvent(ctx, trx, actor, left, { kind: 'input-split', reason, detail });
  return left;
}

async function requireJoined(db: Queryable, order: Order, recordingId: string): Promise<void> {
  const joined = await recordingsOfOrder(db, order.id);
  if (!joined.some((each) => each.id === recordingId)) throw notFound('recording of this order', recordingId);
}
