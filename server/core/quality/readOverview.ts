import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import { sumsOf, wilson, type FigureRow } from './figures.ts';
import type { Indicator } from './indicator/indicator.ts';
import { changeOf, judge } from './judge.ts';

const MONTHS = 12;
const SITES_NAMED = 3;
const DAY_MS = 86_400_000;

/** The span of the same length that ended the day before this one began. */
export function spanBefore(from: string, to: string): { from: string; to: string } {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const start = Date.parse(`${from}T00:00:00Z`);
  const length = Date.parse(`${to}T00:00:00Z`) - start;
  return { from: day(start - DAY_MS - length), to: day(start - DAY_MS) };
}

type Row = FigureRow & { institutionId: string; name: string };

/**
 * Every listed indicator as a quality officer asks for it: verdict against its target with the 95 % interval, change
 * against the span before, twelve months, and the sites that hold most of the cases that went wrong. From sums only.
 */
export async function readOverview(
  db: Queryable,
  indicators: readonly Indicator[],
  from: string,
  to: string,
) {
  const listed = indicators.filter((indicator) => !indicator.hidden);
  const codes = listed.map((indicator) => indicator.code);
  const wanted = sql`indicator = any(${codes}::text[])`;
  const past = spanBefore(from, to);
  const bySite =
    await sql<Row>`select s.indicator as code, s.institution_id, i.short_name as name, sum(s.numerator)::int as numerator, sum(s.denominator)::int as denominator
    from (${sumsOf(from, to, wanted)}) s join institution i on i.id = s.institution_id group by 1, 2, 3`.execute(
      db,
    );
  const before =
    await sql<FigureRow>`select indicator as code, sum(numerator)::int as numerator, sum(denominator)::int as denominator from (${sumsOf(past.from, past.to, wanted)}) s group by 1`.execute(
      db,
    );
  const months = await sql<FigureRow & { month: string }>`
    select indicator as code, to_char(month, 'YYYY-MM') as month, sum(numerator)::int as numerator, sum(denominator)::int as denominator from indicator_month
    where ${wanted} and month > date_trunc('month', ${to}::date) - make_interval(months => ${MONTHS}) and month <= ${to}::date group by 1, 2 order by 2`.execute(
    db,
  );
  return listed.map(({ cases: _, changed: __, hidden: ___, ...facts }) => {
    const own = bySite.rows.filter((row) => row.code === facts.code);
    const now = sum(own);
    const then = before.rows.find((row) => row.code === facts.code) ?? { numerator: 0, denominator: 0 };
    const wrong = (row: { numerator: number; denominator: number }) =>
      facts.better === 'up' ? row.denominator - row.numerator : row.numerator;
    return {
      ...facts,
      ...now,
      ...wilson(now.numerator, now.denominator),
      verdict: judge(now, facts),
      wrong: wrong(now),
      before: then.denominator > 0 ? then.numerator / then.denominator : null,
      change: changeOf(now, then, facts.better),
      months: months.rows
        .filter((row) => row.code === facts.code)
        .map(({ month, numerator, denominator }) => ({ month, numerator, denominator })),
      sites: own
        .filter((row) => wrong(row) > 0)
        .sort((a, b) => wrong(b) - wrong(a) || (a.name < b.name ? -1 : 1))
        .slice(0, SITES_NAMED)
        .map((row) => ({ institutionId: row.institutionId, name: row.name, wrong: wrong(row), cases: row.denominator })),
    };
  }); // prettier-ignore
}

function sum(rows: readonly { numerator: number; denominator: number }[]) {
  return {
    numerator: rows.reduce((n, row) => n + row.numerator, 0),
    denominator: rows.reduce((n, row) => n + row.denominator, 0),
  };
}
