import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import type { Indicator } from './indicator/indicator.ts';
import { indicatorsOf } from './indicators.ts';
import { markChangedDays } from './markChangedDays.ts';

const DAY_MS = 86_400_000;
const LOCK = 727_004;
/** Days computed anew per run, so that a run stays short; the rest waits for the next one. */
const DAYS_PER_RUN = 62;

/** A local day in Asia/Shanghai as a span of instants. */
export const spanOfDay = (day: string): { from: Date; to: Date } => {
  const from = new Date(`${day}T00:00:00+08:00`);
  return { from, to: new Date(from.getTime() + DAY_MS) };
};

/** Computes the sums of one day anew from the events. The same record gives the same figures, whenever it is run. */
export async function refreshDay(
  db: Queryable,
  indicators: readonly Indicator[],
  day: string,
): Promise<void> {
  const span = spanOfDay(day);
  await sql`delete from indicator_day where day = ${day}::date`.execute(db);
  await sql`insert into indicator_day (indicator, institution_id, day, numerator, denominator) ${sql.join(
    indicators.map(
      (indicator) =>
        sql`(select ${indicator.code}::text, c.institution_id, ${day}::date, count(*) filter (where c.met)::int, count(*)::int from (${indicator.cases(span)}) c group by c.institution_id)`,
    ),
    sql` union all `,
  )}`.execute(db);
}

/** Adds the days of these months up anew; long spans are read from months, their ends from days. */
export async function sumMonths(db: Queryable, days: Iterable<string>): Promise<void> {
  const months = [...new Set([...days].map((day) => `${day.slice(0, 7)}-01`))];
  if (months.length === 0) return;
  await sql`delete from indicator_month where month = any(${months}::date[])`.execute(db);
  await sql`insert into indicator_month (indicator, institution_id, month, numerator, denominator)
    select d.indicator, d.institution_id, m.month, sum(d.numerator)::int, sum(d.denominator)::int from unnest(${months}::date[]) m(month) join indicator_day d on d.day >= m.month and d.day < m.month + interval '1 month' group by 1, 2, 3`.execute(
    db,
  );
}

/**
 * Computes anew the days that changes of orders marked since the last run; nothing else is touched. One worker at a
 * time. Returns the days.
 */
export async function refreshIndicators(ctx: Pick<Context, 'db' | 'clock' | 'centers'>): Promise<string[]> {
  const indicators = indicatorsOf(ctx.centers);
  return ctx.db.transaction().execute(async (trx) => {
    const lock = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as taken`.execute(
      trx,
    );
    if (!lock.rows[0]?.taken) return [];
    await sql`set local jit = off`.execute(trx);
    await rememberDefinitions(trx, indicators);
    await markChangedDays(trx, indicators, ctx.clock.now());
    const dirty = await sql<{
      day: string;
    }>`delete from indicator_dirty_day where day in (select day from indicator_dirty_day order by day desc limit ${DAYS_PER_RUN}) returning day::text as day`.execute(
      trx,
    );
    const days = dirty.rows.map((row) => row.day);
    for (const day of days) await refreshDay(trx, indicators, day);
    await sumMonths(trx, days);
    return days;
  });
}

/** Stores a definition when it is first used; a raised version recomputes every day that has figures. */
async function rememberDefinitions(db: Queryable, indicators: readonly Indicator[]): Promise<void> {
  const rows = indicators.map(({ code, version, name, formula, better, target, mark }) => ({
    code,
    version,
    name,
    formula,
    better,
    target,
    mark,
  }));
  const known = await db.selectFrom('indicatorDefinition').select(['code', 'version']).execute();
  const fresh = rows.filter(
    (row) => !known.some((old) => old.code === row.code && old.version === row.version),
  );
  if (fresh.length === 0) return;
  await db.insertInto('indicatorDefinition').values(fresh).execute();
  await sql`insert into indicator_dirty_day (day) select distinct day from indicator_day on conflict do nothing`.execute(
    db,
  );
}

/** Marks the days of a span for recomputation (after an import, a correction of the past, a new definition). */
export async function markDays(db: Queryable, from: string, to: string): Promise<void> {
  await sql`insert into indicator_dirty_day (day) select d::date from generate_series(${from}::date, ${to}::date, interval '1 day') d on conflict do nothing`.execute(
    db,
  );
}
