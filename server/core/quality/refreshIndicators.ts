import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { localDate } from '../turnaround/calendar.ts';
import { INDICATORS, type Span } from './indicators.ts';

const DAY_MS = 86_400_000;
const LOCK = 727_004;

/** A local day in Asia/Shanghai as a span of instants. */
export const spanOfDay = (day: string): Span => {
  const from = new Date(`${day}T00:00:00+08:00`);
  return { from, to: new Date(from.getTime() + DAY_MS) };
};

/** Computes the sums of one day anew from the events. The same record gives the same figures, whenever it is run. */
export async function refreshDay(db: Queryable, day: string): Promise<void> {
  const span = spanOfDay(day);
  await sql`delete from indicator_day where day = ${day}::date`.execute(db);
  for (const indicator of INDICATORS)
    await sql`insert into indicator_day (indicator, institution_id, day, numerator, denominator)
      select ${indicator.code}, c.institution_id, ${day}::date, count(*) filter (where c.met)::int, count(*)::int from (${indicator.cases(span)}) c group by c.institution_id`.execute(
      db,
    );
}

/** Refreshes today, yesterday and every day a late change marked. One worker at a time. */
export async function refreshIndicators(ctx: Pick<Context, 'db' | 'clock'>): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const lock = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as taken`.execute(
      trx,
    );
    if (!lock.rows[0]?.taken) return;
    const now = ctx.clock.now();
    const dirty = await sql<{
      day: string;
    }>`delete from indicator_dirty_day where day in (select day from indicator_dirty_day order by day limit 31) returning day::text as day`.execute(
      trx,
    );
    const days = new Set([
      localDate(now),
      localDate(new Date(now.getTime() - DAY_MS)),
      ...dirty.rows.map((row) => row.day),
    ]);
    for (const day of days) await refreshDay(trx, day);
  });
}

/** Marks the days of a span for recomputation (after an import, a correction of the past, a new definition). */
export async function markDays(db: Queryable, from: string, to: string): Promise<void> {
  await sql`insert into indicator_dirty_day (day) select d::date from generate_series(${from}::date, ${to}::date, interval '1 day') d on conflict do nothing`.execute(
    db,
  );
}
