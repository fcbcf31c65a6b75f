import { sql } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../../../server/core/context.ts';
import { markDays } from '../../../server/core/quality/refreshIndicators.ts';
import { localDate } from '../../../server/core/turnaround/calendar.ts';
import { insertCases } from './insertCases.ts';
import { insertCards } from './insertCards.ts';
import { insertPathology } from './insertPathology.ts';
import { insertSupervision } from './insertSupervision.ts';
import { makeCase } from './makeCase.ts';
import { chanceOf } from './random.ts';
import { readCounty, type County } from './readCounty.ts';

const MONTHS = 13;
const WEEKDAY_CASES = 30;
const WEEKEND_CASES = 13;
/** The hub answers people while its past is being written. */
const BREATH_MS = 400;
const DAY_MS = 86_400_000;

/**
 * Writes a year of finished cases of all townships behind the demo county's figures, up to yesterday. Runs after the hub
 * is ready, newest month first, each month in one transaction with the mark that it is done: a stop in between loses
 * nothing and the next start goes on. Rows are like those of real work (events, clocks read off them by the hub's own
 * rule, reports without a signed file), so figures count them as they count everything.
 */
export async function seedHistory(ctx: Context, stopped: AbortSignal, months = MONTHS): Promise<void> {
  const done = await ctx.db
    .selectFrom('setting')
    .select('key')
    .where('key', 'like', 'demo.history.%')
    .execute();
  const county = await ctx.db.selectFrom('setting').select('key').where('key', '=', 'demo.county').execute();
  if (county.length === 0 || done.some(({ key }) => key === 'demo.history.done')) return;
  // The first start decides up to where the past goes; a later start fills what is missing of it.
  const until = await firstDay(ctx);
  const facts = await readCounty(ctx.db, new Date(`${until}T00:00:00+08:00`));
  for (let monthsAgo = 0; monthsAgo < months; monthsAgo++) {
    const month = monthBefore(until, monthsAgo);
    if (done.some(({ key }) => key === `demo.history.${month}`)) continue;
    if (stopped.aborted) return;
    await writeMonth(ctx, facts, month, monthsAgo, until);
    await pause(BREATH_MS, undefined, { ref: false });
  }
  await mark(ctx.db, 'demo.history.done');
}

async function firstDay(ctx: Context): Promise<string> {
  await sql`insert into setting (key, value) values ('demo.history.until', ${JSON.stringify(localDate(ctx.clock.now()))}::jsonb) on conflict (key) do nothing`.execute(
    ctx.db,
  );
  const { rows } =
    await sql<{ until: string }>`select value#>>'{}' as until from setting where key = 'demo.history.until'`.execute(ctx.db); // prettier-ignore
  return rows[0]?.until ?? localDate(ctx.clock.now());
}

const mark = (db: Pick<Context, 'db'>['db'], key: string) =>
  sql`insert into setting (key, value) values (${key}, 'true') on conflict (key) do nothing`.execute(db);

/** YYYY-MM, so many months before the month of a day. */
export function monthBefore(day: string, monthsAgo: number): string {
  const at = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() - monthsAgo);
  return at.toISOString().slice(0, 7);
}

async function writeMonth(ctx: Context, county: County, month: string, monthsAgo: number, until: string) {
  const chance = chanceOf(Number(month.replace('-', '')));
  const days: string[] = [];
  for (let at = new Date(`${month}-01T00:00:00Z`); at.toISOString().slice(0, 7) === month && at.toISOString().slice(0, 10) < until; at = new Date(at.getTime() + DAY_MS)) days.push(at.toISOString().slice(0, 10)); // prettier-ignore
  const cases = days.flatMap((day) => {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    const count = (weekday === 0 || weekday === 6 ? WEEKEND_CASES : WEEKDAY_CASES) - Math.round(monthsAgo * 0.8); // prettier-ignore
    return Array.from({ length: Math.max(4, count) }, () => makeCase(county, chance, day, monthsAgo)).flatMap(
      (each) => each ?? [],
    );
  });
  await ctx.db.transaction().execute(async (trx) => {
    if (cases.length > 0) {
      const signed = await insertCases(trx, county, chance, cases);
      await insertSupervision(trx, county, chance, signed, monthsAgo);
      await insertPathology(trx, county, chance, signed);
      await insertCards(trx, county, chance, signed);
    }
    await insertShifts(trx, county, days);
    await mark(trx, `demo.history.${month}`);
    const [first, last] = [days[0], days.at(-1)];
    // Reports of the last days of a month were signed in the next one.
    if (first && last) await markDays(trx, first, localDate(new Date(Math.min(new Date(`${last}T00:00:00Z`).getTime() + 16 * DAY_MS, county.until.getTime())))); // prettier-ignore
  });
}

async function insertShifts(trx: Pick<Context, 'db'>['db'], county: County, days: readonly string[]) {
  for (const [center, reporter, verifier] of [
    ['imaging', 'radiologist1', 'radiologist2'],
    ['ecg', 'cardiologist1', 'cardiologist2'],
  ] as const)
    await sql`insert into roster_shift (institution_id, center_kind, staff_id, duty, starts_at, ends_at)
      select ${county.centerOf.get(center)}::uuid, ${center}::center_kind, p.id::uuid, p.duty, (d || 'T08:00:00+08:00')::timestamptz, (d || 'T18:00:00+08:00')::timestamptz
      from unnest(${[...days]}::text[]) d cross join (values (${county.staff.get(reporter)}::text, 'reporter'), (${county.staff.get(verifier)}::text, 'verifier')) p(id, duty)`.execute(
      trx,
    );
}
