import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { insertCritical } from '../../core/critical/raiseCritical.ts';
import type { Transaction } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import type { TestRow } from '../queries.ts';
import type { ParsedValue } from '../rules/flagResult.ts';

/** One critical value per test that is still being handled; a rerun that confirms it raises no second one. */
export async function raiseCriticalResult(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  test: TestRow,
  parsed: ParsedValue,
): Promise<void> {
  const ruleCode = `LAB-${test.code}`;
  const open = await trx
    .selectFrom('criticalValue')
    .select('id')
    .where('orderId', '=', order.id)
    .where('ruleCode', '=', ruleCode)
    .where('state', '<>', 'withdrawn')
    .executeTakeFirst();
  if (open) return;
  const shown = `${parsed.comparator ?? ''}${parsed.number?.toFixed(test.decimals) ?? parsed.text ?? ''}`;
  await insertCritical(ctx, trx, actor, order, {
    finding: `${test.name} ${shown} ${test.unit ?? ''}`.trim(),
    ruleCode,
  });
}
