import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { dueOfStep, raiseTicket, stepDays } from './raiseTicket.ts';
import { RULE_SETTINGS, TICKET_RULES } from './ticketRules.ts';

const LOCK = 727_012;

type Needs = Pick<Context, 'db' | 'clock' | 'centers'>;

/**
 * Runs the active rules: opens or reopens tickets for what they find, and takes every ticket whose step is overdue to
 * the next step, telling its site. One worker at a time.
 */
export async function supervise(ctx: Needs): Promise<{ opened: number; reopened: number; overdue: number }> {
  const count = { opened: 0, reopened: 0, overdue: 0 };
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    const lock = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as taken`.execute(
      trx,
    );
    if (!lock.rows[0]?.taken) return;
    const rules = await trx.selectFrom('ticketRule').selectAll().where('active', '=', true).execute();
    for (const rule of rules) {
      const causes =
        (await TICKET_RULES[rule.code]?.(trx, ctx.centers, now, settingsOf(rule.code, rule.settings))) ?? [];
      for (const cause of causes) {
        const done = await raiseTicket(trx, now, cause);
        if (done !== 'known') count[done] += 1;
      }
    }
    await foldIntoClusters(trx, now);
    const steps = await stepDays(trx);
    const late = await trx
      .selectFrom('ticket')
      .select(['id', 'step', 'title', 'institutionId', 'orderId'])
      .where('state', '!=', 'closed')
      .where('clusterId', 'is', null) // what stands behind a cluster goes with it
      .where('dueAt', '<', now)
      .orderBy('dueAt')
      .limit(200)
      .forUpdate()
      .execute();
    for (const ticket of late) {
      const step = Math.min(Math.max(ticket.step, 1) + 1, steps.length);
      await trx
        .updateTable('ticket')
        .set({ step, dueAt: dueOfStep(steps, step, now) })
        .where('id', '=', ticket.id)
        .execute();
      await trx
        .insertInto('ticketEvent')
        .values({
          ticketId: ticket.id,
          kind: 'overdue',
          at: now,
          detail: JSON.stringify({ from: ticket.step, to: step }),
        })
        .execute();
      await trx
        .insertInto('notification')
        .values({
          institutionId: ticket.institutionId,
          orderId: ticket.orderId,
          kind: 'ticket.overdue',
          body: JSON.stringify({ ticketId: ticket.id, title: ticket.title, step }),
        })
        .execute();
    }
    count.overdue = late.length;
  });
  return count;
}

/** Tickets of single cases that an open cluster names go into it, with a line in their history. */
async function foldIntoClusters(trx: Transaction, now: Date): Promise<void> {
  await sql`
    with member as (select c.id as cluster_id, c.number, case c.rule_code when 'breach-cluster' then 'turnaround' else 'unread' end as kind, (o.id)::uuid as order_id
      from ticket c, jsonb_array_elements_text(c.detail->'orderIds') o(id) where c.rule_code in ('breach-cluster', 'unread-cluster') and c.state <> 'closed'),
    folded as (update ticket t set cluster_id = m.cluster_id from member m where t.kind = m.kind and t.order_id = m.order_id and t.cluster_id is null and t.state in ('open', 'reopened') returning t.id, m.number)
    insert into ticket_event (ticket_id, kind, at, detail) select id, 'folded', ${now}, jsonb_build_object('cluster', number) from folded`.execute(
    trx,
  );
}

/** The numbers of a rule: as set, within their bounds, else as they are initially. */
export function settingsOf(code: string, stored: unknown): Record<string, number> {
  const given = (stored ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(RULE_SETTINGS[code] ?? {}).map(([name, { least, most, initial }]) => {
      const value = given[name];
      return [
        name,
        typeof value === 'number' && Number.isFinite(value)
          ? Math.min(most, Math.max(least, value))
          : initial,
      ];
    }),
  );
}
