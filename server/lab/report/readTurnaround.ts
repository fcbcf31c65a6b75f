import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import type { Queryable } from '../../core/database.ts';
import { totalRows } from '../withTotal.ts';

/** Stations in order; a segment runs from one to the next. Times come from order_event, never typed. */
export const STATIONS = [
  'collected',
  'specimen-dispatched',
  'received',
  'measured',
  'final',
  'acknowledged',
] as const;

/** What the figures are told apart by. A test's own times come from its result, the rest from the order's events. */
export type TurnaroundBy = 'item' | 'panel' | 'test' | 'site' | 'hour';
const GROUPS: Record<TurnaroundBy, RawBuilder<unknown>> = {
  item: sql`o.item_class`,
  panel: sql`n.name`,
  test: sql`k.name`,
  site: sql`i.short_name`,
  hour: sql`to_char(e0.at at time zone 'Asia/Shanghai', 'HH24')`,
};
const SOURCES: Record<TurnaroundBy, RawBuilder<unknown>> = {
  item: sql``,
  panel: sql`join order_item x on x.order_id = o.id join catalogue_item n on n.code = x.code`,
  test: sql`join lab_result r on r.order_id = o.id and r.current join lab_test k on k.code = r.test_code`,
  site: sql``,
  hour: sql``,
};

/** The same group as an English page names it. */
const ENGLISH: Record<TurnaroundBy, RawBuilder<unknown>> = {
  ...GROUPS,
  panel: sql`n.name_en`,
  test: sql`k.name_en`,
};

interface Period {
  by: TurnaroundBy;
  from: string;
  to: string;
}

/** Every final order of the period with the minutes of its segments, by group: `spans`, one row an order and group. */
function withSpans(query: Period): RawBuilder<unknown> {
  const own = query.by === 'test';
  return sql`with moments as (
      select o.id, ${GROUPS[query.by]} as grp, ${ENGLISH[query.by]} as grp_en,
        min(e.at) filter (where e.kind = 'collected') as collected, min(e.at) filter (where e.kind = 'specimen-dispatched') as dispatched, min(e.at) filter (where e.kind = 'received') as received,
        ${own ? sql`min(r.measured_at)` : sql`min(e.at) filter (where e.kind = 'measured')`} as measured, ${own ? sql`min(r.verified_at)` : sql`min(e.at) filter (where e.kind = 'final')`} as final,
        min(e.at) filter (where e.kind = 'acknowledged') as acknowledged
      from orders o join institution i on i.id = o.requesting_institution_id join order_event e on e.order_id = o.id ${SOURCES[query.by]}
        left join lateral (select min(x.at) as at from order_event x where x.order_id = o.id and x.kind = 'collected') e0 on true
      where o.center_kind = 'lab' and o.final_at >= (${query.from}::timestamp at time zone 'Asia/Shanghai') and o.final_at < ((${query.to}::timestamp + interval '1 day') at time zone 'Asia/Shanghai')
      group by o.id, grp, grp_en
    ), spans as (
      select id, grp, grp_en, extract(epoch from dispatched - collected) / 60 as waiting, extract(epoch from received - coalesce(dispatched, collected)) / 60 as transport, extract(epoch from measured - received) / 60 as measuring,
        extract(epoch from final - measured) / 60 as verifying, extract(epoch from acknowledged - final) / 60 as reading, extract(epoch from final - collected) / 60 as total, extract(epoch from final - received) / 60 as laboratory from moments
    )`;
}

const SPANS = ['waiting', 'transport', 'measuring', 'verifying', 'reading', 'laboratory', 'total'] as const;

/** Median and P90 in minutes of each segment and of the total (collected → final), for orders final in the period. */
export async function readTurnaround(db: Queryable, query: Period) {
  const { rows } = await sql<Record<string, unknown>>`
    ${withSpans(query)}
    select grp as "group", min(grp_en) as group_en, count(*)::int as n, ${sql.join(SPANS.map((span) => sql`json_build_object('n', count(${sql.ref(span)}), 'median', percentile_cont(0.5) within group (order by ${sql.ref(span)}), 'p90', percentile_cont(0.9) within group (order by ${sql.ref(span)})) as ${sql.ref(span)}`))}
    from spans group by grp order by grp`.execute(db);
  return { items: rows, nextCursor: null };
}

interface TurnaroundCase {
  orderId: string;
  accessionNumber: string;
  itemName: string;
  patientName: string;
  institutionName: string;
  waiting: number | null;
  transport: number | null;
  measuring: number | null;
  verifying: number | null;
  total: number | null;
}

/** The cases behind a figure, those that took longest first. */
export async function listTurnaroundCases(
  db: Queryable,
  actor: Actor,
  query: Period & { group: string; limit: number },
): Promise<{ items: TurnaroundCase[]; total: number; nextCursor: null }> {
  const { rows } = await sql<TurnaroundCase & { rowCount: number }>`
    ${withSpans(query)}
    select ${totalRows} as row_count, orders.id as order_id, orders.accession_number, orders.item_name, orders.patient_name, i.short_name as institution_name,
      ${sql.join((['waiting', 'transport', 'measuring', 'verifying', 'total'] as const).map((span) => sql`round(s.${sql.ref(span)})::float8 as ${sql.ref(span)}`))}
    from spans s join orders on orders.id = s.id join institution i on i.id = orders.requesting_institution_id
    where s.grp = ${query.group} and orders.id in (${db.selectFrom('orders').select('orders.id').where(visibleOrders(actor))})
    order by s.total desc nulls last, orders.id limit ${query.limit}`.execute(db);
  return {
    items: rows.map(({ rowCount, ...row }) => (void rowCount, row)),
    total: rows[0]?.rowCount ?? 0,
    nextCursor: null,
  };
}

/** Open orders past their due time, with the station they wait at. */
export async function readLate(db: Queryable, actor: Actor, now: Date) {
  const items = await db
    .selectFrom('orders')
    .innerJoin('institution as i', 'i.id', 'orders.requestingInstitutionId')
    .select([
      'orders.id as orderId',
      'orders.accessionNumber',
      'orders.itemName',
      'orders.priority',
      'orders.status',
      'orders.dueAt',
      'orders.patientName',
      'i.shortName as institutionName',
    ])
    .select(
      sql<
        string | null
      >`(select e.kind from order_event e where e.order_id = orders.id and e.kind = any(${[...STATIONS]}::text[]) order by e.at desc limit 1)`.as(
        'station',
      ),
    )
    .where('orders.centerKind', '=', 'lab')
    .where('orders.status', 'in', ['requested', 'acquired', 'received', 'claimed', 'preliminary', 'partial'])
    .where('orders.dueAt', '<', now)
    .where(visibleOrders(actor))
    .orderBy('orders.dueAt')
    .limit(200)
    .execute();
  return { items, nextCursor: null };
}
