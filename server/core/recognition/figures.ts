import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

export const RECOGNITION_GROUPS = ['site', 'clinician', 'item', 'month', 'source'] as const;
export type RecognitionGroup = (typeof RECOGNITION_GROUPS)[number];

/** Whose results were put before the clinician: the county's own, or another platform's. */
export const ORIGINS = ['county', 'elsewhere'] as const;
export type Origin = (typeof ORIGINS)[number];

const ofOrigin = (origin: Origin | undefined) =>
  origin === undefined
    ? sql`true`
    : origin === 'county'
      ? sql`p.platform_result_id is null`
      : sql`p.platform_result_id is not null`;

/** The prompts of a figure with the names of all that groups them. */
const PROMPTS = sql`recognition_prompt p join institution i on i.id = p.institution_id join catalogue_item c on c.code = p.item_code left join orders so on so.id = p.source_order_id left join institution src on src.id = so.performing_institution_id left join platform_result x on x.id = p.platform_result_id left join staff d on d.id = coalesce(p.decided_by, p.clinician_id)`;

const NAME: Record<RecognitionGroup, string> = {
  site: 'i.short_name',
  clinician: "coalesce(d.name, '—')",
  item: 'c.name',
  month: "to_char(p.prompted_at at time zone 'Asia/Shanghai', 'YYYY-MM')",
  source: "coalesce(src.short_name, x.content->>'platformName')",
};

const within = (from: string, to: string) =>
  sql`p.prompted_at >= ${`${from}T00:00:00+08:00`}::timestamptz and p.prompted_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day'`;

/**
 * Prompts, adoptions, repetitions, savings (frozen when adopted) by site, clinician, item, month or the site recognised;
 * `elsewhere` of the prompts were about results of other platforms.
 */
export async function readRecognition(
  db: Queryable,
  {
    from,
    to,
    group,
    origin,
  }: { from: string; to: string; group: RecognitionGroup; origin?: Origin | undefined },
) {
  const { rows } =
    await sql`select ${sql.raw(NAME[group])} as name, count(*)::int as prompts, count(p.platform_result_id)::int as elsewhere, count(*) filter (where p.decision = 'adopt')::int as adopted, count(*) filter (where p.decision = 'repeat')::int as repeated, count(*) filter (where p.decision is null)::int as undecided, count(*) filter (where p.decision is null and p.due_at < now())::int as overdue,
    case when count(*) > 0 then count(*) filter (where p.decision = 'adopt')::float / count(*) end as rate, coalesce(sum(p.saving), 0)::float as saving
    from ${PROMPTS} where ${within(from, to)} and ${ofOrigin(origin)} group by 1 order by ${group === 'month' ? sql`1` : sql`2 desc, 1`} limit 500`.execute(
      db,
    );
  const reasons = await sql<{
    reason: string;
    count: number;
  }>`select p.reason, count(*)::int as count from recognition_prompt p where p.reason is not null and ${within(from, to)} and ${ofOrigin(origin)} group by 1 order by 2 desc, 1`.execute(
    db,
  );
  return { items: rows, reasons: reasons.rows };
}

/**
 * Who orders past prompts: the same item asked for by the same clinician while its prompt stood undecided, or repeated
 * with the reason 其他 in more than a third of his decisions.
 */
export async function readPastPrompts(db: Queryable, from: string, to: string) {
  const { rows } =
    await sql`select d.name, i.short_name as institution_name, count(*)::int as prompts, count(*) filter (where p.decision = 'repeat')::int as repeated, count(*) filter (where p.reason = 'other')::int as other, count(*) filter (where p.decision is null and p.order_id is null)::int as left_open,
      count(*) filter (where p.decision is null and exists (select 1 from orders o join order_item n on n.order_id = o.id and n.code = p.item_code where o.patient_id = p.patient_id and o.created_at > p.prompted_at and o.created_at < p.prompted_at + interval '7 days' and o.status <> 'cancelled'))::int as ordered_anyway
    from recognition_prompt p join institution i on i.id = p.institution_id join staff d on d.id = coalesce(p.decided_by, p.clinician_id) where ${within(from, to)} group by d.id, d.name, i.short_name having count(*) filter (where p.decision is distinct from 'adopt') > 0 order by ordered_anyway desc, repeated desc limit 200`.execute(
      db,
    );
  return rows;
}

/** The prompts behind a figure, newest first. */
export async function readPrompts(
  db: Queryable,
  query: {
    from: string;
    to: string;
    group: RecognitionGroup;
    origin?: Origin | undefined;
    name?: string | undefined;
    decision?: string | undefined;
    reason?: string | undefined;
    limit: number;
  },
) {
  const decision =
    query.decision === 'none'
      ? sql`p.decision is null`
      : query.decision
        ? sql`p.decision = ${query.decision}`
        : sql`true`;
  const { rows } =
    await sql`select p.id, p.prompted_at, p.decided_at, p.decision, p.reason, p.note, p.saving::float as saving, p.emergency, p.patient_informed, c.name as item_name, i.short_name as institution_name, d.name as clinician, coalesce(src.short_name, x.content->>'institutionName') as source_name, coalesce(so.accession_number, x.content->>'reportNumber') as source_accession_number, x.content->>'platformName' as platform_name, p.source_order_id, p.order_id, pt.name as patient_name
    from ${PROMPTS} join patient pt on pt.id = p.patient_id
    where ${within(query.from, query.to)} and ${ofOrigin(query.origin)} and ${query.name === undefined ? sql`true` : sql`${sql.raw(NAME[query.group])} = ${query.name}`} and ${decision} and ${query.reason ? sql`p.reason = ${query.reason}` : sql`true`} order by p.prompted_at desc limit ${query.limit}`.execute(
      db,
    );
  return rows;
}
