import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { addWorkingDays } from '../../core/turnaround/calendar.ts';
import { loadCalendars } from '../../core/turnaround/updateClocks.ts';
import { readSettings } from '../settings.ts';
import { stainKinds } from '../stainKinds.ts';
import { atBench } from './caseRow.ts';

export const stainOrderInput = z.object({
  kind: z.enum(stainKinds),
  block: z.string().max(20).optional(),
  stains: z.array(z.string().trim().min(1).max(40)).min(1).max(40),
});

const nobody = '00000000-0000-0000-0000-000000000000';
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
      { path: 'stains', code: 'already-ordered', params: { stain } },
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
        { path: 'block', code: 'unknown-block', params: { block: input.block } },
      ]);
    if (block && ['loaned', 'exhausted', 'discarded'].includes(block.state))
      throw conflict('block-away', `block ${input.block} is ${block.state}`);
    if (!block && input.kind !== 'molecular')
      throw invalid('name the block', [{ path: 'block', code: 'required' }]);
    await refuseDuplicates(trx, order.id, block?.id, input);
    const now = ctx.clock.now();
    const days = (await readSettings(trx)).extensionDays[input.kind];
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
