import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { INPUT_FAULTS } from '../../core/quality/inputFaults.ts';

/** Coded faults of an image; the technician reads them, statistics count them. */
export const IMAGE_FAULTS = INPUT_FAULTS.imaging;
export type ImageFault = (typeof IMAGE_FAULTS)[number];

/**
 * 甲乙丙: the reader grades the images (A, B, C) with coded faults; B and C name at least one. The site is told. A new
 * grade replaces the last one, which stays as history.
 */
export function gradeImages(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { grade: 'A' | 'B' | 'C'; faults: ImageFault[]; note?: string | undefined },
): Promise<Order> {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'image.grade', async (trx, order) => {
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    if (!order.receivedAt)
      throw conflict('no-images', 'there are no images to grade yet', { status: order.status });
    await trx
      .updateTable('imageGrade')
      .set({ supersededAt: ctx.clock.now() })
      .where('orderId', '=', order.id)
      .where('supersededAt', 'is', null)
      .execute();
    await trx
      .insertInto('imageGrade')
      .values({
        orderId: order.id,
        grade: input.grade,
        faults: input.faults,
        note: input.note ?? null,
        gradedBy: staffId,
        gradedAt: ctx.clock.now(),
      })
      .execute();
    await recordEvent(ctx, trx, actor, order, {
      kind: 'image-graded',
      detail: { grade: input.grade, faults: input.faults, note: input.note ?? '' },
    });
    if (input.grade !== 'A')
      await trx
        .insertInto('notification')
        .values({
          institutionId: order.performingInstitutionId,
          orderId: order.id,
          kind: 'image-graded',
          body: JSON.stringify({
            accessionNumber: order.accessionNumber,
            grade: input.grade,
            faults: input.faults,
          }),
        })
        .execute();
    return order;
  });
}
