import { sql } from 'kysely';
import type { Transaction } from '../database.ts';

export const MAX_FAILURES = 5;
export const LOCK_MINUTES = 15;

/** Counts a wrong password or code against an account: the fifth within 15 minutes locks it for 15 minutes. */
export async function countAccountFailure(trx: Transaction, staffId: string, now: Date): Promise<void> {
  const recent = new Date(now.getTime() - LOCK_MINUTES * 60_000);
  const counted = await trx
    .updateTable('staff')
    .set({
      failedLoginsAt: sql`array(select at from unnest(failed_logins_at) at where at > ${recent}) || ${now}::timestamptz`,
    })
    .where('id', '=', staffId)
    .returning(sql<number>`cardinality(failed_logins_at)`.as('failures'))
    .executeTakeFirstOrThrow();
  if (counted.failures < MAX_FAILURES) return;
  await trx
    .updateTable('staff')
    .set({ failedLoginsAt: [], lockedUntil: new Date(now.getTime() + LOCK_MINUTES * 60_000) })
    .where('id', '=', staffId)
    .execute();
}
