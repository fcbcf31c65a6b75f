import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

/**
 * Puts work into the queue, in the caller's transaction. With a `key` the same waiting work stands only once; a later
 * call moves it to the later time (so "when it has been quiet for 20 s" is one call per arrival).
 */
export async function enqueue(
  trx: Queryable,
  job: { kind: string; key?: string; payload?: Record<string, unknown>; runAt?: Date },
): Promise<void> {
  await trx
    .insertInto('job')
    .values({
      kind: job.kind,
      key: job.key ?? null,
      payload: JSON.stringify(job.payload ?? {}),
      ...(job.runAt && { runAt: job.runAt }),
    })
    .onConflict((oc) =>
      oc
        .columns(['kind', 'key'])
        .where('key', 'is not', null)
        .where('state', '=', 'waiting')
        .doUpdateSet({ runAt: sql`greatest(job.run_at, excluded.run_at)`, payload: sql`excluded.payload` }),
    )
    .execute();
}
