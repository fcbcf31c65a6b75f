import { sql } from 'kysely';
import { SYSTEM } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { recordEvent } from '../order/recordEvent.ts';

interface Due {
  orderId: string;
  policyId: string;
  name: string;
  kind: string;
}

/** Warns, then breaches, each running clock exactly once, however many workers run; a breach makes a ticket. */
export async function escalateClocks(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  let count = 0;
  for (const stage of ['warned', 'breached'] as const) {
    const column = sql.ref(`${stage}_at`);
    const limit = sql.ref(stage === 'warned' ? 'warn_at' : 'due_at');
    for (;;) {
      const done = await ctx.db.transaction().execute(async (trx) => {
        const { rows } = await sql<Due>`update order_clock c set ${column} = ${now} from turnaround_policy p
          where p.id = c.policy_id and (c.order_id, c.policy_id) in (select order_id, policy_id from order_clock where state = 'running' and ${column} is null and ${limit} < ${now} order by ${limit} limit 20 for update skip locked)
          returning c.order_id, c.policy_id, p.name, p.kind`.execute(trx);
        for (const row of rows) {
          const order = await trx
            .selectFrom('orders')
            .selectAll()
            .where('id', '=', row.orderId)
            .forUpdate()
            .executeTakeFirstOrThrow();
          await recordEvent(ctx, trx, SYSTEM, order, {
            kind: stage === 'warned' ? 'turnaround-warn' : 'turnaround-breach',
            at: now,
            detail: { policyId: row.policyId, policy: row.name },
          });
          if (stage === 'breached')
            await trx
              .insertInto('ticket')
              .values({
                kind: 'turnaround',
                title: `${order.accessionNumber} ${row.name} 超时`,
                orderId: order.id,
                institutionId: order.reportingInstitutionId,
                centerKind: order.centerKind,
                sourceKey: `breach:${order.id}:${row.policyId}`,
              })
              .onConflict((oc) => oc.column('sourceKey').doNothing())
              .execute();
        }
        return rows.length;
      });
      count += done;
      if (done < 20) break;
    }
  }
  if (count > 0) ctx.bell.ring();
  return count;
}
