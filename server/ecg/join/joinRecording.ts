import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import type { Difference } from '../../core/patient/matchPatient.ts';
import { attachRecording, type RecordingRow } from './attachRecording.ts';
import { findCandidates, type Candidate } from './candidates.ts';
import { placeProvisionalOrder } from './provisionalOrder.ts';
import { queueRecording } from './queueRecording.ts';

export interface JoinOutcome {
  state: 'joined' | 'provisional' | 'mismatch' | 'ambiguous';
  orderId?: string;
  accessionNumber?: string;
  differences: Difference[];
}

export interface JoinHint {
  /** The case that the sender names: it is what the recording is compared with. */
  orderId: string | undefined;
  /** Critical flags or a device priority: a provisional order goes to the front. */
  urgent: boolean;
  patientNumber: string | undefined;
}

/**
 * Finds the order that a recording answers. A number alone never joins: institution and patient must agree. One
 * contradiction → mismatch queue, also where the sender named the case; several candidates → a person; none → a
 * provisional order (补录) at once.
 */
export async function joinRecording(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  recording: RecordingRow,
  hint: JoinHint,
): Promise<JoinOutcome> {
  const candidates = await findCandidates(ctx, trx, recording, hint);
  const agreeing = candidates.filter((candidate) => candidate.agrees);
  const [only] = agreeing;
  if (only && agreeing.length === 1) {
    const order = await lock(trx, only.order.id);
    const how = hint.orderId ? 'explicit' : 'number';
    await attachRecording(ctx, trx, actor, recording, order, how, [], hint.urgent);
    return joined('joined', order, []);
  }
  if (candidates.length > 0) {
    const kind = agreeing.length > 1 ? 'ambiguous' : 'mismatch';
    // whose trace it is can wait, an emergency cannot: it is read under a case of its own until a person has decided
    const emergency =
      hint.urgent || candidates.some(({ order }) => order.priority === 'emergency')
        ? await placeProvisionalOrder(ctx, trx, actor, recording, { ...hint, urgent: true })
        : undefined;
    if (emergency) await attachRecording(ctx, trx, actor, recording, emergency, 'provisional');
    await queueRecording(trx, actor, recording, {
      kind,
      reason: agreeing.length > 1 ? 'several orders agree with the recording' : reasonOf(candidates),
      candidates,
      ...(emergency && { orderId: emergency.id }),
    });
    return {
      state: kind,
      differences: candidates.flatMap((candidate) => candidate.differences),
      ...(emergency && { orderId: emergency.id, accessionNumber: emergency.accessionNumber }),
    };
  }
  const order = await placeProvisionalOrder(ctx, trx, actor, recording, hint);
  await attachRecording(ctx, trx, actor, recording, order, 'provisional');
  const nobody = !recording.patientName && !hint.patientNumber;
  await queueRecording(trx, actor, recording, {
    kind: nobody ? 'no-patient' : 'no-order',
    reason: nobody
      ? 'the recording names no patient'
      : 'the recording came without an order that is known here',
    orderId: order.id,
  });
  return joined('provisional', order, []);
}

const joined = (state: JoinOutcome['state'], order: Order, differences: Difference[]): JoinOutcome => ({
  state,
  orderId: order.id,
  accessionNumber: order.accessionNumber,
  differences,
});

async function lock(trx: Transaction, orderId: string): Promise<Order> {
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .forUpdate()
    .executeTakeFirst();
  if (!order) throw notFound('order', orderId);
  return order;
}

function reasonOf(candidates: Candidate[]): string {
  const fields = [
    ...new Set(
      candidates.flatMap((candidate) => candidate.differences.map((difference) => difference.field)),
    ),
  ];
  return fields.length > 0
    ? `the number is right but ${fields.join(', ')} differ`
    : 'the number is right but nothing identifies the patient';
}
