import { sql } from 'kysely';
import { z } from 'zod';
import { SYSTEM } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { recordEvent } from '../order/recordEvent.ts';
import { weightOf, WEIGHTS } from './weights.ts';

const LOCK = 727_013;
/** So far down the queue a case is looked for that somebody may still be given. */
const MOST_WAITING = 500;

export const assignmentRule = z.object({
  on: z.boolean(),
  /** Weighted open work (claimed or assigned) that nobody is given more than. */
  mostOpen: z.number().min(1).max(100),
});
export type AssignmentRule = z.infer<typeof assignmentRule>;

interface Waiting {
  id: string;
  weight: number;
  candidate: string | null;
}

/**
 * Gives waiting cases to the readers on duty, where a centre has switched that on: the most urgent case first, to who has
 * the least weighted work (open now plus done today), never to who let this case lapse before, never above the limit. Who
 * does not open it in time loses it again (`returnIdleClaims`). Returns how many were given.
 */
export async function assignFairly(ctx: Pick<Context, 'db' | 'clock' | 'bell'>): Promise<number> {
  const settings = await ctx.db
    .selectFrom('setting')
    .select(['key', 'value'])
    .where('key', 'like', 'assignment.%')
    .execute();
  let count = 0;
  for (const { key, value } of settings) {
    const rule = assignmentRule.safeParse(value);
    if (rule.success && rule.data.on) count += await assignCenter(ctx, key.slice('assignment.'.length), rule.data); // prettier-ignore
  }
  if (count > 0) ctx.bell.ring();
  return count;
}

async function assignCenter(
  ctx: Pick<Context, 'db' | 'clock'>,
  center: string,
  rule: AssignmentRule,
): Promise<number> {
  const now = ctx.clock.now();
  return ctx.db.transaction().execute(async (trx) => {
    const lock = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as taken`.execute(
      trx,
    );
    if (!lock.rows[0]?.taken) return 0;
    let given = 0;
    for (; given < 20; given++) {
      const { rows } = await sql<Waiting>`with ${WEIGHTS},
        waiting as (select o.id, o.reporting_institution_id as site, o.priority = 'emergency' as emergency, o.due_at, ${weightOf('o')} as weight from orders o where o.center_kind = ${center}::center_kind and o.status = 'received' and not o.receiving and o.assigned_to is null order by emergency desc, o.due_at nulls last, o.id limit ${MOST_WAITING}),
        duty as (select distinct r.staff_id, r.institution_id from roster_shift r join staff p on p.id = r.staff_id and p.active join staff_role g on g.staff_id = r.staff_id and g.revoked_at is null and g.role in ('reporter', 'verifier', 'center-head') and g.institution_id = r.institution_id and (g.center_kind is null or g.center_kind = ${center}::center_kind)
          where r.duty = 'reporter' and (r.center_kind is null or r.center_kind = ${center}::center_kind) and r.starts_at <= ${now} and r.ends_at > ${now}),
        load as (select d.staff_id, d.institution_id, coalesce((select sum(${weightOf('o')}) from orders o where (o.claimed_by = d.staff_id and o.status = 'claimed') or (o.assigned_to = d.staff_id and o.status = 'received')), 0) as open,
            coalesce((select sum(${weightOf('o')}) from signed_report s join orders o on o.id = s.order_id where s.reporter_id = d.staff_id and s.kind = 'final' and s.signed_at >= date_trunc('day', ${now}::timestamptz at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai'), 0) as done from duty d)
        select w.id, w.weight, c.staff_id as candidate from waiting w join lateral (select l.staff_id from load l where l.institution_id = w.site and l.open + w.weight <= ${rule.mostOpen}
          and not exists (select 1 from order_event e where e.order_id = w.id and e.kind = 'assigned' and e.detail->>'staffId' = l.staff_id::text) order by l.open + l.done, l.staff_id limit 1) c on true
        order by w.emergency desc, w.due_at nulls last, w.id limit 1`.execute(trx);
      const [next] = rows;
      if (!next?.candidate) break;
      const order = await trx
        .updateTable('orders')
        .set({ assignedTo: next.candidate, assignedAt: now })
        .where('id', '=', next.id)
        .where('status', '=', 'received')
        .where('assignedTo', 'is', null)
        .returningAll()
        .executeTakeFirst();
      if (!order) break;
      await recordEvent(ctx, trx, SYSTEM, order, {
        kind: 'assigned',
        reason: 'fair',
        detail: { staffId: next.candidate },
      });
    }
    return given;
  });
}
