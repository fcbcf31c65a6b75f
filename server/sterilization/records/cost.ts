import { sql } from 'kysely';
import type { Transaction } from '../../core/database.ts';

/**
 * Cost of each pack of a load in fen, fixed at release: per component the most specific rate valid on the day (set type
 * and method, set type, method, general). Divides nothing: rates are per pack.
 */
export async function fixCosts(trx: Transaction, loadId: string, day: string): Promise<void> {
  await sql`
    update cssd_pack p set cost_fen = c.total from (
      select p.id, coalesce(sum(r.amount_fen), 0)::int as total
      from cssd_pack p join cssd_set_type_version v on v.id = p.set_type_version_id
      left join lateral (
        select distinct on (component) component, amount_fen from cssd_cost_rate r
        where r.institution_id = p.center_id and r.valid_from <= ${day}::date
          and (r.set_type_id is null or r.set_type_id = p.set_type_id) and (r.method is null or r.method = v.method)
        order by component, (r.set_type_id is not null) desc, (r.method is not null) desc, r.valid_from desc) r on true
      where p.load_id = ${loadId} group by p.id) c
    where p.id = c.id`.execute(trx);
}
