import { sql, type RawBuilder } from 'kysely';
import type { Queryable } from '../database.ts';
import type { Indicator } from './indicator/indicator.ts';

export interface CaseQuery {
  /** Local days, both inclusive. */
  from: string;
  to: string;
  met?: boolean | undefined;
  institutionId?: string | undefined;
  /** Where the page before ended: the instant of its last case as PostgreSQL writes it, and how many of that instant were on it or before. */
  after?: { at: string; shown: number } | undefined;
  limit: number;
}

type CaseRow = Record<string, unknown> & { at: Date; instant: string };

/** The query behind `readCases`, for whoever wants its plan. */
export function casesQuery(indicator: Indicator, query: CaseQuery): RawBuilder<CaseRow> {
  const wanted =
    query.met === undefined
      ? sql`sum(d.denominator)`
      : query.met
        ? sql`sum(d.numerator)`
        : sql`sum(d.denominator - d.numerator)`;
  const site = query.institutionId;
  const { after } = query;
  const last = after ? sql`least(${query.to}::date, (${after.at}::timestamptz at time zone 'Asia/Shanghai')::date)` : sql`${query.to}::date`; // prettier-ignore
  // The day on which the page before ended may be used up: it is opened, but fills nothing.
  const fills = after ? sql`case when day = ${last} then 0 else cases end` : sql`cases`;
  const span = { from: sql`spanned.opens`, to: sql`spanned.closes` };
  return sql<CaseRow>`
    with held as materialized (select d.day, ${wanted} as cases from indicator_day d where d.indicator = ${indicator.code} and d.day between ${query.from}::date and ${last} and ${site ? sql`d.institution_id = ${site}` : sql`true`} group by d.day having ${wanted} > 0),
    counted as (select day, sum(${fills}) over (order by day desc) - ${fills} as newer from held),
    day as (select day from counted where newer <= ${query.limit + 20} union select (now() at time zone 'Asia/Shanghai')::date where (now() at time zone 'Asia/Shanghai')::date between ${query.from}::date and ${last}),
    span as materialized (select day, (day::timestamp at time zone 'Asia/Shanghai') as opens, ((day + 1)::timestamp at time zone 'Asia/Shanghai') as closes from day)
    select c.order_id, c.at, c.at::text as instant, c.met, o.accession_number, o.item_name, o.priority::text as priority, o.status::text as status, o.patient_name, i.short_name as institution_name
    from span spanned cross join lateral (select * from (${indicator.cases(span)}) k offset 0) c left join orders o on o.id = c.order_id join institution i on i.id = c.institution_id
    where ${query.met === undefined ? sql`true` : sql`c.met = ${query.met}`} and ${site ? sql`c.institution_id = ${site}` : sql`true`} and ${after ? sql`c.at <= ${after.at}::timestamptz` : sql`true`}
    order by c.at desc, c.order_id, c.institution_id, c.met limit ${query.limit + 1} offset ${after?.shown ?? 0}`;
}

/**
 * The cases behind a figure, newest first. The sums of days tell which days hold such cases at all, so a rare case is
 * found in five years without reading them; today is always looked at.
 */
export async function readCases(db: Queryable, indicator: Indicator, query: CaseQuery) {
  const { rows } = await casesQuery(indicator, query).execute(db);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1)?.instant;
  const shown = page.filter(({ instant }) => instant === last).length;
  const before = query.after && query.after.at === last ? query.after.shown : 0;
  return {
    items: page.map(({ instant: _, ...row }) => row),
    next: rows.length > query.limit && last !== undefined ? { at: last, shown: before + shown } : null,
  };
}
