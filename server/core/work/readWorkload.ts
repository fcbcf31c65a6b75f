import { sql } from 'kysely';
import type { CenterKind } from '../../../db/types.ts';
import type { Queryable } from '../database.ts';
import { weightOf, WEIGHTS } from './weights.ts';

/**
 * Work per reader and shift: reports written and signed, weighted, with the median minutes from claim to signature. A
 * signature belongs to the shift during which it was made, or to none; hours of shifts that overlap count once.
 */
export async function readWorkload(db: Queryable, from: string, to: string, center: CenterKind | undefined) {
  const within = sql`s.signed_at >= ${`${from}T00:00:00+08:00`}::timestamptz and s.signed_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day'`;
  const { rows } = await sql`with ${WEIGHTS},
    done as (select s.id, s.reporter_id, s.signer_id, s.signed_at, o.center_kind, o.priority, ${weightOf('o')} as weight, extract(epoch from s.signed_at - o.claimed_at) / 60 as minutes
      from signed_report s join orders o on o.id = s.order_id where s.kind = 'final' and ${within} and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`}),
    share as (select reporter_id as staff_id, * from done where reporter_id is not null union all select signer_id, * from done where signer_id is distinct from reporter_id)
    select p.id as staff_id, p.name, p.title, count(*) filter (where d.reporter_id = p.id)::int as written, count(*) filter (where d.signer_id = p.id)::int as signed, round(sum(d.weight)::numeric, 1)::float as weighted,
      count(*) filter (where d.priority = 'emergency')::int as emergencies, percentile_cont(0.5) within group (order by d.minutes) as median_minutes,
      count(*) filter (where r.id is not null)::int as on_shift, coalesce((select sum(extract(epoch from upper(span) - lower(span))) / 3600 from unnest((select range_agg(tstzrange(h.starts_at, h.ends_at) * tstzrange(${`${from}T00:00:00+08:00`}::timestamptz, ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day')) from roster_shift h where h.staff_id = p.id and h.duty in ('reporter', 'verifier') and h.ends_at > ${`${from}T00:00:00+08:00`}::timestamptz and h.starts_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day')) span), 0)::float as shift_hours
    from share d join staff p on p.id = d.staff_id left join lateral (select id from roster_shift r where r.staff_id = p.id and r.duty in ('reporter', 'verifier') and r.starts_at <= d.signed_at and r.ends_at > d.signed_at limit 1) r on true
    group by p.id order by weighted desc limit 300`.execute(db);
  const shifts =
    await sql`select r.id, p.name, r.center_kind::text as center, r.duty, r.starts_at, r.ends_at, count(s.id)::int as signed from roster_shift r join staff p on p.id = r.staff_id
    left join signed_report s on (s.signer_id = r.staff_id or s.reporter_id = r.staff_id) and s.kind = 'final' and s.signed_at >= r.starts_at and s.signed_at < r.ends_at
    where r.duty in ('reporter', 'verifier') and r.ends_at > ${`${from}T00:00:00+08:00`}::timestamptz and r.starts_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day' and ${center ? sql`r.center_kind = ${center}::center_kind` : sql`true`} group by r.id, p.name order by r.starts_at desc limit 300`.execute(
      db,
    );
  return { readers: rows, shifts: shifts.rows };
}
