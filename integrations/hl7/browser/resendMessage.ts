import { recordAudit } from '../../../server/core/audit/recordAudit.ts';
import { personId, type Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import { conflict, notFound } from '../../../server/core/errors.ts';

/**
 * A person sends a message again (out: dead, ambiguous, acknowledged) or has it processed again (in: failed, held,
 * refused after the cause was mended). Why is recorded; the same bytes are used.
 */
export async function resendMessage(
  ctx: Context,
  actor: Actor,
  id: number,
  reason: string,
): Promise<{ state: string }> {
  personId(actor);
  const state = await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('hl7Message')
      .select(['id', 'direction', 'state', 'outboxId'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound('message', String(id));
    if (row.direction === 'in') {
      if (!['failed', 'held', 'refused'].includes(row.state))
        throw conflict('message-state', `a message that is ${row.state} is not processed again`, {
          state: row.state,
        });
      await trx
        .updateTable('hl7Message')
        .set({
          state: 'received',
          attempts: 0,
          nextAt: null,
          processedAt: null,
          answer: null,
          answerCode: null,
          problem: null,
        })
        .where('id', '=', id)
        .execute();
    } else {
      if (!['dead', 'ambiguous', 'acknowledged'].includes(row.state) || row.outboxId === null)
        throw conflict('message-state', `a message that is ${row.state} is not sent again`, {
          state: row.state,
        });
      await trx.updateTable('hl7Message').set({ state: 'waiting' }).where('id', '=', id).execute();
      await trx
        .updateTable('outbox')
        .set({ state: 'waiting', attempts: 0, nextAt: ctx.clock.now(), lockedUntil: null, lastError: null })
        .where('id', '=', row.outboxId)
        .execute();
    }
    await trx
      .insertInto('hl7MessageEvent')
      .values({
        messageId: id,
        kind: 'resent',
        actorName: actor.name,
        detail: JSON.stringify({ reason, from: row.state }),
      })
      .execute();
    await recordAudit(trx, actor, {
      action: 'hl7.resend',
      subjectType: 'hl7-message',
      subjectId: String(id),
      detail: { reason, from: row.state },
    });
    return row.direction === 'in' ? 'received' : 'waiting';
  });
  ctx.bell.ring();
  return { state };
}
