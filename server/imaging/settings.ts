import type { Queryable } from '../core/database.ts';

const DEFAULT_QUIET_SECONDS = 20;

/** Setting `imaging.quietSeconds`: how long nothing may have come before a study counts as complete. */
export async function quietSeconds(db: Queryable): Promise<number> {
  const row = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'imaging.quietSeconds')
    .executeTakeFirst();
  const value = Number(row?.value);
  return row && Number.isFinite(value) && value >= 1 && value <= 3_600 ? value : DEFAULT_QUIET_SECONDS;
}
