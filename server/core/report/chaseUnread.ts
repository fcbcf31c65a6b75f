import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { dueOfStep, stepDays } from '../ticket/raiseTicket.ts';

const REMIND_MINUTES: Record<string, number> = { emergency: 30, urgent: 120, routine: 1_440 };

/** One worker at a time: two at once would remind a site twice. */
const LOCK = 727_014;

/** A result nobody acknowledged: a reminder to the site at its target, a ticket at twice the target. Once each. */
export function chaseUnread(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  return ctx.db.transaction().execute(async (trx) => {
    const lock = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as taken`.execute(
      trx,
    );
    if (!lock.rows[0]?.taken) return;
    const dueAt = dueOfStep(await stepDays(trx), 1, now);
    for (const [priority, minutes] of Object.entries(REMIND_MINUTES)) {
      const late = (factor: number) => new Date(now.getTime() - factor * minutes * 60_000);
      await sql`insert into notification (institution_id, order_id, kind, body) select o.requesting_institution_id, o.id, 'report.unread', jsonb_build_object('accessionNumber', o.accession_number)
      from orders o where o.status in ('final', 'corrected') and o.priority = ${priority}::order_priority and o.final_at < ${late(1)} and o.final_at > ${late(30)}
      and not exists (select 1 from notification n where n.order_id = o.id and n.kind = 'report.unread') limit 200`.execute(
        trx,
      );
      await sql`insert into ticket (kind, title, order_id, institution_id, center_kind, source_key, step, due_at, created_at) select 'unread', o.accession_number || ' 报告未阅读确认', o.id, o.requesting_institution_id, o.center_kind, 'unread:' || o.id, 1, ${dueAt}::timestamptz, ${now}::timestamptz
      from orders o where o.status in ('final', 'corrected') and o.priority = ${priority}::order_priority and o.final_at < ${late(2)} and o.final_at > ${late(60)}
      and not exists (select 1 from ticket t where t.source_key = 'unread:' || o.id) limit 200 on conflict (source_key) do nothing`.execute(
        trx,
      );
    }
  });
}
