import { sql } from 'kysely';
import { personId, requirePermission, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { conflict, invalid } from '../errors.ts';
import { act } from '../order/acts.ts';
import type { Order } from '../order/order.ts';
import { transition } from '../order/recordEvent.ts';
import type { RequestInput } from '../order/requestInput.ts';
import { citationOf } from './citation.ts';
import { findEarlierResults } from './findEarlierResults.ts';
import { checkDecision } from './gate.ts';

/**
 * Decides on the prompts of an order that waits (message) or went ahead (emergency), all in one submission. Adopting
 * every item of a waiting order withdraws it; otherwise it goes on. Each decision stands for good.
 */
export function decidePrompts(
  ctx: Context,
  actor: Actor,
  orderId: string,
  decisions: NonNullable<RequestInput['recognitionDecisions']>,
): Promise<Order> {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'recognition.decide', async (trx, order) => {
    requirePermission(actor, 'recognition.decide', { institutionId: order.requestingInstitutionId });
    const now = ctx.clock.now();
    const open = await trx
      .selectFrom('recognitionPrompt')
      .selectAll()
      .where('orderId', '=', order.id)
      .where('decision', 'is', null)
      .forUpdate()
      .execute();
    if (open.length === 0)
      throw conflict('nothing-to-decide', 'no prompt of this order waits for a decision');
    const results = order.patientId
      ? await findEarlierResults(
          ctx,
          trx,
          order.patientId,
          open.map((prompt) => prompt.itemCode),
          now,
        )
      : [];
    for (const prompt of open) {
      const promptId = `${prompt.itemCode}:${prompt.signedReportId}`;
      const decision = decisions.find(
        (candidate) => candidate.promptId === promptId || candidate.promptId === prompt.id,
      );
      if (!decision)
        throw invalid('all prompts of an order are decided together', [
          { path: 'recognitionDecisions', message: `尚未决定:${prompt.itemCode}`, code: 'missing' },
        ]);
      checkDecision(decision);
      const result = results.find((candidate) => candidate.promptId === promptId);
      if (decision.decision === 'adopt' && !result)
        throw conflict(
          'recognition-prompt-outdated',
          'the earlier result was corrected, voided or has expired; it cannot be adopted',
        );
      await trx
        .updateTable('recognitionPrompt')
        .set({
          decision: decision.decision,
          reason: decision.decision === 'repeat' ? (decision.reason ?? null) : null,
          note: decision.note ?? null,
          patientInformed: decision.patientInformed ? JSON.stringify(decision.patientInformed) : null,
          citation: decision.decision === 'adopt' && result ? citationOf(result) : null,
          saving: decision.decision === 'adopt' ? (result?.price ?? null) : null,
          decidedBy: staffId,
          decidedAt: now,
        })
        .where('id', '=', prompt.id)
        .execute();
      await recordAudit(trx, actor, {
        action: `recognition.${decision.decision}`,
        subjectType: 'recognition-prompt',
        subjectId: prompt.id,
        patientId: order.patientId,
        detail: { item: prompt.itemCode, reason: decision.reason ?? null },
      });
    }
    if (order.status !== 'awaiting-decision') return order;
    const items = await sql<{
      left: number;
    }>`select count(*)::int as left from order_item i where i.order_id = ${order.id} and not exists (select 1 from recognition_prompt p where p.order_id = i.order_id and p.item_code = i.code and p.decision = 'adopt')`.execute(
      trx,
    );
    if ((items.rows[0]?.left ?? 1) === 0) {
      const cancelled = await transition(ctx, trx, actor, order, 'cancelled', { reason: 'recognized' });
      await ctx.centers
        .find((center) => center.kind === order.centerKind)
        ?.onOrderCancelled?.(trx, ctx, actor, cancelled);
      return cancelled;
    }
    return transition(ctx, trx, actor, order, 'decided');
  });
}
