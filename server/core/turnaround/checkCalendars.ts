import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { dueOfStep, stepDays } from '../ticket/raiseTicket.ts';

/** A calendar whose last entered holiday is less than 60 days ahead raises a ticket, once a year and calendar. */
export async function checkCalendars(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  const dueAt = dueOfStep(await stepDays(ctx.db), 1, now);
  await sql`insert into ticket (kind, title, source_key, step, due_at, created_at) select 'calendar', '日历“' || c.name || '”的节假日安排不足 60 天,请录入新年度的法定节假日与调休', 'calendar:' || c.code || ':' || ${String(now.getUTCFullYear())}, 1, ${dueAt}::timestamptz, ${now}::timestamptz
    from turnaround_calendar c where coalesce((select max(day) from turnaround_calendar_day d where d.calendar_id = c.id), '2000-01-01') < ${now.toISOString().slice(0, 10)}::date + 60
    on conflict (source_key) do nothing`.execute(ctx.db);
}
