import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { dueOfStep, stepDays } from '../ticket/raiseTicket.ts';
import { firstGap, isShort } from './calendarCoverage.ts';

/** A calendar that lacks holidays of a year that begins in less than 60 days raises a ticket, once a year and calendar. */
export async function checkCalendars(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  const dueAt = dueOfStep(await stepDays(ctx.db), 1, now);
  for (const calendar of await calendarsWithDays(ctx)) {
    const gap = firstGap(calendar, now);
    if (!isShort(gap, now)) continue;
    const title = `日历“${calendar.name}”缺少 ${gap.year} 年的节假日（${gap.missing.join('、')}），请录入法定节假日与调休`;
    await sql`insert into ticket (kind, title, source_key, step, due_at, created_at)
      values ('calendar', ${title}, ${`calendar:${calendar.code}:${gap.year}`}, 1, ${dueAt}, ${now})
      on conflict (source_key) do nothing`.execute(ctx.db);
  }
}

async function calendarsWithDays(ctx: Context) {
  const calendars = await ctx.db
    .selectFrom('turnaroundCalendar')
    .select(['id', 'code', 'name', 'completeYears'])
    .execute();
  const days = await ctx.db
    .selectFrom('turnaroundCalendarDay')
    .select(['calendarId', 'day', 'working'])
    .execute();
  return calendars.map((calendar) => ({
    ...calendar,
    days: new Map(
      days.filter((each) => each.calendarId === calendar.id).map((each) => [each.day, each.working]),
    ),
  }));
}
