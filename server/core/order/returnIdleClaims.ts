import { sql } from 'kysely';
import { SYSTEM } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { nextOnDuty } from './nextOnDuty.ts';
import type { Order } from './order.ts';
import { recordEvent, transition } from './recordEvent.ts';

/**
 * Gives cases back to the pool: a claim idle longer than its centre allows (its draft stays with its author's name),
 * and an assignment not opened within 10 % of its target, at least 2 minutes. Where the roster names somebody else on
 * duty, the case is assigned to him at once; he too must open it in time.
 */
export async function returnIdleClaims(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const { rows } = await sql<{
    id: string;
  }>`select o.id from orders o join center c on c.kind = o.center_kind and c.institution_id = o.reporting_institution_id
    where o.status = 'claimed' and o.claim_active_at < ${now}::timestamptz - make_interval(mins => c.claim_idle_minutes)
    union all select o.id from orders o where o.assigned_to is not null and o.status in ('received', 'partial')
      and o.assigned_at < ${now}::timestamptz - greatest(interval '2 minutes', (select min(p.target_minutes) from turnaround_policy p where p.id = any(o.policy_ids) and p.kind = 'service') * interval '6 seconds')
    limit 100`.execute(ctx.db);
  for (const { id } of rows)
    await ctx.db.transaction().execute(async (trx) => {
      const order = await trx
        .selectFrom('orders')
        .selectAll()
        .where('id', '=', id)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (order?.status === 'claimed') {
        const released = await transition(
          ctx,
          trx,
          SYSTEM,
          order,
          'released',
          { reason: 'idle', detail: { staffId: order.claimedBy } },
          { claimedBy: null, claimedAt: null, claimOpenedAt: null, claimActiveAt: null },
        );
        await handOver(ctx, trx, released);
      } else if (order?.assignedTo) {
        const changed = await trx
          .updateTable('orders')
          .set({ assignedTo: null, assignedAt: null })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        await recordEvent(ctx, trx, SYSTEM, changed, {
          kind: 'unassigned',
          reason: 'not-opened',
          detail: { staffId: order.assignedTo },
        });
        await handOver(ctx, trx, changed);
      }
    });
  if (rows.length > 0) ctx.bell.ring();
  return rows.length;
}

async function handOver(ctx: Context, trx: Transaction, order: Order): Promise<void> {
  const now = ctx.clock.now();
  const staffId = await nextOnDuty(trx, order, now);
  if (!staffId) return;
  const changed = await trx
    .updateTable('orders')
    .set({ assignedTo: staffId, assignedAt: now })
    .where('id', '=', order.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordEvent(ctx, trx, SYSTEM, changed, {
    kind: 'assigned',
    reason: 'on-duty',
    detail: { staffId },
  });
}
