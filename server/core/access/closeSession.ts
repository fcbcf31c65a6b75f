import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Actor } from './actor.ts';

/** Ends a session. Answers how it had been opened, and the provider's word of then. */
export async function closeSession(
  ctx: Pick<Context, 'db' | 'clock' | 'keys'>,
  actor: Actor,
  sessionId: string,
): Promise<{ method: string; idToken?: string }> {
  return ctx.db.transaction().execute(async (trx) => {
    const session = await trx
      .selectFrom('session')
      .select(['method', 'idTokenEncrypted'])
      .where('id', '=', sessionId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await trx
      .updateTable('session')
      .set({ revokedAt: ctx.clock.now(), idTokenEncrypted: null })
      .where('id', '=', sessionId)
      .execute();
    await recordAudit(trx, actor, { action: 'session.close', subjectType: 'session', subjectId: sessionId });
    return {
      method: session.method,
      ...(session.idTokenEncrypted && { idToken: ctx.keys.decrypt(session.idTokenEncrypted) }),
    };
  });
}
