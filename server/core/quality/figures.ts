import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import { INDICATORS, type Indicator } from './indicators.ts';
import { spanOfDay } from './refreshIndicators.ts';

export interface FigureRow {
  code: string;
  numerator: number;
  denominator: number;
}

/** Sums per indicator over local days, of one site or all. */
export async function readFigures(
  db: Queryable,
  from: string,
  to: string,
  institutionId?: string,
): Promise<FigureRow[]> {
  const { rows } =
    await sql<FigureRow>`select indicator as code, sum(numerator)::int as numerator, sum(denominator)::int as denominator from indicator_day
    where day between ${from}::date and ${to}::date and ${institutionId ? sql`institution_id = ${institutionId}` : sql`true`} group by indicator`.execute(
      db,
    );
  return rows;
}

/** One indicator by site, with the 95 % and 99.8 % limits of a funnel plot around the county's share. */
export async function readSites(db: Queryable, code: string, from: string, to: string) {
  const { rows } = await sql<{
    institutionId: string;
    institutionName: string;
    numerator: number;
    denominator: number;
  }>`
    select d.institution_id, i.short_name as institution_name, sum(d.numerator)::int as numerator, sum(d.denominator)::int as denominator from indicator_day d join institution i on i.id = d.institution_id
    where d.indicator = ${code} and d.day between ${from}::date and ${to}::date group by 1, 2 order by 4 desc limit 500`.execute(
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

/** Months of one indicator for a trend. */
export async function readTrend(db: Queryable, code: string, months: number, to: string) {
  const { rows } = await sql<{
    month: string;
    numerator: number;
    denominator: number;
  }>`select to_char(day, 'YYYY-MM') as month, sum(numerator)::int as numerator, sum(denominator)::int as denominator from indicator_day
    where indicator = ${code} and day > (date_trunc('month', ${to}::date) - make_interval(months => ${months - 1}))::date - 1 and day <= ${to}::date group by 1 order by 1`.execute(
    db,
  );
  return rows;
}

/** The cases behind a figure, newest first. */
export async function readCases(
  db: Queryable,
  indicator: Indicator,
  query: {
    from: string;
    to: string;
    met?: boolean | undefined;
    institutionId?: string | undefined;
    limit: number;
  },
) {
  const span = { from: spanOfDay(query.from).from, to: spanOfDay(query.to).to };
  const { rows } =
    await sql`select c.order_id, c.at, c.met, o.accession_number, o.item_name, o.priority::text as priority, o.status::text as status, o.patient_name, i.short_name as institution_name
    from (${indicator.cases(span)}) c join orders o on o.id = c.order_id join institution i on i.id = c.institution_id
    where ${query.met === undefined ? sql`true` : sql`c.met = ${query.met}`} and ${query.institutionId ? sql`c.institution_id = ${query.institutionId}` : sql`true`} order by c.at desc limit ${query.limit}`.execute(
      db,
    );
  return rows;
}

export const describeIndicators = () => INDICATORS.map(({ cases: _, ...facts }) => facts);
