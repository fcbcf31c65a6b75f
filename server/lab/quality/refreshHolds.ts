import type { Transaction } from '../../core/database.ts';
import { qcHold } from './qcState.ts';

/** After a run or a corrective action: results not verified yet are held or set free. Returns how many are held. */
export async function refreshHolds(
  trx: Transaction,
  instrumentId: string,
  testCode: string,
  at: Date,
): Promise<number> {
  const hold = await qcHold(trx, instrumentId, testCode, at);
  const rows = await trx
    .selectFrom('labResult')
    .select(['id', 'holds'])
    .where('instrumentId', '=', instrumentId)
    .where('testCode', '=', testCode)
    .where('current', '=', true)
    .where('state', 'in', ['entered', 'technical'])
    .execute();
  for (const row of rows) {
    const others = row.holds.filter((one) => !one.startsWith('qc-'));
    await trx
      .updateTable('labResult')
      .set({ holds: hold ? [...others, hold] : others })
      .where('id', '=', row.id)
      .execute();
  }
  return hold ? rows.length : 0;
}
