import { sql, type RawBuilder } from 'kysely';
import { can, type Actor } from '../core/access/actor.ts';
import type { Queryable } from '../core/database.ts';
import { forbidden } from '../core/errors.ts';

/**
 * The pathology indicators of 2024 (national by name; the formulae here are those of DOMAIN). Each is a list of the
 * cases of a month, by the day of the final report, with whether the case meets it; the rate is counted from the list.
 */
export interface IndicatorRule {
  code: string;
  better: 'up' | 'down';
  /** per cent; null where no target is set nationally */
  target: number | null;
  mark: 'N' | 'L' | 'P';
  /** rows order_id, met, note (facts that the page puts into words) for cases of `month` at `center` */
  cases(month: string, center: RawBuilder<unknown>): RawBuilder<unknown>;
}

const inMonth = (column: RawBuilder<unknown>, month: string) =>
  sql`${column} >= ${`${month}-01T00:00:00+08:00`}::timestamptz and ${column} < ${`${month}-01T00:00:00+08:00`}::timestamptz + interval '1 month'`;

/** On time by the reading clock of the case's own policy; equal to the target is on time. */
const onTime =
  (kind: 'small-biopsy' | 'histology' | 'cytology'): IndicatorRule['cases'] =>
  (month, center) => sql`
  select o.id as order_id, bool_and(k.state = 'met') as met, jsonb_build_object('minutes', max(round(k.elapsed_minutes))) as note
  from orders o join order_clock k on k.order_id = o.id and k.kind = 'service' and k.state in ('met', 'breached')
  where o.center_kind = 'pathology' and o.item_class = ${kind} and o.reporting_institution_id in (${center})
    and ${inMonth(sql`o.final_at`, month)} group by o.id`;

export const indicatorRules: readonly IndicatorRule[] = [
  {
    code: 'frozen-on-time',
    better: 'up',
    target: null,
    mark: 'N',
    cases: (month, center) => sql`
      select o.id as order_id, extract(epoch from least(f.phoned_at, o.final_at) - f.arrived_at) / 60 <= f.rule_minutes as met,
        jsonb_build_object('minutes', round((extract(epoch from least(f.phoned_at, o.final_at) - f.arrived_at) / 60)::numeric, 1), 'of', f.rule_minutes) as note
      from pathology_frozen f join orders o on o.id = f.order_id
      where f.arrived_at is not null and coalesce(f.phoned_at, o.final_at) is not null
        and o.reporting_institution_id in (${center}) and ${inMonth(sql`f.arrived_at`, month)}`,
  },
  { code: 'small-biopsy-on-time', better: 'up', target: null, mark: 'N', cases: onTime('small-biopsy') },
  { code: 'histology-on-time', better: 'up', target: null, mark: 'N', cases: onTime('histology') },
  { code: 'cytology-on-time', better: 'up', target: null, mark: 'N', cases: onTime('cytology') },
  {
    code: 'standard-fixation',
    better: 'up',
    target: null,
    mark: 'N',
    cases: (month, center) => sql`
      select o.id as order_id, bool_and(s.fixation_started_at is not null and s.cold_ischaemia_minutes is not null and s.cold_ischaemia_minutes <= 60) as met,
        jsonb_build_object('specimens', jsonb_agg(jsonb_build_object('letter', s.letter, 'ischaemia', s.cold_ischaemia_minutes, 'fixed', s.fixation_started_at is not null) order by s.letter)) as note
      from pathology_specimen s join orders o on o.id = s.order_id join pathology_case c on c.order_id = o.id and c.kind = 'histology'
      where o.reporting_institution_id in (${center}) and o.received_at is not null and ${inMonth(sql`o.received_at`, month)} group by o.id`,
  },
  {
    code: 'frozen-paraffin-agreement',
    better: 'up',
    target: null,
    mark: 'N',
    cases: (month, center) => sql`
      select o.id as order_id, f.agreement in ('agree', 'minor') as met, jsonb_build_object('agreement', f.agreement, 'text', f.agreement_note) as note
      from pathology_frozen f join orders o on o.id = f.order_id
      where f.agreement is not null and f.agreement <> 'deferred' and o.reporting_institution_id in (${center}) and ${inMonth(sql`f.compared_at`, month)}`,
  },
  {
    code: 'cytology-recheck',
    better: 'up',
    target: 5,
    mark: 'N',
    cases: (month, center) => sql`
      select o.id as order_id, r.read_at is not null as met, jsonb_build_object('differs', r.agrees is false, 'text', r.note) as note
      from orders o join pathology_case c on c.order_id = o.id and c.kind = 'cytology' left join pathology_recheck r on r.order_id = o.id
      where o.positive is false and o.reporting_institution_id in (${center}) and ${inMonth(sql`o.final_at`, month)}`,
  },
];

/** SQL list of the institutions whose figures the actor may see. */
function centersOf(actor: Actor): RawBuilder<unknown> {
  if (can(actor, 'quality.read', {}) && actor.roles.some(({ role }) => role === 'quality')) {
    return sql`select institution_id from center where kind = 'pathology'`;
  }
  const held = actor.roles.filter(({ institutionId }) =>
    can(actor, 'report.verify', { institutionId, centerKind: 'pathology' }),
  );
  if (held.length === 0) throw forbidden('this needs the right quality.read');
  return sql.join(held.map(({ institutionId }) => sql`${institutionId}::uuid`));
}

export interface Indicator {
  code: string;
  numerator: number;
  denominator: number;
  /** per cent; null when there is no case */
  value: number | null;
  target: number | null;
  better: 'up' | 'down';
  mark: string;
}

/** Every indicator of a month, counted from its cases. */
export async function readIndicators(
  db: Queryable,
  actor: Actor,
  month: string,
): Promise<{ month: string; items: Indicator[] }> {
  const items: Indicator[] = [];
  for (const { code, better, target, mark, cases } of indicatorRules) {
    const { rows } = await sql<{ numerator: number; denominator: number }>`
      select count(*) filter (where met) as numerator, count(*) as denominator from (${cases(month, centersOf(actor))}) c`.execute(
      db,
    );
    const { numerator = 0, denominator = 0 } = rows[0] ?? {};
    items.push({
      code,
      numerator,
      denominator,
      value: denominator === 0 ? null : (100 * numerator) / denominator,
      target,
      better,
      mark,
    });
  }
  return { month, items };
}

/** The cases behind an indicator, those that miss it first. */
export async function listIndicatorCases(db: Queryable, actor: Actor, code: string, month: string) {
  const rule = indicatorRules.find((each) => each.code === code);
  if (!rule) return { items: [] };
  const { rows } = await sql`
    select c.order_id, o.accession_number, p.pathology_number, c.met, c.note
    from (${rule.cases(month, centersOf(actor))}) c join orders o on o.id = c.order_id join pathology_case p on p.order_id = c.order_id
    order by c.met, o.accession_number limit 1000`.execute(db);
  return { items: rows };
}
