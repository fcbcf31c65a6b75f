import { sql } from 'kysely';
import { personId, requirePermission, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { CenterKind } from '../../../db/types.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict, forbidden, notFound } from '../errors.ts';

/** Two blind readings this many grades apart go to the conference. */
const CONFERENCE_GAP = 2;
/** Days in which the writer of a report may appeal. */
const APPEAL_DAYS = 14;

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
    readings: number;
  },
): Promise<{ batch: string; drawn: number }> {
  requirePermission(actor, 'quality.review');
  const batch = `${rule.center}-${ctx.clock.now().toISOString().slice(0, 19)}`;
  const drawn = await ctx.db.transaction().execute(async (trx) => {
    const { numAffectedRows } =
      await sql`insert into quality_review (batch, order_id, signed_report_id, drawn_by, rule, readings_wanted)
      select ${batch}, o.id, s.id, ${personId(actor)}, ${JSON.stringify(rule)}, ${rule.readings}::int from orders o join lateral (select * from signed_report s where s.order_id = o.id and s.state = 'valid' order by s.number desc limit 1) s on true
      where o.center_kind = ${rule.center}::center_kind and o.final_at >= ${`${rule.from}T00:00:00+08:00`}::timestamptz and o.final_at < ${`${rule.to}T00:00:00+08:00`}::timestamptz + interval '1 day' and not exists (select 1 from quality_review q where q.signed_report_id = s.id)
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

async function lockReview(trx: Transaction, id: string) {
  const review = await trx
    .selectFrom('qualityReview as q')
    .innerJoin('signedReport as s', 's.id', 'q.signedReportId')
    .selectAll('q')
    .select(['s.signerId', 's.reporterId'])
    .where('q.id', '=', id)
    .forUpdate('q')
    .executeTakeFirst();
  if (!review) throw notFound('review', id);
  return review;
}

/**
 * A blind reading: 1 agree, 2 minor, 3 significant, 4 grave difference (RADPEER-like), with the writing checklist. The
 * last wanted reading decides; two that lie two grades apart go to the conference.
 */
export async function decideReview(
  ctx: Context,
  actor: Actor,
  id: string,
  input: { score: number; compliance: Record<string, unknown>; comment?: string | undefined },
): Promise<{ state: string }> {
  requirePermission(actor, 'quality.review');
  const reader = personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const review = await lockReview(trx, id);
    if (review.state !== 'open') throw notFound('open review', id);
    if (review.signerId === reader || review.reporterId === reader)
      throw forbidden('nobody reviews a report of his own');
    const now = ctx.clock.now();
    const added = await trx
      .insertInto('reviewReading')
      .values({
        reviewId: id,
        readerId: reader,
        score: input.score,
        compliance: JSON.stringify(input.compliance),
        comment: input.comment ?? null,
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
    return { state: 'decided' };
  });
}

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
      throw conflict('wrong-status', 'this review waits for no conference', { state: review.state });
    const now = ctx.clock.now();
    await trx
      .updateTable('qualityReview')
      .set({
        state: 'decided',
        conference: JSON.stringify({ ...input, at: now, by: actor.name }),
        reviewerId: personId(actor),
        score: input.score,
        compliance: JSON.stringify({ compliant: input.compliant, faults: input.faults }),
        comment: input.conclusion,
        decidedAt: now,
      })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'quality.conference',
      subjectType: 'review',
      subjectId: id,
      detail: { participants: input.participants.length, score: input.score },
    });
  });
}

/** The writer or signer of a report asks that a decided grade be looked at again, once, within 14 days. */
export async function appealReview(ctx: Context, actor: Actor, id: string, text: string): Promise<void> {
  const staffId = personId(actor);
  await ctx.db.transaction().execute(async (trx) => {
    const review = await lockReview(trx, id);
    if (review.signerId !== staffId && review.reporterId !== staffId) throw notFound('review', id);
    const now = ctx.clock.now();
    if (review.state !== 'decided' || !review.decidedAt)
      throw conflict('wrong-status', 'only a decided review that was not appealed yet can be appealed', { state: review.state }); // prettier-ignore
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
    if (review.state !== 'appealed') throw conflict('wrong-status', 'this review was not appealed', { state: review.state }); // prettier-ignore
    if (review.reviewerId === staffId || review.signerId === staffId || review.reporterId === staffId)
      throw forbidden('an appeal is decided by somebody who has neither written nor reviewed the report');
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
