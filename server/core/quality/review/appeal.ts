import { personId, requirePermission, type Actor } from '../../access/actor.ts';
import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';
import { conflict, forbidden, invalid, notFound } from '../../errors.ts';
import { lockReview } from './lockReview.ts';

/** Days in which the writer of a report may appeal. */
const APPEAL_DAYS = 14;

/** The writer or signer of a report asks that a decided grade be looked at again, once, within 14 days. */
export async function appealReview(ctx: Context, actor: Actor, id: string, text: string): Promise<void> {
  const staffId = personId(actor);
  await ctx.db.transaction().execute(async (trx) => {
    const review = await lockReview(trx, id);
    if (review.signerId !== staffId && review.reporterId !== staffId) throw notFound('review', id);
    const now = ctx.clock.now();
    if (review.state !== 'decided' || !review.decidedAt)
      throw conflict('no-appeal', 'only a decided review that was not appealed yet can be appealed', { state: review.state }); // prettier-ignore
    if (now.getTime() - review.decidedAt.getTime() > APPEAL_DAYS * 86_400_000)
      throw conflict('too-late', `an appeal is made within ${APPEAL_DAYS} days`);
    await trx
      .updateTable('qualityReview')
      .set({ state: 'appealed', appeal: text, appealedBy: staffId, appealedAt: now })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, actor, { action: 'quality.appeal', subjectType: 'review', subjectId: id });
  });
}

/** Somebody other than the reviewer decides an appeal; the grade stays or is changed, both are kept. */
export async function decideAppeal(
  ctx: Context,
  actor: Actor,
  id: string,
  input: { upheld: boolean; score?: number | undefined; reason: string },
): Promise<void> {
  requirePermission(actor, 'quality.review');
  const staffId = personId(actor);
  await ctx.db.transaction().execute(async (trx) => {
    const review = await lockReview(trx, id);
    if (!input.upheld && input.score === undefined)
      throw invalid('a grade that is changed has its new value', [{ path: 'score', code: 'required' }]);
    if (review.state !== 'appealed') throw conflict('not-appealed', 'this review was not appealed', { state: review.state }); // prettier-ignore
    if (review.reviewerId === staffId || review.signerId === staffId || review.reporterId === staffId)
      throw forbidden(
        'an appeal is decided by somebody who has neither written nor reviewed the report',
        'own-review',
      );
    await trx
      .updateTable('qualityReview')
      .set({
        state: 'closed',
        appealDecision: input.reason,
        appealDecidedBy: staffId,
        appealDecidedAt: ctx.clock.now(),
        ...(!input.upheld && input.score !== undefined && { score: input.score }),
      })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'quality.appeal-decide',
      subjectType: 'review',
      subjectId: id,
      detail: { ...input, before: review.score },
    });
  });
}
