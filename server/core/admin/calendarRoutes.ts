import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { notFound } from '../errors.ts';
import { endpoint } from '../http.ts';
import { firstGap, isShort } from '../turnaround/calendarCoverage.ts';
import { updateClocks } from '../turnaround/updateClocks.ts';
import { audited } from './audited.ts';

export function calendarRoutes(ctx: Context, router: Router): void {
  const changed = <T>(
    actor: Actor,
    id: string,
    detail: Record<string, unknown>,
    work: (trx: Transaction) => Promise<T>,
  ) =>
    audited(ctx, actor, { action: 'calendar.change', subjectType: 'calendar', subjectId: id, detail }, work);
  endpoint(
    router,
    { method: 'get', path: '/calendars', summary: 'Working-time calendars', access: 'signed-in' },
    async () => {
      const calendars = await ctx.db.selectFrom('turnaroundCalendar').selectAll().orderBy('code').execute();
      const days = await ctx.db
        .selectFrom('turnaroundCalendarDay')
        .selectAll()
        .orderBy('day')
        .limit(5_000)
        .execute();
      return {
        items: calendars.map((calendar) => {
          const own = days.filter((day) => day.calendarId === calendar.id);
          const now = ctx.clock.now();
          const gap = firstGap(
            { ...calendar, days: new Map(own.map((each) => [each.day, each.working])) },
            now,
          );
          return { ...calendar, days: own, gap: { ...gap, soon: isShort(gap, now) } };
        }),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/calendars/:id/years/:year',
      summary: 'Declare the holidays of a year to be entered in full, or take that back',
      access: 'policy.edit',
      params: z.object({ id: z.uuid(), year: z.coerce.number().int().min(2000).max(2100) }),
      body: z.object({ complete: z.boolean() }),
    },
    async ({ actor, params, body }) => {
      await changed(actor, params.id, { year: params.year, ...body }, async (trx) => {
        const without = sql<number[]>`array_remove(complete_years, ${params.year}::integer)`;
        const changed = await trx
          .updateTable('turnaroundCalendar')
          .set({
            completeYears: body.complete ? sql`${without} || ${params.year}::integer` : without,
          })
          .where('id', '=', params.id)
          .executeTakeFirst();
        if (changed.numUpdatedRows === 0n) throw notFound('calendar', params.id);
      });
      return {};
    },
  );
  const dayParams = z.object({ id: z.uuid(), day: z.iso.date() });
  endpoint(
    router,
    {
      method: 'put',
      path: '/calendars/:id/days/:day',
      summary: 'Set a holiday or a worked day; open due times are recomputed',
      access: 'policy.edit',
      params: dayParams,
      body: z.object({ working: z.boolean(), note: z.string().max(100).optional() }),
    },
    async ({ actor, params, body }) => {
      await changed(actor, params.id, { day: params.day, ...body }, (trx) =>
        trx
          .insertInto('turnaroundCalendarDay')
          .values({
            calendarId: params.id,
            day: params.day,
            working: body.working,
            note: body.note ?? null,
          })
          .onConflict((oc) =>
            oc.columns(['calendarId', 'day']).doUpdateSet({ working: body.working, note: body.note ?? null }),
          )
          .execute(),
      );
      return { recomputed: await recompute(ctx, params.id) };
    },
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/calendars/:id/days/:day',
      summary: 'Make a day ordinary again',
      access: 'policy.edit',
      params: dayParams,
    },
    async ({ actor, params }) => {
      await changed(actor, params.id, { day: params.day, removed: true }, async (trx) => {
        const removed = await trx
          .deleteFrom('turnaroundCalendarDay')
          .where('calendarId', '=', params.id)
          .where('day', '=', params.day)
          .executeTakeFirst();
        if (removed.numDeletedRows === 0n) throw notFound('day of the calendar', params.day);
      });
      return { recomputed: await recompute(ctx, params.id) };
    },
  );
}

/** Derives the open clocks of a calendar anew, a hundred orders a transaction. */
async function recompute(ctx: Context, calendarId: string): Promise<number> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (let total = 0; ;) {
    const { rows } = await sql<{
      id: string;
      policyIds: string[];
    }>`select o.id, o.policy_ids from orders o where o.id > ${after} and exists (select 1 from order_clock c join turnaround_policy p on p.id = c.policy_id where c.order_id = o.id and c.state in ('running', 'paused') and p.calendar_id = ${calendarId}) order by o.id limit 100`.execute(
      ctx.db,
    );
    const last = rows.at(-1);
    if (!last) return total;
    await ctx.db.transaction().execute(async (trx) => {
      for (const row of rows) {
        await sql`select 1 from orders where id = ${row.id} for update`.execute(trx);
        await updateClocks(trx, row.id, row.policyIds);
      }
    });
    total += rows.length;
    after = last.id;
  }
}
