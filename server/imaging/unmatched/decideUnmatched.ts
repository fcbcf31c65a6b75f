import type { Selectable } from 'kysely';
import type { UnmatchedInput } from '../../../db/types.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { findOrCreatePatient, type PatientInput } from '../../core/patient/findOrCreatePatient.ts';
import { attachStudy } from '../join/attachStudy.ts';
import { joinByPerson } from '../join/joinByPerson.ts';
import { lockOrder } from '../join/joinStudy.ts';
import { placeProvisionalOrder } from '../join/provisionalOrder.ts';
import { lockStudy, ordersOfStudy } from '../queries.ts';
import { replaceInstance } from './replaceInstance.ts';

export type UnmatchedDecision =
  | { decision: 'join'; orderId: string; reason: string }
  /** Read at once under an order of its own. */
  | { decision: 'provisional' }
  /** The provisional order stands: the patient is who the images say, or who is given here. */
  | { decision: 'confirm'; patient?: PatientInput | undefined }
  /** Of two objects with one UID: the first stays, or the second takes its place. */
  | { decision: 'keep-first'; reason: string }
  | { decision: 'replace'; reason: string }
  | { decision: 'discard'; reason: string };

type Row = Selectable<UnmatchedInput>;

const stateAfter = (input: UnmatchedDecision) =>
  input.decision === 'discard' || input.decision === 'keep-first'
    ? ('discarded' as const)
    : ('resolved' as const);

/**
 * A person decides about input that waits. Nothing is deleted: what is discarded stays in the store. Throws 409
 * `decided-already` when somebody was first.
 */
export async function decideUnmatched(
  ctx: Context,
  actor: Actor,
  id: string,
  input: UnmatchedDecision,
): Promise<{ id: string; state: string; orderId?: string }> {
  personId(actor);
  const row = await ctx.db.selectFrom('unmatchedInput').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('unmatched input', id);
  requirePermission(actor, 'unmatched.decide', { centerKind: row.centerKind });
  if (row.centerKind !== 'imaging')
    throw conflict('other-center', `this is decided in the ${row.centerKind} centre`);
  if (row.state !== 'open') throw decidedAlready();
  if (input.decision === 'join') {
    if (row.subjectType !== 'study' || !row.subjectId)
      throw invalid('only a study can be joined to an order', 'not-a-study');
    const order = await joinByPerson(ctx, actor, input.orderId, {
      studyInstanceUid: row.subjectId,
      reason: input.reason,
    });
    return { id, state: 'resolved', orderId: order.id };
  }
  const orderId = await ctx.db.transaction().execute(async (trx) => {
    const locked = await trx
      .selectFrom('unmatchedInput')
      .selectAll()
      .where('id', '=', id)
      .where('state', '=', 'open')
      .forUpdate()
      .executeTakeFirst();
    if (!locked) throw decidedAlready();
    const made = await decide(ctx, trx, actor, locked, input);
    const resolution = 'reason' in input ? `${input.decision}: ${input.reason}` : input.decision;
    await trx
      .updateTable('unmatchedInput')
      .set({
        state: stateAfter(input),
        resolvedAt: ctx.clock.now(),
        resolvedBy: actor.id,
        resolution,
        ...(made && { orderId: made }),
      })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'unmatched.decide',
      subjectType: row.subjectType,
      ...(row.subjectId && { subjectId: row.subjectId }),
      detail: { resolution },
    });
    return made;
  });
  ctx.bell.ring();
  return { id, state: stateAfter(input), ...(orderId && { orderId }) };
}

const decidedAlready = () => conflict('decided-already', 'somebody has decided this already');

async function decide(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  row: Row,
  input: Exclude<UnmatchedDecision, { decision: 'join' }>,
): Promise<string | undefined> {
  if (input.decision === 'provisional') return readProvisionally(ctx, trx, actor, row);
  if (input.decision === 'confirm') return confirmPatient(ctx, trx, actor, row, input.patient);
  if (input.decision === 'replace') {
    if (row.kind !== 'conflict')
      throw invalid('only a conflict can be decided by replacing', 'not-a-conflict');
    await replaceInstance(ctx, trx, actor, row, input.reason);
  }
  return undefined;
}

async function readProvisionally(ctx: Context, trx: Transaction, actor: Actor, row: Row): Promise<string> {
  const known =
    row.subjectType === 'study'
      ? await trx
          .selectFrom('study')
          .select('id')
          .where('studyInstanceUid', '=', row.subjectId ?? '')
          .executeTakeFirst()
      : undefined;
  const study = known && (await lockStudy(trx, known.id));
  if (!study) throw invalid('only a study can have a provisional order', 'not-a-study');
  if ((await ordersOfStudy(trx, study.id)).length > 0)
    throw conflict('joined-already', 'the study is joined to an order already');
  const order = await placeProvisionalOrder(ctx, trx, actor, study);
  await attachStudy(ctx, trx, actor, study, order, 'provisional');
  return order.id;
}

/** The provisional order is no longer to be verified: its patient is confirmed or named. */
async function confirmPatient(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  row: Row,
  patient: PatientInput | undefined,
): Promise<string> {
  const order = row.orderId ? await lockOrder(trx, row.orderId) : undefined;
  if (!order?.provisional) throw invalid('there is no provisional order to confirm', 'not-provisional');
  const patientId = patient
    ? (await findOrCreatePatient(ctx, trx, patient, order.requestingInstitutionId)).id
    : order.patientId;
  if (!patientId) throw invalid('an order needs a patient', 'no-patient');
  await trx.updateTable('patient').set({ identity: 'verified' }).where('id', '=', patientId).execute();
  const { name } = await trx
    .selectFrom('patient')
    .select('name')
    .where('id', '=', patientId)
    .executeTakeFirstOrThrow();
  const changed = await trx
    .updateTable('orders')
    .set({ provisional: false, patientId, patientName: name, updatedAt: ctx.clock.now() })
    .where('id', '=', order.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx.updateTable('request').set({ patientId }).where('id', '=', order.requestId).execute();
  await recordEvent(ctx, trx, actor, changed, {
    kind: 'identity-confirmed',
    detail: { before: order.patientId, after: patientId },
  });
  return order.id;
}
