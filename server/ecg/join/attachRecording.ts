import { sql, type Selectable } from 'kysely';
import type { EcgRecording as EcgRecordingTable } from '../../../db/types.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { acceptInput, requireOpenForInput } from '../../core/order/acceptInput.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { recordExamination } from '../../core/order/recordExamination.ts';
import type { Difference } from '../../core/patient/matchPatient.ts';
import { choosePolicies } from '../../core/turnaround/choosePolicies.ts';

export type RecordingRow = Selectable<EcgRecordingTable>;

/**
 * Joins a recording to a locked order: acquired and accepted at once, since the recording is committed with it. A
 * signed order is flagged and its signer told.
 */
export async function attachRecording(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  recording: RecordingRow,
  order: Order,
  how: 'number' | 'provisional' | 'explicit' | 'person',
  differences: Difference[] = [],
  urgent = false,
): Promise<Order> {
  requireOpenForInput(order);
  await trx
    .insertInto('ecgRecordingOrder')
    .values({
      recordingId: recording.id,
      orderId: order.id,
      how,
      differences: JSON.stringify(differences),
      joinedBy: actor.kind === 'staff' ? actor.id : null,
      joinedAt: ctx.clock.now(),
    })
    .onConflict((oc) => oc.columns(['recordingId', 'orderId']).where('undoneAt', 'is', null).doNothing())
    .execute();
  await recordAudit(trx, actor, {
    action: 'ecg.join',
    subjectType: 'ecg-recording',
    subjectId: recording.id,
    patientId: order.patientId,
    detail: {
      orderId: order.id,
      accessionNumber: order.accessionNumber,
      how,
      differences: differences.map((difference) => difference.field),
    },
  });
  if (urgent) order = await raisePriority(ctx, trx, actor, order);
  const at = await recordExamination(ctx, trx, actor, order, {
    deviceAt: recording.acquiredDeviceAt,
    clockOffsetMs: await clockOffsetOf(trx, recording.deviceId),
    durationMs: recording.durationMs,
    source: 'recording',
  });
  if (at)
    await trx.updateTable('ecgRecording').set({ acquiredAt: at }).where('id', '=', recording.id).execute();
  return acceptInput(ctx, trx, actor, order, {
    recordingId: recording.id,
    format: recording.format,
    how,
  });
}

async function clockOffsetOf(trx: Transaction, deviceId: string | null): Promise<number | undefined> {
  if (!deviceId) return undefined;
  const device = await trx
    .selectFrom('device')
    .select('clockOffsetMs')
    .where('id', '=', deviceId)
    .executeTakeFirst();
  return device?.clockOffsetMs ?? undefined;
}

/** A critical flag moves an open case into the emergency lane; the event says why, the targets follow. */
async function raisePriority(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
): Promise<Order> {
  if (order.priority === 'emergency' || ['final', 'acknowledged', 'corrected'].includes(order.status))
    return order;
  const policies = await choosePolicies(trx, { ...order, priority: 'emergency' }, ctx.clock.now());
  const raised = await trx
    .updateTable('orders')
    .set({
      priority: 'emergency',
      lane: 0,
      policyIds: sql<string[]>`${policies}::uuid[]`,
      updatedAt: ctx.clock.now(),
    })
    .where('id', '=', order.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordEvent(ctx, trx, actor, raised, {
    kind: 'priority-raised',
    reason: 'critical-flag',
    detail: { from: order.priority, to: 'emergency' },
  });
  return raised;
}
