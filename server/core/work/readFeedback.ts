import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

/**
 * Grades 甲乙丙 of a span by site and centre with their faults, most frequent first: of images as readers graded them,
 * of images, traces and specimens as sampling reviews did. `institutionIds` bounds it to sites.
 */
export async function readFeedback(
  db: Queryable,
  { from, to }: { from: string; to: string },
  institutionIds?: string[],
) {
  const since = sql`${`${from}T00:00:00+08:00`}::timestamptz`;
  const until = sql`${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day'`;
  const { rows } = await sql`
    with graded as (
      select o.performing_institution_id as site, o.center_kind, g.grade, g.faults from image_grade g join orders o on o.id = g.order_id where g.superseded_at is null and g.graded_at >= ${since} and g.graded_at < ${until}
      union all select o.performing_institution_id, o.center_kind, q.input_grade, q.input_faults from quality_review q join orders o on o.id = q.order_id where q.input_grade is not null and q.decided_at >= ${since} and q.decided_at < ${until}),
    fault as (select site, center_kind, json_agg(json_build_object('fault', name, 'count', n) order by n desc, name) as faults from (select site, center_kind, name, count(*)::int as n from graded, unnest(faults) name group by 1, 2, 3) f group by 1, 2)
    select i.short_name as institution_name, g.center_kind::text as center, count(*)::int as graded, count(*) filter (where g.grade = 'A')::int as a, count(*) filter (where g.grade = 'B')::int as b, count(*) filter (where g.grade = 'C')::int as c, (array_agg(f.faults))[1] as faults
    from graded g join institution i on i.id = g.site left join fault f on f.site = g.site and f.center_kind = g.center_kind
    where ${institutionIds ? sql`g.site = any(${institutionIds}::uuid[])` : sql`true`}
    group by i.id, g.center_kind, f.site, f.center_kind order by 3 desc, 1 limit 200`.execute(db);
  return rows;
}
