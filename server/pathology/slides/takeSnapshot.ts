import { z } from 'zod';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { readRegion } from './readRegion.ts';
import { getVisibleSlide } from './slideAccess.ts';

/** A rectangle in pixels of level 0. */
export const snapshotInput = z.object({
  x: z.number().min(-1e7).max(1e7),
  y: z.number().min(-1e7).max(1e7),
  width: z.number().positive().max(1e7),
  height: z.number().positive().max(1e7),
  caption: z.string().max(200).optional(),
  /** as it is looked at: focal plane, colours by the scanner's profile */
  plane: z.number().int().min(0).max(99).optional(),
  corrected: z.boolean().optional(),
});

/**
 * Takes a picture of a region for the report: drawn on the server from the slide itself, so that what is printed is
 * what the scanner made. Returns its id; `content.images` of the report names it.
 */
export async function takeSnapshot(
  ctx: Context,
  actor: Actor,
  slideId: string,
  input: z.output<typeof snapshotInput>,
) {
  const staffId = personId(actor);
  const slide = await getVisibleSlide(ctx.db, actor, slideId);
  requirePermission(actor, 'report.write', { centerKind: 'pathology' });
  const bytes = await readRegion(ctx, slideId, { ...input, maxSide: 1600 });
  const stored = await ctx.objects.put(bytes); // bytes first, then rows
  const scale = await ctx.db
    .selectFrom('slideImage')
    .select('micrometrePerPixel')
    .where('id', '=', slideId)
    .executeTakeFirstOrThrow();
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('slideSnapshot')
      .values({
        slideImageId: slideId,
        orderId: slide.orderId,
        objectAddress: stored.address,
        x: input.x,
        y: input.y,
        width: input.width,
        height: input.height,
        micrometrePerPixel: scale.micrometrePerPixel,
        caption: input.caption ?? null,
        takenBy: staffId,
        at: ctx.clock.now(),
      })
      .returning(['id', 'caption', 'at'])
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'slide.snapshot',
      subjectType: 'slide-image',
      subjectId: slideId,
      detail: { snapshotId: row.id, orderId: slide.orderId },
    });
    return row;
  });
}

/** The bytes of a snapshot, for those who see its case. */
export async function readSnapshot(ctx: Context, actor: Actor, id: string): Promise<Buffer> {
  const row = await ctx.db.selectFrom('slideSnapshot').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('snapshot', id);
  if (row.orderId) await getVisibleOrder(ctx.db, actor, row.orderId);
  else await getVisibleSlide(ctx.db, actor, row.slideImageId);
  return ctx.objects.read(row.objectAddress);
}
