import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import type { Actor } from '../../core/access/actor.ts';
import { actorOfStudy, lockStudy, ordersOfStudy, type StudyRow } from '../queries.ts';
import { attachStudy } from './attachStudy.ts';
import { plainModality } from '../modality/plainModality.ts';
import { findCandidates, findSimilarOrders, type Candidate } from './candidates.ts';
import { placeProvisionalOrder } from './provisionalOrder.ts';
import { queueStudy } from './queueStudy.ts';

/** A person uploads for an order: it is what the images are compared with. */
export interface ChosenOrder {
  orderId: string;
  actor: Actor;
}

/**
 * Finds the order that a study answers. Number, institution and patient must all agree; a contradiction puts the study
 * into the mismatch queue, several candidates before a person, and no order at all makes a provisional one at once.
 * Safe to repeat: a study that is joined or waits in the queue is left as it is.
 */
export async function joinStudy(ctx: Context, studyId: number, chosen?: ChosenOrder): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const study = await lockStudy(trx, studyId);
    if (!study || (await ordersOfStudy(trx, studyId)).length > 0 || (await isQueued(trx, study))) return;
    if (isWholeSlide(study)) return; // pathology finds the case by the label; no imaging order is owed
    const actor = chosen?.actor ?? (await actorOfStudy(trx, study));
    const candidates = await findCandidates(ctx, trx, study, chosen?.orderId);
    const agreeing = narrowByModality(
      candidates.filter((candidate) => candidate.agrees),
      study,
    );
    const [only] = agreeing;
    if (only && agreeing.length === 1) {
      const order = await lockOrder(trx, only.order.id);
      if (order) await attachStudy(ctx, trx, actor, study, order, chosen ? 'person' : 'number');
    } else if (agreeing.length > 1) {
      await queueStudy(trx, actor, study, {
        kind: 'ambiguous',
        reason: 'several orders agree with the images',
        candidates: agreeing,
      });
    } else if (candidates.length > 0) {
      await queueStudy(trx, actor, study, { kind: 'mismatch', reason: reasonOf(candidates), candidates });
    } else {
      const similar = await findSimilarOrders(trx, study);
      const order = await placeProvisionalOrder(ctx, trx, actor, study);
      await attachStudy(ctx, trx, actor, study, order, 'provisional');
      await queueStudy(trx, actor, study, {
        kind: 'no-order',
        reason: 'the images came without an order that is known here',
        similar,
        orderId: order.id,
      });
    }
  });
  ctx.bell.ring();
}

export async function lockOrder(trx: Transaction, orderId: string): Promise<Order | undefined> {
  return trx.selectFrom('orders').selectAll().where('id', '=', orderId).forUpdate().executeTakeFirst();
}

/** Slide microscopy only (PS3.3 C.7.3.1.1.1: SM). */
const isWholeSlide = (study: StudyRow): boolean =>
  study.modalities.length > 0 && study.modalities.every((modality) => modality === 'SM');

async function isQueued(trx: Transaction, study: StudyRow): Promise<boolean> {
  const row = await trx
    .selectFrom('unmatchedInput')
    .select('id')
    .where('centerKind', '=', 'imaging')
    .where('subjectType', '=', 'study')
    .where('subjectId', '=', study.studyInstanceUid)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** A placer number may stand for several orders of one request: the modality tells them apart. */
function narrowByModality(candidates: Candidate[], study: StudyRow): Candidate[] {
  if (candidates.length < 2) return candidates;
  const byNumber = candidates.filter(
    (candidate) => candidate.order.accessionNumber === study.accessionNumber,
  );
  if (byNumber.length === 1) return byNumber;
  const modalities = study.modalities.map(plainModality);
  const fitting = candidates.filter(
    ({ order }) => order.modality !== null && modalities.includes(plainModality(order.modality)),
  );
  return fitting.length > 0 ? fitting : candidates;
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
