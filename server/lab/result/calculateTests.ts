import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { loadTests } from '../queries.ts';
import { evaluate, formulaInputs } from '../rules/calculate.ts';
import { saveResult } from './saveResult.ts';

/** Fills the calculated tests of an order whose inputs have changed and are all there; a comparator is no input. */
export async function calculateTests(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  changed: readonly string[],
): Promise<void> {
  const open = await trx
    .selectFrom('labOrderTest as o')
    .innerJoin('labTest as t', 't.code', 'o.testCode')
    .select(['t.code', 't.formula'])
    .where('o.orderId', '=', order.id)
    .where('t.resultKind', '=', 'calculated')
    .where('o.state', 'in', ['received', 'resulted'])
    .execute();
  if (open.length === 0) return;
  const values = await trx
    .selectFrom('labResult')
    .select(['testCode', 'valueNumber', 'comparator', 'holds'])
    .where('orderId', '=', order.id)
    .where('current', '=', true)
    .execute();
  const numbers = new Map(
    values
      .filter((row) => row.comparator === null && row.valueNumber !== null)
      .map((row) => [row.testCode, row.valueNumber ?? 0]),
  );
  const tests = await loadTests(
    trx,
    open.map((row) => row.code),
  );
  for (const row of open) {
    const test = tests.get(row.code);
    if (!test || !row.formula || !formulaInputs(row.formula).some((code) => changed.includes(code))) continue;
    const result = evaluate(row.formula, (code) => numbers.get(code));
    if (result !== undefined)
      await saveResult(ctx, trx, actor, order, test, {
        value: result.toFixed(test.decimals),
        source: 'calculated',
      });
  }
}
