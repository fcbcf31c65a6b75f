import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import type { Order } from './order.ts';

/**
 * Who of the roster takes over a case that was left lying: on duty now at the reporting centre, with the fewest cases
 * in hand. Whoever let this case lie before is not asked again. Undefined where nobody is left: the pool keeps it.
 */
export async function nextOnDuty(db: Queryable, order: Order, now: Date): Promise<string | undefined> {
  const { rows } = await sql<{ staffId: string }>`
    select r.staff_id from roster_shift r join staff s on s.id = r.staff_id and s.active
    where r.institution_id = ${order.reportingInstitutionId} and (r.center_kind is null or r.center_kind = ${order.centerKind})
      and r.duty in ('reporter', 'verifier') and r.starts_at <= ${now} and r.ends_at > ${now}
      and not exists (select 1 from order_event e where e.order_id = ${order.id} and e.kind in ('released', 'unassigned')
        and e.detail ->> 'staffId' = r.staff_id::text)
    group by r.staff_id
    order by (select count(*) from orders o where o.center_kind = ${order.centerKind} and (o.claimed_by = r.staff_id or o.assigned_to = r.staff_id)
      and o.status in ('received', 'claimed', 'partial')), min(r.starts_at), r.staff_id limit 1`.execute(db);
  return rows[0]?.staffId;
}
