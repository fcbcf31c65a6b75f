import { sql } from 'kysely';
import { personId, requirePermission, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { CenterKind } from '../../../db/types.ts';
import type { Context } from '../context.ts';
import { forbidden, notFound } from '../errors.ts';

/** Draws signed reports for blind second reading, at random within the rule; what was drawn before is not drawn again. */
export async function drawReviews(
  ctx: Context,
  actor: Actor,
  rule: {
    center: CenterKind;
    count: number;
    from: string;
    to: string;
    institutionId?: string | undefined;
    readerId?: string | undefined;
    modality?: string | undefined;
    correctedOnly?: boolean | undefined;
  },
): Promise<{ batch: string; drawn: number }> {
  requirePermission(actor, 'quality.review');
  const batch = `${rule.center}-${ctx.clock.now().toISOString().slice(0, 19)}`;
  const drawn = await ctx.db.transaction().execute(async (trx) => {
    const { numAffectedRows } =
      await sql`insert into quality_review (batch, order_id, signed_report_id, drawn_by, rule)
      select ${batch}, o.id, s.id, ${personId(actor)}, ${JSON.stringify(rule)} from orders o join lateral (select * from signed_report s where s.order_id = o.id and s.state = 'valid' order by s.number desc limit 1) s on true
      where o.center_kind = ${rule.center}::center_kind and o.final_at >= ${rule.from}::date and o.final_at < ${rule.to}::date + 1 and not exists (select 1 from quality_review q where q.signed_report_id = s.id)
        and ${rule.institutionId ? sql`o.performing_institution_id = ${rule.institutionId}` : sql`true`} and ${rule.readerId ? sql`s.reporter_id = ${rule.readerId}` : sql`true`} and ${rule.modality ? sql`o.modality = ${rule.modality}` : sql`true`} and ${rule.correctedOnly ? sql`s.kind = 'correction'` : sql`true`}
      order by random() limit ${rule.count}`.execute(trx);
    await recordAudit(trx, actor, {
      action: 'quality.draw',
      subjectType: 'review-batch',
      subjectId: batch,
      detail: { ...rule, drawn: Number(numAffectedRows ?? 0n) },
    });
    return Number(numAffectedRows ?? 0n);
  });
  return { batch, drawn };
}

/** A blind score: 1 agree, 2 minor, 3 significant, 4 grave difference (RADPEER-like), with the writing checklist. */
export async function decideReview(
  ctx: Context,
  actor: Actor,
  id: string,
  input: { score: number; compliance: Record<string, unknown>; comment?: string | undefined },
): Promise<void> {
  requirePermission(actor, 'quality.review');
  const reviewer = personId(actor);
  await ctx.db.transaction().execute(async (trx) => {
    const review = await trx
      .selectFrom('qualityReview as q')
      .innerJoin('signedReport as s', 's.id', 'q.signedReportId')
      .select(['q.id', 's.signerId', 's.reporterId'])
      .where('q.id', '=', id)
      .where('q.decidedAt', 'is', null)
      .forUpdate('q')
      .executeTakeFirst();
    if (!review) throw notFound('open review', id);
    if (review.signerId === reviewer || review.reporterId === reviewer)
      throw forbidden('nobody reviews a report of his own');
    await trx
      .updateTable('qualityReview')
      .set({
        reviewerId: reviewer,
        score: input.score,
        compliance: JSON.stringify(input.compliance),
        comment: input.comment ?? null,
        decidedAt: ctx.clock.now(),
      })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'quality.review',
      subjectType: 'review',
      subjectId: id,
      detail: { score: input.score },
    });
  });
}
