import { z } from 'zod';
import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import type { Queryable } from '../../core/database.ts';

export const benchQuery = z.object({
  bench: z.string().max(20).optional(),
  instrumentId: z.uuid().optional(),
  stage: z.enum(['to-measure', 'to-verify', 'to-sign', 'held', 'all']).default('all'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

/** The work of a bench: one row an order, with counts of its tests by state and what holds them, most urgent first. */
export async function listBench(db: Queryable, actor: Actor, query: z.output<typeof benchQuery>) {
  const filters = [
    sql<boolean>`o.status in ('received', 'claimed', 'preliminary', 'partial')`,
    visibleOrders(actor, 'o'),
  ];
  if (query.bench)
    filters.push(
      sql<boolean>`exists (select 1 from lab_order_test x join lab_test t on t.code = x.test_code where x.order_id = o.id and t.bench = ${query.bench})`,
    );
  if (query.instrumentId)
    filters.push(
      sql<boolean>`exists (select 1 from lab_order_test x join lab_instrument_test m on m.test_code = x.test_code and m.instrument_id = ${query.instrumentId} where x.order_id = o.id and x.state = 'received')`,
    );
  const having = {
    all: sql`true`,
    'to-measure': sql`count(*) filter (where x.state = 'received') > 0`,
    'to-verify': sql`count(*) filter (where r.state = 'entered') > 0`,
    'to-sign': sql`o.status = 'preliminary'`,
    held: sql`count(*) filter (where x.hold_reason is not null or cardinality(r.holds) > 0) > 0`,
  }[query.stage];
  const { rows } = await sql<Record<string, unknown>>`
    select o.id as order_id, o.accession_number, o.status::text as status, o.priority::text as priority, o.patient_name, p.sex::text as sex, p.birth_date, o.item_name, o.due_at, o.critical, o.received_at,
      i.short_name as institution_name, s.name as claimed_by,
      count(*)::int as tests, (count(*) filter (where x.state = 'received'))::int as to_measure, (count(*) filter (where r.state = 'entered'))::int as entered, (count(*) filter (where r.state = 'technical'))::int as technical,
      (count(*) filter (where r.flag is not null and r.flag <> 'N'))::int as abnormal, (count(*) filter (where x.hold_reason is not null or cardinality(r.holds) > 0))::int as held,
      array_agg(distinct k.barcode) filter (where k.barcode is not null) as barcodes, array_agg(distinct t.bench) as benches,
      coalesce(json_agg(json_build_object('testCode', x.test_code, 'resultId', r.id)) filter (where r.id is not null), '[]') as seen
    from orders o join lab_order_test x on x.order_id = o.id join lab_test t on t.code = x.test_code
      left join lab_result r on r.order_id = x.order_id and r.test_code = x.test_code and r.current left join lab_container k on k.id = x.container_id
      join patient p on p.id = o.patient_id join institution i on i.id = o.requesting_institution_id left join staff s on s.id = o.claimed_by
    where ${sql.join(filters, sql` and `)} and o.center_kind = 'lab' and x.state not in ('rejected', 'cancelled')
    group by o.id, p.id, i.id, s.id having ${having} order by o.lane, o.due_at nulls last, o.id limit ${query.limit}`.execute(
    db,
  );
  return { items: rows, nextCursor: null };
}
