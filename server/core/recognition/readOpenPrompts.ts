import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { getVisibleOrder } from '../order/order.ts';
import type { Prompt } from './choosePrompts.ts';
import { findEarlierResults } from './findEarlierResults.ts';
import { standingNow } from './platform/keptResults.ts';
import type { PlatformResult } from './platform/readBundle.ts';

/** A prompt that waits; `outdated` when its result was corrected, voided or has expired and can only be repeated. */
export type OpenPrompt =
  | (Prompt & { dueAt: Date | null; outdated: false })
  | { promptId: string; itemCode: string; itemName: string; orderId: string | null; accessionNumber: string | null; platformName: string | null; reportNumber: string | null; label: string | null; dueAt: Date | null; outdated: true }; // prettier-ignore

export interface OpenRow {
  id: string;
  promptId: string;
  patientId: string;
  itemCode: string;
  itemName: string;
  orderId: string | null;
  label: string | null;
  dueAt: Date | null;
  sourceOrderId: string | null;
  accessionNumber: string | null;
  /** What another platform answered, where the prompt is about its result and that is still valid. */
  kept: PlatformResult | undefined;
  platformName: string | null;
  reportNumber: string | null;
}

/** The prompts of an order without a decision, in the order of their items; locked for whoever decides. */
export async function readOpen(
  db: Queryable,
  orderId: string,
  { now, lock = false }: { now: Date; lock?: boolean },
): Promise<OpenRow[]> {
  const rows = await db
    .selectFrom('recognitionPrompt as p')
    .innerJoin('catalogueItem as c', 'c.code', 'p.itemCode')
    .leftJoin('orders as o', 'o.id', 'p.sourceOrderId')
    .leftJoin('platformResult as r', 'r.id', 'p.platformResultId')
    .select(['p.id', 'p.patientId', 'p.itemCode', 'c.name as itemName', 'p.orderId', 'p.label', 'p.dueAt'])
    .select(['p.sourceOrderId', 'p.signedReportId', 'o.accessionNumber'])
    .select(['r.content', 'r.receivedAt', 'r.fingerprint'])
    .where('p.orderId', '=', orderId)
    .where('p.decision', 'is', null)
    .orderBy('p.itemCode')
    .limit(100)
    .$if(lock, (qb) => qb.forUpdate('p'))
    .execute();
  return rows.map(({ signedReportId, content, receivedAt, fingerprint, ...row }) => {
    const kept = content as unknown as PlatformResult | null;
    return {
      ...row,
      promptId: `${row.itemCode}:${signedReportId ?? fingerprint ?? ''}`,
      kept: kept && receivedAt ? standingNow(kept, receivedAt, now) : undefined,
      platformName: kept?.platformName ?? null,
      reportNumber: kept?.reportNumber ?? null,
    };
  });
}

/** The prompts of an order that wait for its clinician, with values, validity and price as they stand now. */
export async function readOpenPrompts(ctx: Context, actor: Actor, orderId: string): Promise<OpenPrompt[]> {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  if (!order.patientId) return [];
  const now = ctx.clock.now();
  const prompts = await readOpen(ctx.db, order.id, { now });
  if (prompts.length === 0) return [];
  const codes = prompts.map((prompt) => prompt.itemCode);
  const results = await findEarlierResults(ctx, ctx.db, order.patientId, codes, now);
  return prompts.map(({ promptId, itemCode, itemName, dueAt, kept, ...prompt }) => {
    const result = kept ?? results.find((each) => each.promptId === promptId);
    if (result) return { ...result, dueAt, outdated: false };
    const { sourceOrderId: orderId, accessionNumber, platformName, reportNumber, label } = prompt;
    return { promptId, itemCode, itemName, orderId, accessionNumber, platformName, reportNumber, label, dueAt, outdated: true }; // prettier-ignore
  });
}

/** What was decided for this order, by whom and with which text to cite; oldest first. */
export async function readDecisions(ctx: Context, actor: Actor, orderId: string) {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  const rows = await ctx.db
    .selectFrom('recognitionPrompt as p')
    .innerJoin('catalogueItem as c', 'c.code', 'p.itemCode')
    .leftJoin('orders as o', 'o.id', 'p.sourceOrderId')
    .leftJoin('platformResult as r', 'r.id', 'p.platformResultId')
    .leftJoin('staff as d', 'd.id', 'p.decidedBy')
    .select(['p.id', 'p.itemCode', 'c.name as itemName', 'p.decision', 'p.reason', 'p.note', 'p.citation'])
    .select(['p.decidedAt', 'd.name as decidedBy', 'p.sourceOrderId', 'o.accessionNumber'])
    .select(['p.patientInformed', 'r.content'])
    .where('p.orderId', '=', order.id)
    .where('p.decision', 'is not', null)
    .orderBy('p.decidedAt')
    .limit(100)
    .execute();
  return rows.map(({ content, ...row }) => {
    const kept = content as unknown as PlatformResult | null;
    return { ...row, platformName: kept?.platformName ?? null, reportNumber: kept?.reportNumber ?? null };
  });
}
