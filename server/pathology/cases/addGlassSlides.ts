import type { Selectable } from 'kysely';
import type { PathologyBlock } from '../../../db/types.ts';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { recordCustody } from './custody.ts';

export interface GlassSlide {
  id: string;
  label: string;
  barcode: string;
  stain: string;
}

/**
 * Makes one glass slide with the next number of its block (or of a specimen that has no block: smears). A slide of
 * another laboratory comes stained.
 */
export async function addGlassSlide(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  from: {
    specimenId: string;
    blockId: string | null;
    label: string;
    stain: string;
    stainOrderId: string | null;
    outside?: boolean;
  },
): Promise<GlassSlide> {
  const now = ctx.clock.now();
  const last = await trx
    .selectFrom('pathologySlide')
    .select('number')
    .where('specimenId', '=', from.specimenId)
    .where('blockId', 'is not distinct from', from.blockId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const number = (last?.number ?? 0) + 1;
  const label = `${from.label}-${number}`;
  const slide = await trx
    .insertInto('pathologySlide')
    .values({
      orderId: order.id,
      specimenId: from.specimenId,
      blockId: from.blockId,
      stainOrderId: from.stainOrderId,
      number,
      label,
      barcode: `${order.accessionNumber}-${label}`,
      stain: from.stain,
      ...(from.outside ? { state: 'stained', stainedAt: now } : { cutAt: now }),
    })
    .returning(['id', 'label', 'barcode', 'stain'])
    .executeTakeFirstOrThrow();
  await recordCustody(ctx, trx, actor, {
    subjectType: 'slide',
    subjectId: slide.id,
    orderId: order.id,
    kind: from.outside ? 'received' : 'made',
    place: from.outside ? '标本接收' : '切片',
  });
  return slide;
}

/** The slides a cut makes: the first HE, and one for every open order on this block. */
export async function addGlassSlides(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  block: Selectable<PathologyBlock>,
): Promise<GlassSlide[]> {
  const from = { specimenId: block.specimenId, blockId: block.id, label: block.label };
  const made: GlassSlide[] = [];
  const known = await trx
    .selectFrom('pathologySlide')
    .select('id')
    .where('blockId', '=', block.id)
    .limit(1)
    .executeTakeFirst();
  if (!known)
    made.push(await addGlassSlide(ctx, trx, actor, order, { ...from, stain: 'HE', stainOrderId: null }));
  const open = await trx
    .selectFrom('pathologyStainOrder')
    .select(['id', 'stain', 'kind'])
    .where('blockId', '=', block.id)
    .where('state', '=', 'ordered')
    .where('kind', 'in', ['recut', 'special', 'ihc', 'molecular'])
    .orderBy('orderedAt')
    .execute();
  for (const wanted of open) {
    made.push(
      await addGlassSlide(ctx, trx, actor, order, { ...from, stain: wanted.stain, stainOrderId: wanted.id }),
    );
    await trx.updateTable('pathologyStainOrder').set({ state: 'cut' }).where('id', '=', wanted.id).execute();
  }
  return made;
}
