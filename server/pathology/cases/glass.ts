import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { addGlassSlide, type GlassSlide } from './addGlassSlides.ts';
import { advanceStage, atBench, givePathologyNumber, loadCase } from './caseRow.ts';

export const smearInput = z.object({
  specimen: z.string().regex(/^[A-Z]{1,2}$/),
  stain: z.string().trim().min(1).max(40),
  count: z.number().int().min(1).max(20).default(1),
});

/** Slides made without a block: smears, liquid-based cytology, frozen sections, slides sent for consultation. */
export async function addSmears(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof smearInput>,
) {
  const slides: GlassSlide[] = [];
  await act(ctx, actor, orderId, 'pathology.smear', async (trx, order) => {
    atBench(actor, 'bench.work', order);
    if (!['received', 'claimed', 'preliminary', 'partial'].includes(order.status)) {
      throw conflict('wrong-status', `the case is ${order.status}`, { status: order.status });
    }
    const specimen = await trx
      .selectFrom('pathologySpecimen')
      .select(['id', 'letter'])
      .where('orderId', '=', order.id)
      .where('letter', '=', input.specimen)
      .executeTakeFirst();
    if (!specimen)
      throw invalid(`there is no specimen ${input.specimen}`, [
        { path: 'specimen', code: 'unknown-specimen', params: { specimen: input.specimen } },
      ]);
    const found = await loadCase(trx, order.id);
    const outside = found.kind === 'consultation';
    await givePathologyNumber(ctx, trx, found);
    for (let n = 0; n < input.count; n++) {
      const from = {
        specimenId: specimen.id,
        blockId: null,
        label: specimen.letter,
        stain: input.stain,
        stainOrderId: null,
        outside,
      };
      slides.push(await addGlassSlide(ctx, trx, actor, order, from));
    }
    await advanceStage(trx, order.id, outside ? 'stained' : 'cut');
    await recordEvent(ctx, trx, actor, order, {
      kind: outside ? 'stained' : 'cut',
      detail: { slides: slides.map(({ label }) => label) },
    });
    return order;
  });
  return { slides };
}

export const gradeInput = z.object({
  quality: z.enum(['excellent', 'good', 'acceptable', 'poor']),
  note: z.string().max(400).optional(),
});

/** Grades the technical quality of a glass slide. */
export async function gradeSlide(
  ctx: Context,
  actor: Actor,
  id: string,
  input: z.output<typeof gradeInput>,
): Promise<void> {
  const staffId = personId(actor);
  const glass = await ctx.db
    .selectFrom('pathologySlide')
    .select(['orderId', 'label'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!glass) throw notFound('glass slide', id);
  await act(ctx, actor, glass.orderId, 'pathology.grade', async (trx, order) => {
    atBench(actor, 'report.write', order);
    await trx
      .updateTable('pathologySlide')
      .set({ quality: input.quality, qualityNote: input.note ?? null, qualityBy: staffId })
      .where('id', '=', id)
      .execute();
    await recordEvent(ctx, trx, actor, order, {
      kind: 'slide-graded',
      detail: { slide: glass.label, quality: input.quality },
    });
    return order;
  });
}
