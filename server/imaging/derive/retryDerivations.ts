import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';

/** Puts what failed for good back into the queue, once per series, and audits who did. Answers how many. */
export async function retryDerivations(
  ctx: Pick<Context, 'db' | 'bell'>,
  actor: Actor,
): Promise<{ retried: number }> {
  const retried = await ctx.db.transaction().execute(async (trx) => {
    await sql`
      delete from job j where j.kind = 'imaging.derive' and j.state = 'failed' and exists (
        select 1 from job o where o.kind = j.kind and o.key = j.key and (o.state = 'waiting' or o.id > j.id))`.execute(
      trx,
    );
    const { numUpdatedRows } = await trx
      .updateTable('job')
      .set({ state: 'waiting', attempts: 0, lockedUntil: null, runAt: sql`now()` })
      .where('kind', '=', 'imaging.derive')
      .where('state', '=', 'failed')
      .executeTakeFirst();
    await recordAudit(trx, actor, {
      action: 'derivation.retry',
      detail: { retried: Number(numUpdatedRows) },
    });
    return Number(numUpdatedRows);
  });
  ctx.bell.ring();
  return { retried };
}
