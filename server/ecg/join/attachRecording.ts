import { sql, type Selectable } from 'kysely';
import type { EcgRecording as EcgRecordingTable } from '../../../db/types.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict } from '../../core/errors.ts';
import { receiveOrder } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { flagLateInput } from '../../core/order/flagLateInput.ts';
import { recordEvent, transition } from '../../core/order/recordEvent.ts';
import { choosePolicies } from '../../core/turnaround/choosePolicies.ts';
import type { Difference } from './matchPatient.ts';

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
  if (order.status === 'cancelled' || order.status === 'void')
    throw conflict('wrong-status', `an order that is ${order.status} takes no recordings`, {
      status: order.status,
    });
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
  await recordExamination(ctx, trx, actor, recording, order);
  const detail = { recordingId: recording.id, format: recording.format, how };
  switch (order.status) {
    case 'requested':
      return receiveOrder(ctx, trx, actor, await transition(ctx, trx, actor, order, 'acquired', { detail }));
    case 'awaiting-decision':
    case 'acquired':
    case 'returned':
      return receiveOrder(ctx, trx, actor, order);
    case 'final':
    case 'acknowledged':
    case 'corrected':
      return flagLateInput(ctx, trx, actor, order, detail);
    default:
      await recordEvent(ctx, trx, actor, order, { kind: 'input-added', detail });
      return order;
  }
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

/** The device's own time counts only when its clock has been measured; otherwise the start is not computable. */
async function recordExamination(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  recording: RecordingRow,
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
  const deviceAt = recording.acquiredDeviceAt;
  const device = recording.deviceId
    ? await trx
        .selectFrom('device')
        .select('clockOffsetMs')
        .where('id', '=', recording.deviceId)
        .executeTakeFirst()
    : undefined;
  const offset = device?.clockOffsetMs;
  if (!deviceAt || offset === null || offset === undefined) {
    await recordEvent(ctx, trx, actor, order, {
      kind: 'examination-time-unknown',
      ...(deviceAt && { deviceAt }),
      reason: deviceAt ? 'clock-not-measured' : 'no-acquisition-time',
    });
    return;
  }
  const at = new Date(deviceAt.getTime() - Number(offset));
  const now = ctx.clock.now();
  if (at > new Date(now.getTime() + 600_000)) {
    await recordEvent(ctx, trx, actor, order, {
      kind: 'examination-time-unknown',
      deviceAt,
      reason: 'implausible',
    });
    return;
  }
  await trx.updateTable('ecgRecording').set({ acquiredAt: at }).where('id', '=', recording.id).execute();
  await recordEvent(ctx, trx, actor, order, {
    kind: 'examined',
    at: at > now ? now : at,
    deviceAt,
    detail: { source: 'recording', clockOffsetMs: Number(offset) },
  });
}
