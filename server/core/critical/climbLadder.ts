import { sql } from 'kysely';
import { SYSTEM } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { recordEvent } from '../order/recordEvent.ts';
import { tellSite } from './raiseCritical.ts';

/** Minutes after finding at which the next person is told, while nobody acknowledged. */
export const LADDER = [
  { step: 0, afterMinutes: 0, duty: 'clinician' },
  { step: 1, afterMinutes: 5, duty: 'site-duty' },
  { step: 2, afterMinutes: 10, duty: 'site-head' },
  { step: 3, afterMinutes: 15, duty: 'duty-office' },
] as const;

/**
 * Takes every due critical value one step up the ladder: requesting clinician → site duty doctor → site head → county
 * duty office. Each step is a row naming whom the roster gave and by what telephone; a push alone notifies nobody.
 */
export async function climbLadder(ctx: Context): Promise<number> {
  const due = await ctx.db
    .selectFrom('criticalValue')
    .select(['id', 'orderId'])
    .where('state', 'in', ['open', 'notified'])
    .where('nextStepAt', '<=', ctx.clock.now())
    .orderBy('nextStepAt')
    .limit(200)
    .execute();
  for (const { id, orderId } of due) await climbOne(ctx, id, orderId);
  if (due.length > 0) ctx.bell.ring();
  return due.length;
}

async function climbOne(ctx: Context, id: string, orderId: string): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const now = ctx.clock.now();
    // The order first, as every act does: two that lock in another sequence would wait for each other.
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!order) return; // somebody acts on it: the next round sees
    const value = await trx
      .selectFrom('criticalValue')
      .selectAll()
      .where('id', '=', id)
      .where('state', 'in', ['open', 'notified'])
      .where('nextStepAt', '<=', now)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    const rung = value && LADDER[Math.min(value.step, LADDER.length - 1)];
    if (!value || !rung) return;
    const { rows } = await sql<{ staffId: string | null; name: string | null; phone: string | null }>`
      select s.id as staff_id, s.name, coalesce(r.phone, s.phone, i.duty_phone) as phone from institution i
      left join roster_shift r on r.duty = ${rung.duty} and r.starts_at <= ${now} and r.ends_at > ${now} and (r.institution_id = i.id or ${rung.duty} = 'duty-office')
      left join staff s on s.id = coalesce(r.staff_id, ${rung.duty === 'clinician' ? sql`(select requested_by from request where id = ${order.requestId})` : sql`null::uuid`})
      where i.id = ${order.requestingInstitutionId} limit 1`.execute(trx);
    const recipient = rows[0];
    await trx
      .insertInto('criticalEvent')
      .values({
        criticalValueId: id,
        kind: 'escalated',
        at: now,
        recipientId: recipient?.staffId ?? null,
        recipientName: recipient?.name ?? null,
        channel: 'screen',
        result: 'pushed',
        detail: JSON.stringify({ step: rung.step, duty: rung.duty, phone: recipient?.phone ?? null }),
      })
      .execute();
    await trx
      .insertInto('notification')
      .values({
        staffId: recipient?.staffId ?? null,
        institutionId: order.requestingInstitutionId,
        orderId: order.id,
        kind: 'critical',
        body: JSON.stringify({ criticalId: id, step: rung.step, duty: rung.duty }),
      })
      .execute();
    const next = LADDER[value.step + 1];
    await trx
      .updateTable('criticalValue')
      .set({
        step: value.step + 1,
        nextStepAt: next ? new Date(value.foundAt.getTime() + next.afterMinutes * 60_000) : null,
      })
      .where('id', '=', id)
      .execute();
    if (rung.step > 0)
      await recordEvent(ctx, trx, SYSTEM, order, {
        kind: 'critical-escalated',
        detail: { criticalId: id, step: rung.step, duty: rung.duty, recipient: recipient?.name ?? null },
      });
    await tellSite(trx, order, id, 'critical.escalated', rung.step);
  });
}
