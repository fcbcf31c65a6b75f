import { sql } from 'kysely';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { transition } from '../../core/order/recordEvent.ts';
import { getVisibleRecording } from '../queries.ts';
import { attachRecording } from './attachRecording.ts';
import { differencesOf } from './candidates.ts';

/** A person joins a recording to a case; a provisional order that loses its only recording is cancelled. */
export async function joinByPerson(
  ctx: Context,
  actor: Actor,
  recordingId: string,
  orderId: string,
): Promise<Order> {
  requirePermission(actor, 'order.join', { centerKind: 'ecg' });
  const recording = await getVisibleRecording(ctx.db, actor, recordingId);
  return act(ctx, actor, orderId, 'ecg.join', async (trx, order) => {
    if (order.centerKind !== 'ecg') throw invalid('this order is not for the ECG centre', 'not-ecg-order');
    const differences = await differencesOf(ctx, trx, recording, order);
    const joined = await attachRecording(ctx, trx, actor, recording, order, 'person', differences);
    const { rows } = await sql<{
      orderId: string;
    }>`update ecg_recording_order ro set undone_at = now(), undone_by = ${actor.id}::uuid, undone_reason = 'joined to another order'
      from orders o where o.id = ro.order_id and o.provisional and o.id <> ${orderId} and ro.recording_id = ${recordingId} and ro.undone_at is null
        and o.status in ('requested', 'acquired', 'received') returning ro.order_id`.execute(trx);
    for (const row of rows) {
      const provisional = await trx
        .selectFrom('orders')
        .selectAll()
        .where('id', '=', row.orderId)
        .forUpdate()
        .executeTakeFirstOrThrow();
      await transition(ctx, trx, actor, provisional, 'cancelled', { reason: 'joined', detail: { orderId } });
    }
    await trx
      .updateTable('unmatchedInput')
      .set({
        state: 'resolved',
        resolvedAt: ctx.clock.now(),
        resolvedBy: personId(actor),
        resolution: `joined to ${order.accessionNumber}`,
      })
      .where('centerKind', '=', 'ecg')
      .where('subjectType', '=', 'ecg-recording')
      .where('subjectId', '=', recordingId)
      .where('state', '=', 'open')
      .execute();
    return joined;
  });
}
