import { personId, requirePermission, type Actor } from '../../access/actor.ts';
import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';
import { conflict, forbidden, invalid } from '../../errors.ts';
import { keepInputGrade } from './inputGrade.ts';
import { lockReview } from './lockReview.ts';

/** The discrepancy conference: at least two people settle the grade, with what is to be learnt. */
export async function settleConference(
  ctx: Context,
  actor: Actor,
  id: string,
  input: { participants: string[]; score: number; compliant: boolean; faults: string[]; conclusion: string },
): Promise<void> {
  requirePermission(actor, 'quality.review');
  await ctx.db.transaction().execute(async (trx) => {
    const review = await lockReview(trx, id);
    if (review.state !== 'conference')
      throw conflict('no-conference', 'this review waits for no conference', { state: review.state });
    const settler = personId(actor);
    if (review.signerId === settler || review.reporterId === settler)
      throw forbidden('nobody settles the grade of a report of his own', 'own-report');
    if (new Set(input.participants).size < 2)
      throw invalid('a conference is of two people at least', [
        { path: 'participants', code: 'conference-of-two' },
      ]);
    const now = ctx.clock.now();
    await trx
      .updateTable('qualityReview')
      .set({
        state: 'decided',
        conference: JSON.stringify({ ...input, at: now, by: actor.name }),
        reviewerId: settler,
        score: input.score,
        compliance: JSON.stringify({ compliant: input.compliant, faults: input.faults }),
        comment: input.conclusion,
        decidedAt: now,
      })
      .where('id', '=', id)
      .execute();
    await keepInputGrade(trx, id);
    await recordAudit(trx, actor, {
      action: 'quality.conference',
      subjectType: 'review',
      subjectId: id,
      detail: { participants: input.participants.length, score: input.score },
    });
  });
}
