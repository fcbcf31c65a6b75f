import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { atBench } from './caseRow.ts';

export const stainResultInput = z.object({
  state: z.enum(['done', 'cancelled']),
  /** what was read: `3+`, `胞膜强阳性`, `未检出突变`; share of cells and intensity where the marker asks for them */
  result: z
    .object({
      result: z.string().trim().min(1).max(200),
      percent: z.number().min(0).max(100).optional(),
      intensity: z.string().trim().max(20).optional(),
    })
    .optional(),
  reason: z.string().max(400).optional(),
});

/** Stains that have something to say; a recut or decalcification is only finished. */
export const readKinds = ['ihc', 'special', 'molecular'];

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
    if (input.state === 'done' && readKinds.includes(row.kind) && !input.result)
      throw invalid('say what was read', [{ path: 'result', code: 'required' }]);
    if (input.state === 'cancelled' && !input.reason)
      throw invalid('a reason is needed', [{ path: 'reason', code: 'required' }]);
    await trx
      .updateTable('pathologyStainOrder')
      .set({
        state: input.state,
        doneAt: ctx.clock.now(),
        readBy: actor.kind === 'staff' ? actor.id : null,
        result: input.result ? JSON.stringify(input.result) : null,
      })
      .where('id', '=', id)
      .execute();
    await recordEvent(ctx, trx, actor, order, {
      kind: `stain-${input.state}`,
      detail: { stain: row.stain, ...(input.result && { result: input.result.result }) },
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
