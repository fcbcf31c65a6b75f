import { sql } from 'kysely';
import type { Transaction } from '../database.ts';

/** An order is critical while a critical value of it stands: one that was not withdrawn. 重大阳性提示 is none. */
export async function markCritical(trx: Transaction, orderId: string): Promise<void> {
  await sql`update orders set critical = stands.now
    from (select exists (select from critical_value
      where order_id = ${orderId} and tier = 'critical' and state <> 'withdrawn') as now) stands
    where id = ${orderId} and critical <> stands.now`.execute(trx);
}
