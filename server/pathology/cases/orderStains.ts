import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { addWorkingDays } from '../../core/turnaround/calendar.ts';
import { loadCalendars } from '../../core/turnaround/updateClocks.ts';
import { atBench } from './caseRow.ts';

export const stainKinds = ['recut', 'special', 'ihc', 'molecular', 'decalcification'] as const;
type StainKind = (typeof stainKinds)[number];

export const stainOrderInput = z.object({
  kind: z.enum(stainKinds),
  block: z.string().max(20).optional(),
  stains: z.array(z.string().trim().min(1).max(40)).min(1).max(40),
});

/** Working days by which each kind extends the due day of the case. Proposals; a centre sets its own. */
export const defaultExtensions: Record<StainKind, number> = {
  recut: 1,
  special: 1,
  ihc: 2,
  molecular: 5,
  decalcification: 2,
};

const nobody = '00000000-0000-0000-0000-000000000000';
const settingKey = 'pathology.extensions';

export async function extensionDays(db: Queryable): Promise<Record<StainKind, number>> {
  const row = await db.selectFrom('setting').select('value').where('key', '=', settingKey).executeTakeFirst();
  return { ...defaultExtensions, ...((row?.value ?? {}) as Partial<Record<StainKind, number>>) };
}

/** The calendar of the promise the case was given. */
async function calendarOf(trx: Transaction, order: Pick<Order, 'policyIds'>): Promise<string | undefined> {
  const policy = await trx
    .selectFrom('turnaroundPolicy')
    .select('calendarId')
    .where('id', 'in', order.policyIds.length > 0 ? order.policyIds : [nobody])
    .where('calendarId', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return policy?.calendarId ?? undefined;
}

/** The same stain twice on one block while the first is still on its way is a slip of the hand; a recut is not. */
async function refuseDuplicates(
  trx: Transaction,
  orderId: string,
  blockId: string | undefined,
  { kind, stains }: z.output<typeof stainOrderInput>,
): Promise<void> {
  const twice = stains.find((stain, at) => stains.indexOf(stain) !== at);
  const open = await trx
    .selectFrom('pathologyStainOrder')
    .select('stain')
    .where('orderId', '=', orderId)
    .where('blockId', 'is not distinct from', blockId ?? null)
    .where('kind', '=', kind)
    .where('stain', 'in', stains)
    .where('state', 'in', ['ordered', 'cut', 'stained'])
    .limit(1)
    .executeTakeFirst();
  const stain = kind === 'recut' ? undefined : (twice ?? open?.stain);
  if (stain)
    throw invalid(`${stain} is ordered on this block already`, [
      { path: 'stains', message: `该蜡块已有未完成的 ${stain}`, code: 'already-ordered' },
    ]);
}

/**
 * Orders recuts, special stains, an IHC panel, a molecular test or decalcification on a block. Each order has its own
 * due time; the first of its kind extends the due day of the case (an event `due-extended`, so the reason stays). On a signed
 * case it is work for an addendum: it has its own due time and the clocks of the case stay as they ended.
 */
export async function orderStains(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof stainOrderInput>,
) {
  let made: { id: string; stain: string }[] = [];
  await act(ctx, actor, orderId, 'pathology.stain-order', async (trx, order) => {
    atBench(actor, 'report.write', order);
    const signed = ['final', 'acknowledged', 'corrected'].includes(order.status);
    if (!signed && !['received', 'claimed', 'preliminary', 'partial'].includes(order.status)) {
      throw conflict('wrong-status', `nothing can be ordered on a case that is ${order.status}`, {
        status: order.status,
      });
    }
    const block = input.block
      ? await trx
          .selectFrom('pathologyBlock')
          .select(['id', 'state'])
          .where('orderId', '=', order.id)
          .where('label', '=', input.block)
          .executeTakeFirst()
      : undefined;
    if (input.block && !block)
      throw invalid(`there is no block ${input.block}`, [
        { path: 'block', message: `没有蜡块 ${input.block}`, code: 'unknown-block' },
      ]);
    if (block && ['loaned', 'exhausted', 'discarded'].includes(block.state))
      throw conflict('block-away', `block ${input.block} is ${block.state}`);
    if (!block && input.kind !== 'molecular')
      throw invalid('name the block', [{ path: 'block', message: '请选择蜡块', code: 'required' }]);
    await refuseDuplicates(trx, order.id, block?.id, input);
    const now = ctx.clock.now();
    const days = (await extensionDays(trx))[input.kind];
    const calendar = await calendarOf(trx, order);
    const working = calendar ? (await loadCalendars(trx, [calendar])).get(calendar) : undefined;
    const dueAt = working
      ? addWorkingDays(working, now, Math.max(1, days))
      : new Date(now.getTime() + days * 86_400_000);
    const earlier = await trx
      .selectFrom('pathologyStainOrder')
      .select('id')
      .where('orderId', '=', order.id)
      .where('kind', '=', input.kind)
      .where('state', '!=', 'cancelled')
      .limit(1)
      .executeTakeFirst();
    made = await trx
      .insertInto('pathologyStainOrder')
      .values(
        input.stains.map((stain) => ({
          orderId: order.id,
          blockId: block?.id ?? null,
          kind: input.kind,
          stain,
          orderedBy: actor.kind === 'staff' ? actor.id : null,
          orderedAt: now,
          dueAt,
        })),
      )
      .returning(['id', 'stain'])
      .execute();
    await trx
      .updateTable('pathologyCase')
      .set({ stage: 'waiting-stain' })
      .where('orderId', '=', order.id)
      .execute();
    await recordEvent(ctx, trx, actor, order, {
      kind: 'stain-ordered',
      detail: { kind: input.kind, stains: input.stains, block: input.block ?? null },
    });
    if (!earlier && days > 0 && !signed)
      await recordEvent(ctx, trx, actor, order, {
        kind: 'due-extended',
        reason: input.kind,
        detail: { days, for: input.kind },
      });
    return order;
  });
  return { items: made };
}

export const stainResultInput = z.object({
  state: z.enum(['done', 'cancelled']),
  /** IHC: positive, negative, percent, intensity; molecular: free text */
  result: z.record(z.string().max(40), z.union([z.string().max(400), z.number(), z.boolean()])).optional(),
  reason: z.string().max(400).optional(),
});

/** Reads a stain (its result goes into the report's table), or withdraws the order with a reason. */
export async function finishStain(
  ctx: Context,
  actor: Actor,
  id: string,
  input: z.output<typeof stainResultInput>,
): Promise<void> {
  const wanted = await ctx.db
    .selectFrom('pathologyStainOrder')
    .select('orderId')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!wanted) throw notFound('stain order', id);
  await act(ctx, actor, wanted.orderId, `pathology.stain-${input.state}`, async (trx, order) => {
    atBench(actor, 'report.write', order);
    const row = await trx
      .selectFrom('pathologyStainOrder')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (row.state === 'done' || row.state === 'cancelled')
      throw conflict('wrong-step', `the stain order is ${row.state}`);
    if (input.state === 'done' && row.state === 'ordered' && ['recut', 'special', 'ihc'].includes(row.kind))
      throw conflict('not-cut', `${row.stain} was not cut yet: there is nothing to read`);
    if (input.state === 'cancelled' && !input.reason)
      throw invalid('a reason is needed', [{ path: 'reason', message: '请填写取消原因', code: 'required' }]);
    await trx
      .updateTable('pathologyStainOrder')
      .set({
        state: input.state,
        doneAt: ctx.clock.now(),
        result: input.result ? JSON.stringify(input.result) : null,
      })
      .where('id', '=', id)
      .execute();
    await recordEvent(ctx, trx, actor, order, {
      kind: `stain-${input.state}`,
      detail: { stain: row.stain },
      ...(input.reason ? { reason: input.reason } : {}),
    });
    const open = await trx
      .selectFrom('pathologyStainOrder')
      .select('id')
      .where('orderId', '=', order.id)
      .where('state', 'in', ['ordered', 'cut', 'stained'])
      .limit(1)
      .executeTakeFirst();
    if (!open)
      await trx
        .updateTable('pathologyCase')
        .set({ stage: 'stained' })
        .where('orderId', '=', order.id)
        .where('stage', '=', 'waiting-stain')
        .execute();
    return order;
  });
}
