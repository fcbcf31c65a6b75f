import { personId, requirePermission, type Actor } from '../../access/actor.ts';
import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';
import { conflict, forbidden, notFound } from '../../errors.ts';
import { checkInputGrade, keepInputGrade, type InputGrade } from './inputGrade.ts';
import { lockReview } from './lockReview.ts';

/** Two blind readings this many grades apart go to the conference. */
const CONFERENCE_GAP = 2;

/**
 * A blind reading: 1 agree, 2 minor, 3 significant, 4 grave difference (RADPEER-like), with the writing checklist. The
 * last wanted reading decides; two that lie two grades apart go to the conference. What the report was made from is graded
 * beside it.
 */
export async function readBlind(
  ctx: Context,
  actor: Actor,
  id: string,
  input: {
    score: number;
    compliance: Record<string, unknown>;
    comment?: string | undefined;
    /** Of the images, trace or specimen the report was made from. */
    inputGrade?: InputGrade | undefined;
  },
): Promise<{ state: string }> {
  requirePermission(actor, 'quality.review');
  const reader = personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const review = await lockReview(trx, id);
    if (review.state !== 'open') throw notFound('open review', id);
    if (review.signerId === reader || review.reporterId === reader)
      throw forbidden('nobody reviews a report of his own', 'own-report');
    const center = await trx
      .selectFrom('orders')
      .select('centerKind')
      .where('id', '=', review.orderId)
      .executeTakeFirstOrThrow();
    if (input.inputGrade) checkInputGrade(center.centerKind, input.inputGrade);
    const now = ctx.clock.now();
    const added = await trx
      .insertInto('reviewReading')
      .values({
        reviewId: id,
        readerId: reader,
        score: input.score,
        compliance: JSON.stringify(input.compliance),
        comment: input.comment ?? null,
        inputGrade: input.inputGrade?.grade ?? null,
        inputFaults: input.inputGrade?.faults ?? [],
        readAt: now,
      })
      .onConflict((oc) => oc.doNothing())
      .executeTakeFirst();
    if (!added.numInsertedOrUpdatedRows)
      throw conflict('read-already', 'you have read this report already; the second reading is another person’s'); // prettier-ignore
    const readings = await trx
      .selectFrom('reviewReading')
      .selectAll()
      .where('reviewId', '=', id)
      .orderBy('readAt')
      .execute();
    await recordAudit(trx, actor, {
      action: 'quality.review',
      subjectType: 'review',
      subjectId: id,
      detail: { score: input.score },
    });
    if (readings.length < review.readingsWanted) return { state: 'open' };
    const scores = readings.map((reading) => reading.score);
    if (Math.max(...scores) - Math.min(...scores) >= CONFERENCE_GAP) {
      await trx.updateTable('qualityReview').set({ state: 'conference' }).where('id', '=', id).execute();
      return { state: 'conference' };
    }
    // The stricter reading counts.
    const strictest = readings.reduce((worst, reading) => (reading.score > worst.score ? reading : worst));
    await trx
      .updateTable('qualityReview')
      .set({
        state: 'decided',
        reviewerId: strictest.readerId,
        score: strictest.score,
        compliance: JSON.stringify(strictest.compliance),
        comment: strictest.comment,
        decidedAt: now,
      })
      .where('id', '=', id)
      .execute();
    await keepInputGrade(trx, id);
    return { state: 'decided' };
  });
}
