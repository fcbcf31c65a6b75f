import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import { sumsOf } from './figures.ts';

/**
 * What the health bureau sees: coverage, volume, on-time share, recognition, critical values by township. No names of
 * people. Read from the sums of days and months, whatever the span.
 */
export async function readRegulatorFigures(db: Queryable, from: string, to: string) {
  const kinds = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;
  const volumes = kinds.map((kind) => `volume.${kind}`);
  const volume =
    await sql`select split_part(indicator, '.', 2) as center, coalesce(sum(denominator) filter (where indicator like 'volume.%'), 0)::int as orders, coalesce(sum(numerator) filter (where indicator like 'volume.%'), 0)::int as signed, coalesce(sum(denominator) filter (where indicator like 'members.%'), 0)::int as for_members
    from (${sumsOf(from, to, sql`indicator = any(${[...volumes, ...kinds.map((kind) => `members.${kind}`)]}::text[])`)}) s group by 1 order by 1`.execute(
      db,
    );
  const sites = sql`select indicator, institution_id, sum(denominator)::int as n from (${sumsOf(from, to, sql`indicator = any(${volumes}::text[])`)}) v group by 1, 2 having sum(denominator) > 0`;
  const matrix =
    await sql`with used as materialized (${sites}), site as (select i.id, case when i.kind = 'village' then i.parent_id else i.id end as town from institution i where i.kind in ('township', 'community', 'village') and i.active)
    select t.short_name as institution_name, t.kind, coalesce(sum(u.n), 0)::int as orders, ${sql.join(kinds.map((kind) => sql`coalesce(sum(u.n) filter (where u.indicator = ${`volume.${kind}`}), 0)::int as ${sql.ref(kind)}`))},
      count(distinct u.institution_id) filter (where u.institution_id <> t.id)::int as villages_active, (select count(*)::int from institution v where v.parent_id = t.id and v.kind = 'village') as villages
    from institution t left join site s on s.town = t.id left join used u on u.institution_id = s.id where t.kind in ('township', 'community') and t.active group by t.id order by t.kind desc, t.code`.execute(
      db,
    );
  const indicators =
    await sql`select indicator as code, sum(numerator)::int as numerator, sum(denominator)::int as denominator from (${sumsOf(from, to, sql`indicator not like '%.%'`)}) s group by 1`.execute(
      db,
    );
  const critical =
    await sql`select coalesce(sum(denominator), 0)::int as found, coalesce(sum(numerator), 0)::int as acknowledged from (${sumsOf(from, to, sql`indicator = 'critical-acknowledged'`)}) s`.execute(
      db,
    );
  const coverage =
    await sql`with used as materialized (${sites}) select (select count(*)::int from institution where kind = 'township' and active) as townships,
      (select count(distinct case when i.kind = 'village' then i.parent_id else i.id end)::int from used u join institution i on i.id = u.institution_id where i.kind in ('township', 'village')) as townships_active,
      (select count(*)::int from center where active) as centers_running, (select count(*)::int from institution where kind = 'village' and active) as villages,
      (select count(distinct u.institution_id)::int from used u join institution i on i.id = u.institution_id where i.kind = 'village' and u.indicator = 'volume.ecg') as villages_ecg`.execute(
      db,
    );
  return {
    volume: volume.rows,
    matrix: matrix.rows,
    indicators: indicators.rows,
    critical: critical.rows[0],
    coverage: coverage.rows[0],
  };
}
