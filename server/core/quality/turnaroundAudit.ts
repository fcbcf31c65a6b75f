import { sql } from 'kysely';
import type { CenterKind } from '../../../db/types.ts';
import type { Queryable } from '../database.ts';
import type { Span } from './indicator/indicator.ts';

/** Segments between events of an order, in the order in which they happen. */
export const SEGMENTS: [name: string, from: string[], to: string[]][] = [
  ['ordered-examined', ['requested'], ['examined', 'collected']],
  ['examined-uploaded', ['examined', 'collected'], ['acquired', 'delivered']],
  ['uploaded-accepted', ['acquired', 'delivered'], ['received']],
  ['accepted-claimed', ['received'], ['claimed']],
  ['claimed-preliminary', ['claimed'], ['preliminary']],
  ['preliminary-signed', ['preliminary'], ['final']],
  ['accepted-signed', ['received'], ['final']],
  // 检验前、中、后 in one: the national total turnaround of the laboratory
  ['examined-signed', ['examined', 'collected'], ['final']],
  ['signed-read', ['final'], ['acknowledged']],
];

/** Median and P90 in minutes per segment (and site), of orders signed in the span. */
export async function readSegments(db: Queryable, span: Span, center: CenterKind, bySite: boolean) {
  // One row per order with the first event of each kind, then its segments: the events are read once.
  const first = (kinds: string[]) => sql`min(e.at) filter (where e.kind = any(${kinds}::text[]))`;
  const kinds = [...new Set(SEGMENTS.flatMap(([, from, to]) => [...from, ...to]))];
  const { rows } = await sql`
    with chosen as materialized (select id, requesting_institution_id as site from orders where center_kind = ${center}::center_kind and final_at >= ${span.from} and final_at < ${span.to} order by final_at desc limit 50000),
    marked as materialized (select c.id, c.site, ${sql.join(SEGMENTS.map(([, from, to], n) => sql`${first(from)} as ${sql.id(`a${n}`)}, ${first(to)} as ${sql.id(`b${n}`)}`))}
      from chosen c join order_event e on e.order_id = c.id and e.kind = any(${kinds}::text[]) group by c.id, c.site)
    select s.name as segment, ${bySite ? sql`i.short_name` : sql`null`} as institution_name, count(*)::int as cases,
      percentile_cont(0.5) within group (order by extract(epoch from s.b - s.a) / 60) as median_minutes, percentile_cont(0.9) within group (order by extract(epoch from s.b - s.a) / 60) as p90_minutes
    from marked m cross join lateral (values ${sql.join(SEGMENTS.map(([name], n) => sql`(${n}::int, ${name}::text, m.${sql.id(`a${n}`)}, m.${sql.id(`b${n}`)})`))}) s(n, name, a, b)
    join institution i on i.id = m.site where s.b >= s.a group by s.n, s.name ${bySite ? sql`, i.short_name` : sql``} order by s.n, 2`.execute(
    db,
  );
  return rows;
}

/** Breaches with what paused them and who signed, newest first: promises that were broken, and those that run past their time. */
export async function readBreaches(db: Queryable, span: Span, center: CenterKind | undefined, limit: number) {
  // Each kind by its own index, in order and no further than needed.
  const newest = (which: ReturnType<typeof sql>) =>
    sql`(select c.* from order_clock c join orders o on o.id = c.order_id where ${which} and c.started_at < ${span.to} and coalesce(c.stopped_at, now()) >= ${span.from} and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`} order by c.started_at desc limit ${limit})`;
  const { rows } =
    await sql`select c.order_id, o.accession_number, o.patient_name, o.item_name, o.priority::text as priority, i.short_name as institution_name, p.name as policy, p.mark, p.target_minutes, c.elapsed_minutes, c.paused_minutes, c.started_at, c.stopped_at, c.due_at, c.state,
      (select string_agg(distinct e.reason, '、') from order_event e where e.order_id = o.id and e.kind in ('returned', 'paused')) as pause_reasons, (select s.name from signed_report r join staff s on s.id = r.signer_id where r.order_id = o.id order by r.number desc limit 1) as signer
    from (${newest(sql`c.state = 'breached'`)} union all ${newest(sql`c.state = 'running' and c.due_at < now()`)}) c join turnaround_policy p on p.id = c.policy_id join orders o on o.id = c.order_id join institution i on i.id = o.requesting_institution_id
    order by c.started_at desc limit ${limit}`.execute(db);
  return rows;
}

/** Running clocks of a centre that will breach within the hour. */
export async function readForecast(db: Queryable, now: Date, center: CenterKind | undefined) {
  const { rows } =
    await sql`select c.order_id, o.accession_number, o.center_kind::text as center, o.item_name, o.priority::text as priority, i.short_name as institution_name, p.name as policy, c.due_at, s.name as claimed_by
    from order_clock c join orders o on o.id = c.order_id join turnaround_policy p on p.id = c.policy_id join institution i on i.id = o.requesting_institution_id left join staff s on s.id = o.claimed_by
    where c.state = 'running' and c.breached_at is null and c.due_at between ${now} and ${new Date(now.getTime() + 3_600_000)} and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`} order by c.due_at limit 200`.execute(
      db,
    );
  return rows;
}

/** Share on time by weekday and hour of acceptance. */
export async function readHeat(db: Queryable, span: Span, center: CenterKind) {
  const { rows } =
    await sql`select extract(isodow from c.started_at at time zone 'Asia/Shanghai')::int as weekday, extract(hour from c.started_at at time zone 'Asia/Shanghai')::int as hour, count(*)::int as cases, count(*) filter (where c.state = 'met')::int as met
    from order_clock c join orders o on o.id = c.order_id where c.kind = 'service' and c.state in ('met', 'breached') and c.stopped_at >= ${span.from} and c.stopped_at < ${span.to} and o.center_kind = ${center}::center_kind group by 1, 2 order by 1, 2`.execute(
      db,
    );
  return rows;
}

/** What a policy with another target would have said about the past: cases on time by the elapsed minutes on record, also at steps up to three times the target. */
export async function readWhatIf(db: Queryable, span: Span, policyCode: string, targetMinutes: number) {
  const past = sql`from order_clock c join turnaround_policy p on p.id = c.policy_id where p.code = ${policyCode} and c.state in ('met', 'breached') and c.stopped_at >= ${span.from} and c.stopped_at < ${span.to}`;
  const { rows } = await sql<{
    cases: number;
    now: number;
    then: number;
  }>`select count(*)::int as cases, count(*) filter (where c.state = 'met')::int as now, count(*) filter (where c.elapsed_minutes <= ${targetMinutes})::int as then ${past}`.execute(
    db,
  );
  const curve = await sql<{
    minutes: number;
    met: number;
  }>`with past as materialized (select c.elapsed_minutes ${past})
    select round(${targetMinutes}::numeric * n / 10, 1)::float as minutes, (select count(*)::int from past where elapsed_minutes <= ${targetMinutes}::numeric * n / 10) as met from generate_series(1, 30) n order by n`.execute(
    db,
  );
  return { ...(rows[0] ?? { cases: 0, now: 0, then: 0 }), curve: curve.rows };
}

/** Promises and indicators of a centre that ended clocks exist for, the current version of each. */
export async function readWhatIfPolicies(db: Queryable, center: CenterKind) {
  const { rows } =
    await sql`select distinct on (code) code, name, target_minutes, mark from turnaround_policy where center_kind = ${center}::center_kind and valid_to is null order by code, version desc`.execute(
      db,
    );
  return rows;
}
