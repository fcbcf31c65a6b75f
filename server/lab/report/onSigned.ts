import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { applyCorrections } from '../result/correctResult.ts';

/**
 * In the transaction of a signature: the medical verification of every result. A critical value that nobody was told
 * of stops it: it cannot be released silently.
 */
export async function onSigned(
  trx: Transaction,
  ctx: Context,
  actor: Actor,
  order: Order,
  signed: { id: string; kind: string },
): Promise<void> {
  if (signed.kind === 'addendum' || signed.kind === 'partial') return;
  if (signed.kind === 'void') {
    await trx
      .updateTable('labOrderTest')
      .set({ state: 'verified' })
      .where('orderId', '=', order.id)
      .where('state', '=', 'released')
      .execute();
    return;
  }
  if (signed.kind === 'correction') return applyCorrections(trx, ctx, actor, order);
  const open = await trx
    .selectFrom('criticalValue')
    .select('finding')
    .where('orderId', '=', order.id)
    .where('state', '=', 'open')
    .execute();
  if (open.length > 0)
    throw conflict(
      'critical-not-notified',
      `told and read back before signing: ${open.map((one) => one.finding).join('; ')}`,
      { finding: open.map((one) => one.finding).join('; '), findings: open.map((one) => one.finding) },
    );
  const now = ctx.clock.now();
  await trx
    .updateTable('labResult')
    .set({
      state: 'released',
      verifiedBy: actor.id,
      verifiedAt: now,
      technicalBy: sql`coalesce(technical_by, ${actor.id})`,
      technicalAt: sql`coalesce(technical_at, ${now})`,
    })
    .where('orderId', '=', order.id)
    .where('current', '=', true)
    .where('state', 'in', ['entered', 'technical', 'verified'])
    .execute();
  await trx
    .updateTable('labOrderTest')
    .set({ state: 'released' })
    .where('orderId', '=', order.id)
    .where('state', 'in', ['resulted', 'verified'])
    .execute();
}
