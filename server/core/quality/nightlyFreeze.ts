import { sql } from 'kysely';
import { SYSTEM } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { localDate } from '../turnaround/calendar.ts';
import { daysOfPeriod, freezePeriod } from './freezePeriod.ts';
import { indicatorsOf } from './indicators.ts';
import { refreshDay, sumMonths } from './refreshIndicators.ts';

type Needs = Pick<Context, 'db' | 'clock' | 'centers'>;

const DAY_MS = 86_400_000;
/** Late acknowledgements and corrections of the last days still belong to the period. */
const SETTLE_DAYS = 3;
const NIGHT_FROM_HOUR = 1;
const NIGHT_TO_HOUR = 6;

/** The periods (month, quarter, half year) that ended just before a local day's settling time. */
export function endedPeriods(day: string): string[] {
  const settled = new Date(new Date(`${day}T00:00:00Z`).getTime() - SETTLE_DAYS * DAY_MS);
  const end = new Date(Date.UTC(settled.getUTCFullYear(), settled.getUTCMonth(), 0)); // last day of the month before
  const [year, month] = [end.getUTCFullYear(), end.getUTCMonth() + 1];
  const periods = [`${year}-${String(month).padStart(2, '0')}`];
  if (month % 3 === 0) periods.push(`${year}-Q${month / 3}`);
  if (month % 6 === 0) periods.push(`${year}-H${month / 6}`);
  return periods;
}

/** Computes every day of a period anew, then its months: what is frozen comes from the record, not from an old sum. */
export async function recomputePeriod(ctx: Needs, period: string): Promise<number> {
  const { first, last } = daysOfPeriod(period);
  const indicators = indicatorsOf(ctx.centers);
  const days: string[] = [];
  for (let at = new Date(`${first}T00:00:00Z`); at.toISOString().slice(0, 10) <= last; at = new Date(at.getTime() + DAY_MS)) days.push(at.toISOString().slice(0, 10)); // prettier-ignore
  for (let start = 0; start < days.length; start += 31) {
    const part = days.slice(start, start + 31);
    await ctx.db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(727004)`.execute(trx); // not beside the running refresh
      await sql`set local jit = off`.execute(trx);
      for (const day of part) await refreshDay(trx, indicators, day);
    });
  }
  await ctx.db.transaction().execute((trx) => sumMonths(trx, days));
  return days.length;
}

/** Once a night: periods that have ended and settled are computed anew from the record and frozen. Safe in many workers. */
export async function nightlyFreeze(ctx: Needs): Promise<string[]> {
  const now = ctx.clock.now();
  const hour = new Date(now.getTime() + 8 * 3_600_000).getUTCHours();
  if (hour < NIGHT_FROM_HOUR || hour >= NIGHT_TO_HOUR) return [];
  return freezeEnded(ctx);
}

/** The same at any hour. Returns the periods frozen now. */
export async function freezeEnded(ctx: Needs): Promise<string[]> {
  const done: string[] = [];
  for (const period of endedPeriods(localDate(ctx.clock.now()))) {
    if (!(await takePeriod(ctx, period))) continue;
    try {
      await recomputePeriod(ctx, period);
      await freezePeriod(ctx, SYSTEM, period);
      await sql`update setting set value = value || '{"done": true}' where key = ${`quality.frozen.${period}`}`.execute(
        ctx.db,
      );
      done.push(period);
    } catch (error) {
      await sql`delete from setting where key = ${`quality.frozen.${period}`}`.execute(ctx.db);
      throw error;
    }
  }
  return done;
}

/** One worker takes a period; what a process that was killed had taken is taken again an hour later. */
async function takePeriod(ctx: Pick<Context, 'db' | 'clock'>, period: string): Promise<boolean> {
  const now = ctx.clock.now();
  const value = JSON.stringify({ on: localDate(now), at: now, done: false });
  const { rows } =
    await sql`insert into setting (key, value) values (${`quality.frozen.${period}`}, ${value}::jsonb) on conflict (key) do update set value = excluded.value
    where not coalesce((setting.value->>'done')::boolean, true) and (setting.value->>'at')::timestamptz < ${now}::timestamptz - interval '1 hour' returning key`.execute(
      ctx.db,
    );
  return rows.length > 0;
}

export interface FrozenDifference {
  code: string;
  institutionId: string;
  frozenNumerator: number | null;
  frozenDenominator: number | null;
  numerator: number;
  denominator: number;
}

/** Counts a frozen period again from the cases themselves and names every figure that differs now. */
export async function compareFrozen(ctx: Needs, period: string): Promise<FrozenDifference[]> {
  const { first, last } = daysOfPeriod(period);
  const span = {
    from: new Date(`${first}T00:00:00+08:00`),
    to: new Date(new Date(`${last}T00:00:00+08:00`).getTime() + DAY_MS),
  };
  const counted = sql.join(
    indicatorsOf(ctx.centers).map(
      (indicator) =>
        sql`(select ${indicator.code}::text as indicator, c.institution_id, count(*) filter (where c.met)::int as numerator, count(*)::int as denominator from (${indicator.cases(span)}) c group by c.institution_id)`,
    ),
    sql` union all `,
  );
  const { rows } =
    await sql<FrozenDifference>`select coalesce(n.indicator, f.indicator) as code, coalesce(n.institution_id, f.institution_id) as institution_id, f.numerator as frozen_numerator, f.denominator as frozen_denominator, coalesce(n.numerator, 0) as numerator, coalesce(n.denominator, 0) as denominator
    from (${counted}) n full join (select * from indicator_freeze where period = ${period}) f on f.indicator = n.indicator and f.institution_id = n.institution_id
    where f.numerator is distinct from n.numerator or f.denominator is distinct from n.denominator order by 1, 2 limit 1000`.execute(
      ctx.db,
    );
  return rows;
}
