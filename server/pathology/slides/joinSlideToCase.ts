import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';

/** Marks the glass slide scanned and writes the arrival on the case's timeline. */
async function recordArrival(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  slideImageId: string,
  orderId: string,
  glassId: string | null,
): Promise<void> {
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await recordEvent(ctx, trx, actor, order, { kind: 'slide-image', detail: { slideImageId } });
  if (order.status === 'final' || order.status === 'acknowledged' || order.status === 'corrected') {
    await trx.updateTable('orders').set({ lateInput: true }).where('id', '=', orderId).execute();
  }
  if (!glassId) return;
  await trx
    .updateTable('pathologySlide')
    .set({ scannedAt: ctx.clock.now(), state: 'scanned' })
    .where('id', '=', glassId)
    .where('state', 'in', ['cut', 'stained', 'scanned'])
    .execute();
  await trx
    .updateTable('pathologyCase')
    .set({ stage: 'scanned' })
    .where('orderId', '=', orderId)
    .where('stage', 'in', ['accepted', 'grossed', 'embedded', 'cut', 'stained'])
    .execute();
}

/** True when the label's barcode is that of another glass slide than the one, or of another case, that was named. */
export async function barcodeDisagrees(
  trx: Transaction,
  slide: { orderId: string | null; pathologySlideId: string | null; barcode: string | null },
): Promise<boolean> {
  if (!slide.barcode) return false;
  const glass = await trx
    .selectFrom('pathologySlide')
    .select(['id', 'orderId'])
    .where('barcode', '=', slide.barcode)
    .executeTakeFirst();
  if (!glass) return false;
  return (
    glass.orderId !== slide.orderId ||
    (slide.pathologySlideId !== null && slide.pathologySlideId !== glass.id)
  );
}

/**
 * Ties a slide to its case after upload. A case named by the uploader holds unless the label's barcode says another
 * one: then the slide waits without a case. The barcode alone only proposes: a person decides (`joinSlide`, which says
 * so by `decided`).
 */
export async function joinSlideToCase(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  slideImageId: string,
  { decided = false } = {},
): Promise<void> {
  const slide = await trx
    .selectFrom('slideImage')
    .select(['orderId', 'pathologySlideId', 'barcode', 'stain'])
    .where('id', '=', slideImageId)
    .executeTakeFirstOrThrow();
  if (!slide.orderId) return;
  if (!decided && (await barcodeDisagrees(trx, slide))) {
    await trx
      .updateTable('slideImage')
      .set({ orderId: null, pathologySlideId: null })
      .where('id', '=', slideImageId)
      .execute();
    return;
  }
  let glassId = slide.pathologySlideId;
  if (!glassId && slide.barcode) {
    const glass = await trx
      .selectFrom('pathologySlide')
      .select('id')
      .where('orderId', '=', slide.orderId)
      .where('barcode', '=', slide.barcode)
      .executeTakeFirst();
    glassId = glass?.id ?? null;
  }
  if (glassId) {
    const glass = await trx
      .selectFrom('pathologySlide')
      .select('stain')
      .where('id', '=', glassId)
      .executeTakeFirst();
    await trx
      .updateTable('slideImage')
      .set({ pathologySlideId: glassId, stain: slide.stain ?? glass?.stain ?? null })
      .where('id', '=', slideImageId)
      .execute();
  }
  await recordArrival(ctx, trx, actor, slideImageId, slide.orderId, glassId);
}
