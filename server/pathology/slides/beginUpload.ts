import { can, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { forbidden, invalid, notFound, tooLarge } from '../../core/errors.ts';
import { chooseReportingInstitution } from '../../core/order/chooseCenter.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { closedFormatOf, refuseClosedFormat } from '../formats/closedFormats.ts';

/** 64 GiB: a 40× slide with several focal planes. */
export const maxFileBytes = 64 * 1024 ** 3;

export interface BeginUpload {
  fileName: string;
  fileSize: number;
  /** case the slide belongs to; without it the label's barcode proposes one */
  orderId?: string | undefined;
  /** glass slide of that case */
  pathologySlideId?: string | undefined;
  stain?: string | undefined;
}

/** The institution for which the actor uploads: of the case when he may see it, else his own. */
async function institutionOf(
  ctx: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  orderId: string | undefined,
): Promise<string> {
  if (orderId) {
    const order = await ctx.db
      .selectFrom('orders')
      .innerJoin('pathologyCase', 'pathologyCase.orderId', 'orders.id')
      .select(['orders.reportingInstitutionId', 'orders.performingInstitutionId'])
      .where('orders.id', '=', orderId)
      .where(visibleOrders(actor))
      .executeTakeFirst();
    if (!order) throw notFound('case', orderId);
    const here = [order.reportingInstitutionId, order.performingInstitutionId];
    if (
      !here.some((institutionId) => can(actor, 'input.upload', { institutionId, centerKind: 'pathology' }))
    ) {
      requirePermission(actor, 'input.upload', {
        institutionId: order.reportingInstitutionId,
        centerKind: 'pathology',
      });
    }
    return order.reportingInstitutionId;
  }
  if (!actor.institutionId) throw forbidden('a slide comes from an institution', 'needs-institution');
  requirePermission(actor, 'input.upload', { institutionId: actor.institutionId, centerKind: 'pathology' });
  // a scanner at a member site works for the centre that answers for it
  return chooseReportingInstitution(ctx.db, 'pathology', actor.institutionId, [], ctx.clock.now());
}

/**
 * Opens an upload: a row that takes the parts of one file. A closed format is refused by its name before a byte is
 * sent. Returns the id of the slide to be.
 */
export async function beginUpload(ctx: Context, actor: Actor, input: BeginUpload): Promise<{ id: string }> {
  const institutionId = await institutionOf(ctx, actor, input.orderId);
  if (input.fileSize > maxFileBytes) throw tooLarge(`a slide file is at most ${maxFileBytes} bytes`, '64 GB');
  if (input.fileSize < 1) throw invalid('the file is empty', [{ path: 'fileSize', code: 'empty-file' }]);
  const closed = closedFormatOf(new Uint8Array(0), input.fileName);
  if (closed) throw refuseClosedFormat(closed);
  if (input.pathologySlideId) {
    const glass = await ctx.db
      .selectFrom('pathologySlide')
      .select('orderId')
      .where('id', '=', input.pathologySlideId)
      .executeTakeFirst();
    if (!glass || glass.orderId !== input.orderId) throw notFound('glass slide', input.pathologySlideId);
  }
  return ctx.db.transaction().execute(async (trx) => {
    const slide = await trx
      .insertInto('slideImage')
      .values({
        institutionId,
        orderId: input.orderId ?? null,
        pathologySlideId: input.pathologySlideId ?? null,
        state: 'uploading',
        fileName: input.fileName,
        fileSize: input.fileSize,
        stain: input.stain ?? null,
        uploadedBy: actor.kind === 'staff' ? actor.id : null,
        uploadedByName: actor.name,
        createdAt: ctx.clock.now(),
        updatedAt: ctx.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'slide.upload',
      subjectType: 'slide-image',
      subjectId: slide.id,
      detail: { fileSize: input.fileSize, orderId: input.orderId ?? null },
    });
    return slide;
  });
}
