import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { addGlassSlides } from './addGlassSlides.ts';
import { advanceStage, atBench } from './caseRow.ts';
import { recordCustody } from './custody.ts';

export const stepInput = z.object({
  step: z.enum(['embed', 'cut', 'stain']),
  barcodes: z.array(z.string().trim().min(3).max(60)).min(1).max(100),
  place: z.string().max(60).optional(),
});
type Step = z.output<typeof stepInput>['step'];

export interface StepResult {
  barcode: string;
  /** what was made or moved on */
  label: string;
  orderId: string;
  slides: { id: string; label: string; barcode: string; stain: string }[];
}

async function stepBlock(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  step: Step,
  barcode: string,
  place: string | undefined,
): Promise<StepResult> {
  const block = await trx
    .selectFrom('pathologyBlock')
    .selectAll()
    .where('barcode', '=', barcode)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const now = ctx.clock.now();
  if (step === 'embed') {
    if (block.state !== 'grossed')
      throw conflict('wrong-step', `block ${block.label} is ${block.state} already`);
    await trx
      .updateTable('pathologyBlock')
      .set({ state: 'embedded', embeddedAt: now })
      .where('id', '=', block.id)
      .execute();
    await recordCustody(ctx, trx, actor, {
      subjectType: 'block',
      subjectId: block.id,
      orderId: order.id,
      kind: 'handed-over',
      place: place ?? '包埋',
    });
    await advanceStage(trx, order.id, 'embedded');
    return { barcode, label: block.label, orderId: order.id, slides: [] };
  }
  if (!['grossed', 'embedded', 'cut', 'archived'].includes(block.state))
    throw conflict('wrong-step', `block ${block.label} is ${block.state}`);
  if (block.state === 'grossed') throw conflict('wrong-step', `block ${block.label} is not embedded yet`);
  const slides = await addGlassSlides(ctx, trx, actor, order, block);
  if (slides.length === 0)
    throw conflict('nothing-to-cut', `block ${block.label} is cut and nothing further is ordered on it`);
  await trx
    .updateTable('pathologyBlock')
    .set({ state: 'cut', cutAt: block.cutAt ?? now })
    .where('id', '=', block.id)
    .execute();
  await recordCustody(ctx, trx, actor, {
    subjectType: 'block',
    subjectId: block.id,
    orderId: order.id,
    kind: 'handed-over',
    place: place ?? '切片',
  });
  await advanceStage(trx, order.id, 'cut');
  return { barcode, label: block.label, orderId: order.id, slides };
}

async function stepSlide(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  barcode: string,
  place: string | undefined,
): Promise<StepResult> {
  const slide = await trx
    .selectFrom('pathologySlide')
    .selectAll()
    .where('barcode', '=', barcode)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (slide.state !== 'cut') throw conflict('wrong-step', `slide ${slide.label} is ${slide.state} already`);
  const now = ctx.clock.now();
  await trx
    .updateTable('pathologySlide')
    .set({ state: 'stained', stainedAt: now })
    .where('id', '=', slide.id)
    .execute();
  if (slide.stainOrderId) {
    await trx
      .updateTable('pathologyStainOrder')
      .set({ state: 'stained' })
      .where('id', '=', slide.stainOrderId)
      .where('state', 'in', ['ordered', 'cut'])
      .execute();
  }
  await recordCustody(ctx, trx, actor, {
    subjectType: 'slide',
    subjectId: slide.id,
    orderId: order.id,
    kind: 'handed-over',
    place: place ?? '染色',
  });
  await advanceStage(trx, order.id, 'stained');
  return { barcode, label: slide.label, orderId: order.id, slides: [] };
}

/** The order a barcode at the bench belongs to. */
async function orderOf(ctx: Context, step: Step, barcode: string): Promise<string> {
  const table = step === 'stain' ? 'pathologySlide' : 'pathologyBlock';
  const row = await ctx.db
    .selectFrom(table)
    .select('orderId')
    .where('barcode', '=', barcode)
    .executeTakeFirst();
  if (!row) throw notFound(step === 'stain' ? 'glass slide' : 'block', barcode);
  return row.orderId;
}

/** Cases whose blocks and slides may be worked on; a signed one when more was ordered for its addendum. */
const workable = ['received', 'claimed', 'preliminary', 'partial', 'final', 'acknowledged', 'corrected'];

const eventOf: Record<Step, string> = { embed: 'embedded', cut: 'cut', stain: 'stained' };

/**
 * Scans at a station: blocks are embedded, blocks are cut (the HE slide and the slides of open stain orders come to be,
 * each with a label), slides are stained. The barcodes of one case are one act and one event: all of them or none.
 */
export async function stepCase(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof stepInput>,
): Promise<{ items: StepResult[] }> {
  const byOrder = new Map<string, string[]>();
  for (const barcode of new Set(input.barcodes)) {
    const orderId = await orderOf(ctx, input.step, barcode);
    byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), barcode]);
  }
  const items: StepResult[] = [];
  for (const [orderId, barcodes] of byOrder) {
    await act(ctx, actor, orderId, `pathology.${input.step}`, async (trx, order) => {
      atBench(actor, 'bench.work', order);
      if (!workable.includes(order.status)) {
        throw conflict('wrong-status', `the case is ${order.status}: nothing of it goes on at the bench`, {
          status: order.status,
        });
      }
      const done: StepResult[] = [];
      for (const barcode of barcodes) {
        done.push(
          input.step === 'stain'
            ? await stepSlide(ctx, trx, actor, order, barcode, input.place)
            : await stepBlock(ctx, trx, actor, order, input.step, barcode, input.place),
        );
      }
      const slides = done.flatMap((result) => result.slides.map(({ label }) => label));
      const detail = { labels: done.map(({ label }) => label), ...(slides.length > 0 ? { slides } : {}) };
      await recordEvent(ctx, trx, actor, order, { kind: eventOf[input.step], detail });
      items.push(...done);
      return order;
    });
  }
  return { items };
}
