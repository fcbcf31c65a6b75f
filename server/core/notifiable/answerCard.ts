import { personId, requirePermission, type Actor } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { conflict, notFound } from '../errors.ts';

export type CardAnswer = { kind: 'reported'; cardNumber: string } | { kind: 'dismissed'; reason: string };

/** The site's doctor says that the card was sent (with its number in the national system), or why there is no case. Once. */
export async function answerCard(
  ctx: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  cardId: string,
  answer: CardAnswer,
): Promise<void> {
  const staffId = personId(actor);
  await ctx.db.transaction().execute(async (trx) => {
    const card = await trx
      .selectFrom('notifiableCard as c')
      .innerJoin('orders as o', 'o.id', 'c.orderId')
      .select(['c.id', 'c.state', 'c.institutionId', 'c.patientId', 'c.orderId'])
      .where('c.id', '=', cardId)
      .where(visibleOrders(actor, 'o'))
      .forUpdate('c')
      .executeTakeFirst();
    if (!card) throw notFound('card', cardId);
    requirePermission(actor, 'report.acknowledge', { institutionId: card.institutionId });
    if (card.state !== 'draft')
      throw conflict('card-decided', `the card is ${card.state} already`, { state: card.state });
    await trx
      .updateTable('notifiableCard')
      .set({
        state: answer.kind,
        answeredAt: ctx.clock.now(),
        answeredBy: staffId,
        ...(answer.kind === 'reported' ? { cardNumber: answer.cardNumber } : { reason: answer.reason }),
      })
      .where('id', '=', cardId)
      .execute();
    await recordAudit(trx, actor, {
      action: `notifiable.${answer.kind}`,
      subjectType: 'notifiable-card',
      subjectId: cardId,
      patientId: card.patientId,
      detail: { orderId: card.orderId },
    });
  });
}
