import { recordAudit } from '../../../server/core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import { conflict, invalid, notFound } from '../../../server/core/errors.ts';
import { findHeld } from './heldOrder.ts';
import { recordMapping } from './receiveOrder.ts';
import { Processor } from './processor.ts';

/**
 * A person maps the codes a held message was held for. The mapping stays for its sender; the message is processed
 * again as it came. Its stored answer is not sent a second time.
 */
export async function mapHeldMessage(
  ctx: Context,
  actor: Actor,
  messageId: number,
  mappings: { senderCode: string; itemCode: string }[],
): Promise<{ state: string; problem: string | null }> {
  requirePermission(actor, 'unmatched.decide');
  await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('hl7Message')
      .select(['state', 'sender'])
      .where('id', '=', messageId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound('message', String(messageId));
    if (row.state !== 'held')
      throw conflict('message-state', `the message is ${row.state}`, { state: row.state });
    for (const mapping of mappings) {
      const item = await trx
        .selectFrom('catalogueItem')
        .select('code')
        .where('code', '=', mapping.itemCode)
        .where('active', '=', true)
        .executeTakeFirst();
      if (!item)
        throw invalid(`item ${mapping.itemCode} is not in the catalogue`, [
          { path: 'itemCode', code: 'unknown-item' },
        ]);
      await recordMapping(trx, actor, row.sender, mapping.senderCode, mapping.itemCode);
    }
    await trx
      .updateTable('hl7Message')
      .set({ state: 'received', answer: null, answerCode: null, processedAt: null })
      .where('id', '=', messageId)
      .execute();
    await trx
      .insertInto('hl7MessageEvent')
      .values({ messageId, kind: 'mapped', actorName: actor.name, detail: JSON.stringify({ mappings }) })
      .execute();
    await trx
      .updateTable('unmatchedInput')
      .set({ state: 'resolved', resolvedAt: ctx.clock.now(), resolvedBy: actor.id, resolution: 'mapped' })
      .where('subjectType', '=', 'hl7-message')
      .where('subjectId', '=', String(messageId))
      .where('state', '=', 'open')
      .execute();
    await recordAudit(trx, actor, {
      action: 'hl7.map',
      subjectType: 'hl7-message',
      subjectId: String(messageId),
      detail: { mappings },
    });
  });
  const processor = new Processor(ctx);
  await processor.process(messageId);
  for (const id of await releaseBehind(ctx, messageId)) await processor.process(id);
  return ctx.db
    .selectFrom('hl7Message')
    .select(['state', 'problem'])
    .where('id', '=', messageId)
    .executeTakeFirstOrThrow();
}

/** Cancels and changes that came while the order waited: their turn, in the order in which they came. */
async function releaseBehind(ctx: Context, messageId: number): Promise<number[]> {
  return ctx.db.transaction().execute(async (trx) => {
    const done = await trx
      .selectFrom('hl7Message')
      .select(['state', 'deviceId', 'placerNumbers'])
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow();
    if (done.state === 'held' || done.deviceId === null || done.placerNumbers.length === 0) return [];
    const held = await findHeld(trx, done.deviceId, done.placerNumbers, messageId);
    const ids = held.map((row) => row.id).filter((id) => id > messageId);
    if (ids.length === 0) return [];
    await trx
      .updateTable('hl7Message')
      .set({ state: 'received', answer: null, answerCode: null, processedAt: null })
      .where('id', 'in', ids)
      .execute();
    await trx
      .insertInto('hl7MessageEvent')
      .values(
        ids.map((id) => ({ messageId: id, kind: 'released', detail: JSON.stringify({ after: messageId }) })),
      )
      .execute();
    return ids;
  });
}
