import { requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { lockVisibleOrder } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { barcodeDisagrees, joinSlideToCase } from './joinSlideToCase.ts';
import { getVisibleSlide } from './slideAccess.ts';

/**
 * Ties a slide without a case to a case (or to one of its glass slides): a person's decision, whatever the barcode
 * proposes; against the label's barcode only with a reason (409 `barcode-disagrees`). Throws 409 `already-joined` when
 * it stands in another case: split it there first.
 */
export async function joinSlide(
  ctx: Context,
  actor: Actor,
  id: string,
  input: { orderId: string; pathologySlideId?: string | undefined; reason?: string | undefined },
): Promise<void> {
  await getVisibleSlide(ctx.db, actor, id);
  await ctx.db.transaction().execute(async (trx) => {
    const order = await lockVisibleOrder(trx, actor, input.orderId);
    requirePermission(actor, 'bench.work', {
      institutionId: order.reportingInstitutionId,
      centerKind: 'pathology',
    });
    const slide = await trx
      .selectFrom('slideImage')
      .select(['orderId', 'barcode'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (slide.orderId && slide.orderId !== order.id)
      throw conflict('already-joined', 'the slide stands in another case');
    if (input.pathologySlideId) {
      const glass = await trx
        .selectFrom('pathologySlide')
        .select('id')
        .where('id', '=', input.pathologySlideId)
        .where('orderId', '=', order.id)
        .executeTakeFirst();
      if (!glass) throw notFound('glass slide', input.pathologySlideId);
    }
    const wanted = { orderId: order.id, pathologySlideId: input.pathologySlideId ?? null };
    if (!input.reason && (await barcodeDisagrees(trx, { ...wanted, barcode: slide.barcode })))
      throw conflict('barcode-disagrees', `the label says ${slide.barcode}: give the reason to join it here`);
    await trx
      .updateTable('slideImage')
      .set({
        orderId: order.id,
        pathologySlideId: input.pathologySlideId ?? null,
        updatedAt: ctx.clock.now(),
      })
      .where('id', '=', id)
      .execute();
    await joinSlideToCase(ctx, trx, actor, id, { decided: true });
    await recordAudit(trx, actor, {
      action: 'slide.join',
      subjectType: 'slide-image',
      subjectId: id,
      patientId: order.patientId,
      detail: { orderId: order.id, ...(input.reason ? { reason: input.reason } : {}) },
    });
  });
  ctx.bell.ring();
}

/** The glass whose picture turned out to be of another one waits for the scanner again. */
async function scanAgain(trx: Transaction, glassId: string): Promise<void> {
  await trx
    .updateTable('pathologySlide')
    .set((eb) => ({
      scannedAt: null,
      state: eb.case().when('stainedAt', 'is not', null).then('stained').else('cut').end(),
    }))
    .where('id', '=', glassId)
    .where('state', '=', 'scanned')
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('slideImage').select('id').where('pathologySlideId', '=', glassId))),
    )
    .execute();
}

/** Takes a slide out of a case it does not belong to. A signed report over it must be voided first. */
export async function splitSlide(ctx: Context, actor: Actor, id: string, reason: string): Promise<void> {
  const { orderId } = await getVisibleSlide(ctx.db, actor, id);
  if (!orderId) throw conflict('not-joined', 'the slide stands in no case');
  await ctx.db.transaction().execute(async (trx) => {
    const order = await lockVisibleOrder(trx, actor, orderId);
    requirePermission(actor, 'bench.work', {
      institutionId: order.reportingInstitutionId,
      centerKind: 'pathology',
    });
    if (['final', 'acknowledged', 'corrected'].includes(order.status)) {
      throw conflict('signed', 'the report over this slide is signed: void it first', {
        status: order.status,
      });
    }
    const { pathologySlideId } = await trx
      .selectFrom('slideImage')
      .select('pathologySlideId')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await trx
      .updateTable('slideImage')
      .set({ orderId: null, pathologySlideId: null })
      .where('id', '=', id)
      .execute();
    if (pathologySlideId) await scanAgain(trx, pathologySlideId);
    await recordEvent(ctx, trx, actor, order, { kind: 'slide-split', reason, detail: { slideImageId: id } });
    await recordAudit(trx, actor, {
      action: 'slide.split',
      subjectType: 'slide-image',
      subjectId: id,
      patientId: order.patientId,
      detail: { orderId, reason },
    });
  });
  ctx.bell.ring();
}
