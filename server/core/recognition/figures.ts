import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

export const RECOGNITION_GROUPS = ['site', 'clinician', 'item', 'month', 'source'] as const;
export type RecognitionGroup = (typeof RECOGNITION_GROUPS)[number];

const NAME: Record<RecognitionGroup, string> = {
  site: 'i.short_name',
  clinician: "coalesce(d.name, '—')",
  item: 'c.name',
  month: "to_char(p.prompted_at at time zone 'Asia/Shanghai', 'YYYY-MM')",
  source: 'src.short_name',
};

const within = (from: string, to: string) =>
  sql`p.prompted_at >= ${`${from}T00:00:00+08:00`}::timestamptz and p.prompted_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day'`;

/** Prompts, adoptions, repetitions, savings (frozen when adopted) by site, clinician, item, month or the site recognised. */
export async function readRecognition(db: Queryable, from: string, to: string, group: RecognitionGroup) {
  const { rows } =
    await sql`select ${sql.raw(NAME[group])} as name, count(*)::int as prompts, count(*) filter (where p.decision = 'adopt')::int as adopted, count(*) filter (where p.decision = 'repeat')::int as repeated, count(*) filter (where p.decision is null)::int as undecided, count(*) filter (where p.decision is null and p.due_at < now())::int as overdue,
    case when count(*) > 0 then count(*) filter (where p.decision = 'adopt')::float / count(*) end as rate, coalesce(sum(p.saving), 0)::float as saving
    from recognition_prompt p join institution i on i.id = p.institution_id join catalogue_item c on c.code = p.item_code join orders so on so.id = p.source_order_id join institution src on src.id = so.performing_institution_id left join staff d on d.id = coalesce(p.decided_by, p.clinician_id)
    where ${within(from, to)} group by 1 order by ${group === 'month' ? sql`1` : sql`2 desc, 1`} limit 500`.execute(
      db,
    );
  const reasons = await sql<{
    reason: string;
    count: number;
  }>`select p.reason, count(*)::int as count from recognition_prompt p where p.reason is not null and ${within(from, to)} group by 1 order by 2 desc, 1`.execute(
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
    await sql`select p.id, p.prompted_at, p.decided_at, p.decision, p.reason, p.note, p.saving::float as saving, p.emergency, p.patient_informed, c.name as item_name, i.short_name as institution_name, d.name as clinician, src.short_name as source_name, so.accession_number as source_accession_number, p.source_order_id, p.order_id, pt.name as patient_name
    from recognition_prompt p join institution i on i.id = p.institution_id join catalogue_item c on c.code = p.item_code join orders so on so.id = p.source_order_id join institution src on src.id = so.performing_institution_id join patient pt on pt.id = p.patient_id left join staff d on d.id = coalesce(p.decided_by, p.clinician_id)
    where ${within(query.from, query.to)} and ${query.name === undefined ? sql`true` : sql`${sql.raw(NAME[query.group])} = ${query.name}`} and ${decision} and ${query.reason ? sql`p.reason = ${query.reason}` : sql`true`} order by p.prompted_at desc limit ${query.limit}`.execute(
      db,
    );
  return rows;
}
