import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { tellReviewers } from './tellReviewers.ts';

/** An opening is reviewed within so many days. */
export const REVIEW_DAYS = 3;

/** Tells the reviewers once of every opening that was not reviewed in time. Bears being run by many at once. */
export async function remindReviewers(ctx: Pick<Context, 'db' | 'clock' | 'bell'>): Promise<void> {
  const now = ctx.clock.now();
  const late = await ctx.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; staffId: string; staffName: string }>`
      update access_grant g set reminded_at = ${now} from staff s where s.id = g.staff_id and g.kind = 'break-glass'
        and g.reviewed_at is null and g.reminded_at is null and g.granted_at < ${now}::timestamptz - make_interval(days => ${REVIEW_DAYS})
      returning g.id, g.staff_id, s.name as staff_name`.execute(trx);
    for (const grant of rows) await tellReviewers(trx, 'access.review-overdue', grant);
    return rows.length;
  });
  if (late > 0) ctx.bell.ring();
}
