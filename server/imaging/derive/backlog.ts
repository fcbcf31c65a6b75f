import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';

/** How far the derived data is behind: jobs that wait or failed, and the oldest of them. */
export async function readBacklog(
  db: Queryable,
): Promise<{ waiting: number; failed: number; oldestAt: Date | null; receivingStudies: number }> {
  const { rows } = await sql<{
    waiting: number;
    failed: number;
    oldestAt: Date | null;
    receivingStudies: number;
  }>`
    select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'failed')::int as failed, min(created_at) as oldest_at,
      (select count(*)::int from study where state = 'receiving') as receiving_studies
    from job where kind = 'imaging.derive'`.execute(db);
  return rows[0] ?? { waiting: 0, failed: 0, oldestAt: null, receivingStudies: 0 };
}
