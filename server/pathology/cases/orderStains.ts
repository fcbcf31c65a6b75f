import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
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

const settingKey = 'pathology.extensions';

export async function extensionDays(db: Queryable): Promise<Record<StainKind, number>> {
  const row = await db.selectFrom('setting').select('value').where('key', '=', settingKey).executeTakeFirst();
  return { ...defaultExtensions, ...((row?.value ?? {}) as Partial<Record<StainKind, number>>) };
}

/**
 * Orders recuts, special stains, an IHC panel, a molecular test or decalcification on a block. Each order has its own
 * due time; the first of its kind extends the due day of the case (an event `due-extended`, so the reason stays).
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
    if (!['received', 'claimed', 'preliminary', 'partial'].includes(order.status)) {
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
    const now = ctx.clock.now();
    const days = (await extensionDays(trx))[input.kind];
    const calendar = (await trx.selectFrom('turnaroundCalendar').select('id').limit(1).executeTakeFirst())
      ?.id;
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
    if (!earlier && days > 0)
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
