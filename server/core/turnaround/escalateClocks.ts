import { sql } from 'kysely';
import { SYSTEM } from '../access/actor.ts';
import { dueOfStep, stepDays } from '../ticket/raiseTicket.ts';
import type { Context } from '../context.ts';
import { recordEvent } from '../order/recordEvent.ts';

interface Due {
  orderId: string;
  policyId: string;
  name: string;
}

type Stage = 'warned' | 'breached';
const MOST = 500;

/** Warns, then breaches, each running clock exactly once, however many workers run; a breach makes a ticket. */
export async function escalateClocks(ctx: Context): Promise<number> {
  let count = 0;
  for (const stage of ['warned', 'breached'] as const) {
    const limit = sql.ref(stage === 'warned' ? 'c.warn_at' : 'c.due_at');
    const { rows } =
      await sql<Due>`select c.order_id, c.policy_id, p.name from order_clock c join turnaround_policy p on p.id = c.policy_id
      where c.state = 'running' and ${sql.ref(`c.${stage}_at`)} is null and ${limit} < ${ctx.clock.now()} order by ${limit} limit ${MOST}`.execute(
        ctx.db,
      );
    for (const due of rows) if (await escalate(ctx, stage, due)) count += 1;
  }
  if (count > 0) ctx.bell.ring();
  return count;
}

/** One clock, its order locked first as in every act. False when somebody else is at it or was. */
function escalate(ctx: Context, stage: Stage, due: Due): Promise<boolean> {
  return ctx.db.transaction().execute(async (trx) => {
    const now = ctx.clock.now();
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', due.orderId)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!order) return false;
    const marked = await trx
      .updateTable('orderClock')
      .set(stage === 'warned' ? { warnedAt: now } : { breachedAt: now })
      .where('orderId', '=', due.orderId)
      .where('policyId', '=', due.policyId)
      .where('state', '=', 'running')
      .where(stage === 'warned' ? 'warnedAt' : 'breachedAt', 'is', null)
      .where(stage === 'warned' ? 'warnAt' : 'dueAt', '<', now)
      .executeTakeFirst();
    if (marked.numUpdatedRows === 0n) return false;
    await recordEvent(ctx, trx, SYSTEM, order, {
      kind: stage === 'warned' ? 'turnaround-warn' : 'turnaround-breach',
      at: now,
      detail: { policyId: due.policyId, policy: due.name },
    });
    if (stage === 'breached')
      await trx
        .insertInto('ticket')
        .values({
          kind: 'turnaround',
          title: `${order.accessionNumber} ${due.name} 超时`,
          orderId: order.id,
          institutionId: order.reportingInstitutionId,
          centerKind: order.centerKind,
          sourceKey: `breach:${order.id}:${due.policyId}`,
          step: 1,
          dueAt: dueOfStep(await stepDays(trx), 1, now),
          createdAt: now,
        })
        .onConflict((oc) => oc.column('sourceKey').doNothing())
        .execute();
    return true;
  });
}
