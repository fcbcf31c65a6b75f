import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

export interface SummaryRow {
  institutionId: string;
  institutionName: string;
  ruleCode: string;
  disease: string;
  diseaseEn: string;
  cards: number;
  inTime: number;
  late: number;
  /** Still drafts after their due time. */
  overdue: number;
  open: number;
  dismissed: number;
  withdrawn: number;
}

/** Cards found in a span of days by site and disease. Late = reported after the due time; overdue = not reported yet. */
export async function readSummary(
  db: Queryable,
  span: { from: string; to: string },
  now: Date,
): Promise<SummaryRow[]> {
  const { rows } = await sql<SummaryRow>`
    select c.institution_id, i.short_name as institution_name, c.rule_code, r.disease, r.disease_en, count(*)::int as cards,
      count(*) filter (where c.state = 'reported' and c.answered_at <= c.due_at)::int as in_time,
      count(*) filter (where c.state = 'reported' and c.answered_at > c.due_at)::int as late,
      count(*) filter (where c.state = 'draft' and c.due_at < ${now})::int as overdue,
      count(*) filter (where c.state = 'draft' and c.due_at >= ${now})::int as open,
      count(*) filter (where c.state = 'dismissed')::int as dismissed, count(*) filter (where c.state = 'withdrawn')::int as withdrawn
    from notifiable_card c join notifiable_rule r on r.code = c.rule_code join institution i on i.id = c.institution_id
    where c.found_at >= (${span.from}::date::timestamp at time zone 'Asia/Shanghai') and c.found_at < ((${span.to}::date + 1)::timestamp at time zone 'Asia/Shanghai')
    group by 1, 2, 3, 4, 5 order by overdue desc, late desc, cards desc, 2 limit 1000`.execute(db);
  return rows;
}
