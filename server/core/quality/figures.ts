import { sql, type RawBuilder } from 'kysely';
import type { Queryable } from '../database.ts';

export interface FigureRow {
  code: string;
  numerator: number;
  denominator: number;
}

/** The whole months inside a span of local days: first day of the first, first day after the last; undefined when none. */
export function wholeMonths(from: string, to: string): { first: string; after: string } | undefined {
  const start = new Date(`${from}T00:00:00Z`);
  const end = new Date(`${to}T00:00:00Z`);
  const month = (year: number, index: number) =>
    new Date(Date.UTC(year, index, 1)).toISOString().slice(0, 10);
  const first = month(start.getUTCFullYear(), start.getUTCMonth() + (start.getUTCDate() === 1 ? 0 : 1));
  const next = new Date(end.getTime() + 86_400_000);
  const after = month(next.getUTCFullYear(), next.getUTCMonth());
  return first < after ? { first, after } : undefined;
}

/**
 * Sums of a span as rows (indicator, institution_id, numerator, denominator): whole months from the months, the ends
 * from the days.
 */
export function sumsOf(
  from: string,
  to: string,
  where: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> {
  const months = wholeMonths(from, to);
  const columns = sql`indicator, institution_id, numerator, denominator`;
  if (!months)
    return sql`select ${columns} from indicator_day where day between ${from}::date and ${to}::date and ${where}`;
  return sql`select ${columns} from indicator_month where month >= ${months.first}::date and month < ${months.after}::date and ${where}
    union all select ${columns} from indicator_day where (day >= ${from}::date and day < ${months.first}::date or day >= ${months.after}::date and day <= ${to}::date) and ${where}`;
}

/** The query behind `readFigures`, for whoever wants its plan. */
export const figuresQuery = (from: string, to: string, institutionId?: string): RawBuilder<FigureRow> =>
  sql<FigureRow>`select indicator as code, sum(numerator)::int as numerator, sum(denominator)::int as denominator
    from (${sumsOf(from, to, institutionId ? sql`institution_id = ${institutionId}` : undefined)}) s group by indicator`;

/** Sums per indicator over local days, of one site or all. */
export async function readFigures(
  db: Queryable,
  from: string,
  to: string,
  institutionId?: string,
): Promise<FigureRow[]> {
  return (await figuresQuery(from, to, institutionId).execute(db)).rows;
}

/** One indicator by site, with the 95 % and 99.8 % limits of a funnel plot around the county's share. */
export async function readSites(db: Queryable, code: string, from: string, to: string) {
  const { rows } = await sql<{
    institutionId: string;
    institutionName: string;
    numerator: number;
    denominator: number;
  }>`
    select d.institution_id, i.short_name as institution_name, sum(d.numerator)::int as numerator, sum(d.denominator)::int as denominator
    from (${sumsOf(from, to, sql`indicator = ${code}`)}) d join institution i on i.id = d.institution_id group by 1, 2 order by 4 desc limit 500`.execute(
    db,
  );
  const total = rows.reduce((sum, row) => ({ n: sum.n + row.numerator, d: sum.d + row.denominator }), {
    n: 0,
    d: 0,
  });
  const share = total.d > 0 ? total.n / total.d : null;
  return {
    share,
    items: rows.map((row) => ({
      ...row,
      ...wilson(row.numerator, row.denominator),
      limits: share === null ? null : funnel(share, row.denominator),
    })),
  };
}

/** Wilson score interval of a share, 95 %. */
export function wilson(
  numerator: number,
  denominator: number,
): { share: number | null; low: number | null; high: number | null } {
  if (denominator === 0) return { share: null, low: null, high: null };
  const z = 1.959964;
  const p = numerator / denominator;
  const base = 1 + (z * z) / denominator;
  const middle = (p + (z * z) / (2 * denominator)) / base;
  const half =
    (z / base) * Math.sqrt((p * (1 - p)) / denominator + (z * z) / (4 * denominator * denominator));
  return { share: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Limits of a funnel plot: the county's share ± 1.96 and 3.09 standard errors at this size. */
export function funnel(
  share: number,
  size: number,
): { low95: number; high95: number; low998: number; high998: number } {
  const error = size > 0 ? Math.sqrt((share * (1 - share)) / size) : 0;
  const at = (z: number) => Math.min(1, Math.max(0, share + z * error));
  return { low95: at(-1.96), high95: at(1.96), low998: at(-3.09), high998: at(3.09) };
}

/** Months of one indicator for a trend, the last one up to `to`. */
export async function readTrend(
  db: Queryable,
  code: string,
  months: number,
  to: string,
  institutionId?: string,
) {
  const start = sql`(date_trunc('month', ${to}::date) - make_interval(months => ${months - 1}))::date`;
  const site = institutionId ? sql`institution_id = ${institutionId}` : sql`true`;
  const { rows } = await sql<{
    month: string;
    numerator: number;
    denominator: number;
  }>`select to_char(month, 'YYYY-MM') as month, sum(numerator)::int as numerator, sum(denominator)::int as denominator from (
      select month, numerator, denominator from indicator_month where indicator = ${code} and month >= ${start} and month < date_trunc('month', ${to}::date) and ${site}
      union all select date_trunc('month', day)::date, numerator, denominator from indicator_day where indicator = ${code} and day between date_trunc('month', ${to}::date)::date and ${to}::date and ${site}) s
    group by 1 order by 1`.execute(db);
  return rows;
}
