import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

/** What the health bureau sees: coverage, volume, on-time share, recognition, critical values by township. No names of people. */
export async function readRegulatorFigures(db: Queryable, from: string, to: string) {
  const span = sql`o.created_at >= ${from}::date and o.created_at < ${to}::date + 1`;
  const volume =
    await sql`select o.center_kind::text as center, count(*)::int as orders, count(*) filter (where o.final_at is not null)::int as signed, count(*) filter (where o.requesting_institution_id <> o.reporting_institution_id)::int as for_members from orders o where ${span} group by 1 order by 1`.execute(
      db,
    );
  const matrix =
    await sql`with site as (select i.id, case when i.kind = 'village' then i.parent_id else i.id end as town from institution i where i.kind in ('township', 'community', 'village') and i.active)
    select t.short_name as institution_name, t.kind, count(o.id)::int as orders, ${sql.join((['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const).map((kind) => sql`count(o.id) filter (where o.center_kind = ${kind}::center_kind)::int as ${sql.ref(kind)}`))},
      count(distinct o.requesting_institution_id) filter (where o.requesting_institution_id <> t.id)::int as villages_active, (select count(*)::int from institution v where v.parent_id = t.id and v.kind = 'village') as villages
    from institution t left join site s on s.town = t.id left join orders o on o.requesting_institution_id = s.id and ${span} where t.kind in ('township', 'community') and t.active group by t.id order by t.kind desc, t.code`.execute(
      db,
    );
  const onTime =
    await sql`select indicator as code, sum(numerator)::int as numerator, sum(denominator)::int as denominator from indicator_day where day between ${from}::date and ${to}::date group by 1`.execute(
      db,
    );
  const critical =
    await sql`select count(*)::int as found, count(*) filter (where acknowledged_at is not null)::int as acknowledged from critical_value where found_at >= ${from}::date and found_at < ${to}::date + 1 and state <> 'withdrawn'`.execute(
      db,
    );
  const coverage =
    await sql`select (select count(*)::int from institution where kind = 'township' and active) as townships, (select count(distinct case when i.kind = 'village' then i.parent_id else i.id end)::int from orders o join institution i on i.id = o.requesting_institution_id where ${span} and i.kind in ('township', 'village')) as townships_active,
    (select count(*)::int from center where active) as centers_running, (select count(*)::int from institution where kind = 'village' and active) as villages, (select count(distinct o.requesting_institution_id)::int from orders o join institution i on i.id = o.requesting_institution_id where ${span} and i.kind = 'village' and o.center_kind = 'ecg') as villages_ecg`.execute(
      db,
    );
  return {
    volume: volume.rows,
    matrix: matrix.rows,
    indicators: onTime.rows,
    critical: critical.rows[0],
    coverage: coverage.rows[0],
  };
}
