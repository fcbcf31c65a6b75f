import { sql } from 'kysely';
import type { Context } from '../context.ts';

/**
 * Jobs that a killed process had taken are due at once instead of when their lock runs out. Only a hub that is alone on
 * its database (the embedded one) may know that nobody works on them.
 */
export async function releaseAbandonedJobs({ db, config }: Pick<Context, 'db' | 'config'>): Promise<void> {
  if (config.databaseUrl) return;
  await sql`update job set locked_until = null where state = 'waiting' and locked_until is not null`.execute(
    db,
  );
}
