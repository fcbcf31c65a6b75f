import type { Transaction } from '../../core/database.ts';
import { qcHold } from '../quality/qcState.ts';

/** Quality control may have been done or expired since the values came: judges the open results of an order again. */
export async function refreshOrderHolds(trx: Transaction, orderId: string, at: Date): Promise<void> {
  const rows = await trx
    .selectFrom('labResult')
    .select(['id', 'holds', 'instrumentId', 'testCode'])
    .where('orderId', '=', orderId)
    .where('current', '=', true)
    .where('state', 'in', ['entered', 'technical'])
    .where('instrumentId', 'is not', null)
    .execute();
  for (const row of rows) {
    const hold = row.instrumentId ? await qcHold(trx, row.instrumentId, row.testCode, at) : undefined;
    const holds = [...row.holds.filter((one) => !one.startsWith('qc-')), ...(hold ? [hold] : [])];
    if (holds.join() !== row.holds.join())
      await trx
        .updateTable('labResult')
        .set({ holds, ...(hold && { state: 'entered' }) })
        .where('id', '=', row.id)
        .execute();
  }
}
