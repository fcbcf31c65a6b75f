import { sql } from 'kysely';
import type { Transaction } from '../database.ts';
import type { Order } from '../order/order.ts';

/**
 * Notices that ask for an acknowledgement end with it and with a withdrawal. Whoever was told of a value that is
 * withdrawn (误报) is told that too.
 */
export async function settleNotices(
  trx: Transaction,
  order: Order,
  criticalId: string,
  kind: 'acknowledged' | 'withdrawn',
  now: Date,
): Promise<void> {
  const told = sql`order_id = ${order.id} and kind = 'critical' and body->>'criticalId' = ${criticalId}`;
  if (kind === 'withdrawn')
    await sql`insert into notification (staff_id, institution_id, order_id, kind, body)
      select distinct staff_id, institution_id, order_id, 'critical.withdrawn', jsonb_build_object('criticalId', ${criticalId}::text, 'accessionNumber', ${order.accessionNumber}::text)
      from notification where ${told}`.execute(trx);
  await sql`update notification set read_at = ${now} where ${told} and read_at is null`.execute(trx);
}
