import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

/** What the HIS says of payment comes a little before or after the decision it belongs to. */
const SLACK = sql`interval '1 hour'`;

/**
 * Adopted items that were charged again, by the day of the charge: the order that the adoption spared was paid all the
 * same, or the item was ordered anew within the validity of the adopted result. What counts is when a charge's order was
 * placed, not when its payment was reported: an older order that is paid late spared nobody anything. Only a charge
 * without an order here is judged by its own moment.
 */
export async function findRecharged(db: Queryable, from: string, to: string) {
  const since = new Date(`${from}T00:00:00+08:00`);
  const until = new Date(Date.parse(`${to}T00:00:00+08:00`) + 86_400_000);
  const { rows } = await sql`
    with charged as (
      select h.patient_id, h.item_code, h.charged_at as at, h.amount, h.reference, h.institution_id, h.order_id, o.created_at as ordered_at from his_charge h left join orders o on o.id = h.order_id where h.charged_at >= ${since} and h.charged_at < ${until}
      union all select o.patient_id, i.code, c.changed_at, coalesce(c.amount, i.price), c.reference, o.requesting_institution_id, o.id, o.created_at from order_charge c join orders o on o.id = c.order_id join order_item i on i.order_id = o.id where c.state = 'paid' and c.changed_at >= ${since} and c.changed_at < ${until})
    select c.at, c.ordered_at, c.amount::float as amount, c.reference, c.item_code, k.name as item_name, s.short_name as institution_name, a.decided_at as adopted_at, a.source_order_id, coalesce(src.accession_number, x.content->>'reportNumber') as source_accession_number, x.content->>'platformName' as platform_name, c.order_id
    from charged c join lateral (
        select p.decided_at, p.source_order_id, p.platform_result_id from recognition_prompt p join recognition_item r on r.item_code = p.item_code
        where p.patient_id = c.patient_id and p.item_code = c.item_code and p.decision = 'adopt' and p.source_order_id is distinct from c.order_id
          and (p.order_id = c.order_id or coalesce(c.ordered_at >= p.decided_at, c.at >= p.decided_at - ${SLACK}) and coalesce(c.ordered_at, c.at) < p.decided_at + make_interval(days => r.validity_days))
        order by p.decided_at desc limit 1) a on true
      left join orders src on src.id = a.source_order_id left join platform_result x on x.id = a.platform_result_id
      join catalogue_item k on k.code = c.item_code join institution s on s.id = c.institution_id
    order by c.at desc limit 500`.execute(db);
  return rows;
}
