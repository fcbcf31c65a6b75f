import { sql } from 'kysely';
import { can, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';

/**
 * Recalls that a site has not confirmed, oldest first: those of the caller's own site, and for the county's duty office
 * those of every site that let the whole ladder of escalation pass.
 */
export async function listRecallNotices(ctx: Pick<Context, 'db' | 'clock'>, actor: Actor) {
  const duty = can(actor, 'critical.escalate');
  const { rows: items } = await sql<Record<string, unknown>>`
    select r.id as recall_id, r.number, n.institution_id, o.short_name as institution_name, n.packs, n.used_packs, n.notified_at
    from cssd_recall_notice n join cssd_recall r on r.id = n.recall_id join institution o on o.id = n.institution_id
    where n.acknowledged_at is null and r.closed_at is null
      and (n.institution_id = ${actor.institutionId ?? null} or (${duty} and n.notified_at < ${ctx.clock.now()}::timestamptz - interval '15 minutes'))
    order by n.notified_at, o.short_name limit 100`.execute(ctx.db);
  return { items, nextCursor: null };
}
