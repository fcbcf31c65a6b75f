import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';

/** For the case page: the lines of the order and the packs that answer them. */
export async function describeOrder(db: Queryable, order: Order): Promise<Record<string, unknown>> {
  const { rows: lines } = await sql<Record<string, unknown>>`
    select t.code, t.name, l.quantity, l.needed_on::text as needed_on from cssd_order_line l join cssd_set_type t on t.id = l.set_type_id where l.order_id = ${order.id} order by t.code`.execute(
    db,
  );
  const { rows: packs } = await sql<Record<string, unknown>>`
    select p.code, t.name as set_name, p.state, p.expires_on::text as expires_on, l.number as load_number from cssd_pack p join cssd_set_type t on t.id = p.set_type_id left join cssd_load l on l.id = p.load_id
    where p.order_id = ${order.id} order by p.code limit 500`.execute(db);
  return { sterilization: { lines, packs } };
}
