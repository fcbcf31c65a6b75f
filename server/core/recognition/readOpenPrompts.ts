import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { getVisibleOrder } from '../order/order.ts';
import { findEarlierResults, type EarlierResult } from './findEarlierResults.ts';

/** A prompt that waits; `outdated` when its result was corrected, voided or has expired and can only be repeated. */
export type OpenPrompt =
  | (EarlierResult & { dueAt: Date | null; outdated: false })
  | { promptId: string; itemCode: string; itemName: string; orderId: string; accessionNumber: string; label: string | null; dueAt: Date | null; outdated: true }; // prettier-ignore

/** The prompts of an order that wait for its clinician, with values, validity and price as they stand now. */
export async function readOpenPrompts(ctx: Context, actor: Actor, orderId: string): Promise<OpenPrompt[]> {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  if (!order.patientId) return [];
  const prompts = await ctx.db
    .selectFrom('recognitionPrompt as p')
    .innerJoin('catalogueItem as c', 'c.code', 'p.itemCode')
    .innerJoin('orders as o', 'o.id', 'p.sourceOrderId')
    .select(['p.itemCode', 'c.name as itemName', 'p.signedReportId', 'p.label', 'p.dueAt', 'p.sourceOrderId'])
    .select('o.accessionNumber')
    .where('p.orderId', '=', order.id)
    .where('p.decision', 'is', null)
    .orderBy('p.itemCode')
    .limit(100)
    .execute();
  if (prompts.length === 0) return [];
  const codes = prompts.map((prompt) => prompt.itemCode);
  const results = await findEarlierResults(ctx, ctx.db, order.patientId, codes, ctx.clock.now());
  return prompts.map(({ signedReportId, sourceOrderId, dueAt, ...prompt }) => {
    const promptId = `${prompt.itemCode}:${signedReportId}`;
    const result = results.find((each) => each.promptId === promptId);
    return result
      ? { ...result, dueAt, outdated: false }
      : { ...prompt, promptId, orderId: sourceOrderId, dueAt, outdated: true };
  });
}

/** What was decided for this order, by whom and with which text to cite; oldest first. */
export async function readDecisions(ctx: Context, actor: Actor, orderId: string) {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  return ctx.db
    .selectFrom('recognitionPrompt as p')
    .innerJoin('catalogueItem as c', 'c.code', 'p.itemCode')
    .innerJoin('orders as o', 'o.id', 'p.sourceOrderId')
    .leftJoin('staff as d', 'd.id', 'p.decidedBy')
    .select(['p.id', 'p.itemCode', 'c.name as itemName', 'p.decision', 'p.reason', 'p.note', 'p.citation'])
    .select([
      'p.decidedAt',
      'd.name as decidedBy',
      'p.sourceOrderId',
      'o.accessionNumber',
      'p.patientInformed',
    ])
    .where('p.orderId', '=', order.id)
    .where('p.decision', 'is not', null)
    .orderBy('p.decidedAt')
    .limit(100)
    .execute();
}
