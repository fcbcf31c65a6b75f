import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { SYSTEM } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { nextOnDuty } from './nextOnDuty.ts';
import type { Order } from './order.ts';
import { recordEvent, transition } from './recordEvent.ts';

/**
 * Gives cases back to the pool: a claim idle longer than its centre allows (its draft stays with its author's name),
 * and an assignment not opened within 10 % of its target, at least 2 minutes. Where the roster names somebody else on
 * duty, the case is assigned to him at once; he too must open it in time. Returns how many cases were given back.
 */
export async function returnIdleClaims(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const { rows } = await sql<{ id: string }>`
    select o.id from orders o where ${idle(now)} union all select o.id from orders o where ${unopened(now)} limit 100`.execute(
    ctx.db,
  );
  let count = 0;
  for (const { id } of rows)
    await ctx.db.transaction().execute(async (trx) => {
      // Looked at again under the lock: whoever opened or worked on the case meanwhile keeps it.
      const found = await sql<Order>`
        select o.* from orders o where o.id = ${id} and (${idle(now)} or ${unopened(now)}) for update of o skip locked`.execute(
        trx,
      );
      const order = found.rows[0];
      if (order) count += 1;
      if (order?.status === 'claimed') {
        const released = await transition(
          ctx,
          trx,
          SYSTEM,
          order,
          'released',
          { reason: 'idle', detail: { staffId: order.claimedBy } },
          {
            claimedBy: null,
            claimedAt: null,
            claimOpenedAt: null,
            claimActiveAt: null,
            ...(order.assignedTo && { assignedAt: now }),
          },
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
  if (count > 0) ctx.bell.ring();
  return count;
}

/** A claim on which its reader has not worked for as long as the centre allows. */
const idle = (now: Date): RawBuilder<SqlBool> => sql`(o.status = 'claimed' and o.claim_active_at <
  ${now}::timestamptz - (select make_interval(mins => c.claim_idle_minutes) from center c where c.kind = o.center_kind and c.institution_id = o.reporting_institution_id))`;

/** An assignment that was not opened within 10 % of the shortest promise, at least 2 minutes. */
const unopened = (
  now: Date,
): RawBuilder<SqlBool> => sql`(o.assigned_to is not null and o.status in ('received', 'partial') and o.assigned_at <
  ${now}::timestamptz - greatest(interval '2 minutes', (select min(p.target_minutes) from turnaround_policy p where p.id = any(o.policy_ids) and p.kind = 'service') * interval '6 seconds'))`;

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
