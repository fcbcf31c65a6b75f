import { sql } from 'kysely';
import { personId, requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict, invalid } from '../errors.ts';
import { act } from '../order/acts.ts';
import { getVisibleOrder, type Order } from '../order/order.ts';
import { transition } from '../order/recordEvent.ts';
import { placeRequest } from '../order/createRequest.ts';
import { requestInput, type RequestInput } from '../order/requestInput.ts';
import type { Prompt } from './choosePrompts.ts';
import { findEarlierResults } from './findEarlierResults.ts';
import { checkDecision } from './gate.ts';
import { askForOrder } from './platform/askForOrder.ts';
import type { PlatformAnswer } from './platform/askPlatforms.ts';
import { readOpen, type OpenRow } from './readOpenPrompts.ts';
import { storeDecision, type Adopted } from './storeDecision.ts';

/**
 * Decides on the prompts of an order that waits (message) or went ahead (emergency), all in one submission. Adopting
 * items of a waiting order withdraws it; what is left of it is ordered again under the same request and placer number.
 * Each decision stands for good. Answers the order and the texts to cite.
 */
export async function decidePrompts(
  ctx: Context,
  actor: Actor,
  orderId: string,
  decisions: NonNullable<RequestInput['recognitionDecisions']>,
): Promise<{ order: Order; adopted: Adopted[]; rest: Order[] }> {
  personId(actor); // a clinician decides, never a machine
  const adopted: Adopted[] = [];
  const rest: Order[] = [];
  const elsewhere = await askAgain(ctx, actor, orderId, decisions);
  const decided = await act(ctx, actor, orderId, 'recognition.decide', async (trx, order) => {
    requirePermission(actor, 'recognition.decide', { institutionId: order.requestingInstitutionId });
    const now = ctx.clock.now();
    const open = await readOpen(trx, order.id, { lock: true, now });
    if (open.length === 0)
      throw conflict('nothing-to-decide', 'no prompt of this order waits for a decision');
    const own = order.patientId
      ? await findEarlierResults(
          ctx,
          trx,
          order.patientId,
          open.map((prompt) => prompt.itemCode),
          now,
        )
      : [];
    for (const prompt of open) {
      const { promptId } = prompt;
      const decision = decisions.find(
        (candidate) => candidate.promptId === promptId || candidate.promptId === prompt.id,
      );
      if (!decision)
        throw invalid('all prompts of an order are decided together', [
          { path: 'recognitionDecisions', code: 'prompt-undecided', params: { item: prompt.itemCode } },
        ]);
      checkDecision(decision);
      const result = standing(prompt, own, elsewhere);
      if (decision.decision === 'adopt' && !result)
        throw conflict(
          'recognition-prompt-outdated',
          'the earlier result was corrected, voided or has expired; it cannot be adopted',
        );
      const cited = await storeDecision(trx, actor, prompt, { ...decision, promptId }, result, now);
      if (cited) adopted.push(cited);
    }
    if (order.status !== 'awaiting-decision') return order;
    if (adopted.length === 0) return transition(ctx, trx, actor, order, 'decided');
    const cancelled = await transition(ctx, trx, actor, order, 'cancelled', { reason: 'recognized' });
    await ctx.centers
      .find((center) => center.kind === order.centerKind)
      ?.onOrderCancelled?.(trx, ctx, actor, cancelled);
    rest.push(...(await orderRest(ctx, trx, actor, order)));
    return cancelled;
  });
  return { order: decided, adopted, rest };
}

/** What other platforms say now of results that are about to be adopted; asked before the transaction begins. */
async function askAgain(
  ctx: Context,
  actor: Actor,
  orderId: string,
  decisions: NonNullable<RequestInput['recognitionDecisions']>,
): Promise<PlatformAnswer | undefined> {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  const asked = (await readOpen(ctx.db, order.id, { now: ctx.clock.now() })).filter(
    (prompt) =>
      prompt.kept &&
      decisions.some(
        ({ decision, promptId }) =>
          decision === 'adopt' && (promptId === prompt.promptId || promptId === prompt.id),
      ),
  );
  if (asked.length === 0 || !order.patientId) return undefined;
  return askForOrder(ctx, actor, {
    identifiers: [],
    patientId: order.patientId,
    institutionId: order.requestingInstitutionId,
    itemCodes: asked.map((prompt) => prompt.itemCode),
  });
}

/** The result behind a prompt as it stands; a platform that is silent now is held to what it said. */
function standing(prompt: OpenRow, own: Prompt[], elsewhere: PlatformAnswer | undefined): Prompt | undefined {
  if (!prompt.kept) return own.find((result) => result.promptId === prompt.promptId);
  if (!elsewhere || elsewhere.failures.some(({ platformId }) => platformId === prompt.kept?.platformId))
    return prompt.kept;
  return elsewhere.items.find((result) => result.promptId === prompt.promptId);
}

/** Orders the items whose earlier result was not adopted; they were decided on just now and are not held again. */
async function orderRest(ctx: Context, trx: Transaction, actor: Actor, order: Order): Promise<Order[]> {
  const { rows } = await sql<{ code: string }>`
    select i.code from order_item i where i.order_id = ${order.id}
      and not exists (select 1 from recognition_prompt p where p.order_id = i.order_id and p.item_code = i.code and p.decision = 'adopt')`.execute(
    trx,
  );
  if (rows.length === 0) return [];
  const input = requestInput.parse({
    center: order.centerKind,
    items: rows,
    priority: order.priority,
    flags: order.flags,
    ...(order.placerOrderNumber && { placerOrderNumber: order.placerOrderNumber }),
  });
  const { orders } = await placeRequest(ctx, trx, actor, input, {
    source: 'decided',
    institutionId: order.requestingInstitutionId,
    requestId: order.requestId,
    ...(order.patientId && { patientId: order.patientId }),
  });
  return orders;
}
