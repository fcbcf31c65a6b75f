import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict } from '../../core/errors.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { getVisibleOrder, type Order } from '../../core/order/order.ts';
import { lastSigned } from '../../core/report/readReport.ts';
import { loadDraft } from '../../core/report/saveReport.ts';
import {
  writeMeasurementReports,
  type MeasurementState,
  type WrittenReport,
} from './writeMeasurementReport.ts';

/**
 * Saves what a reader has measured so far as structured reports in the case's studies, without waiting for the report.
 * Throws 409 without images.
 */
export async function saveMeasurements(
  ctx: Context,
  actor: Actor,
  orderId: string,
  measurements: unknown[],
): Promise<{ items: WrittenReport[] }> {
  const id = personId(actor);
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  requirePermission(actor, 'report.write', {
    institutionId: order.reportingInstitutionId,
    centerKind: order.centerKind,
  });
  if (!order.receivedAt)
    throw conflict('no-images', 'there are no images to measure yet', { status: order.status });
  const items = await writeMeasurementReports(ctx, { ...actor, id }, order, { measurements }, 'draft');
  return { items };
}

/** In the transaction of a submission or signature: the measurements of that version are written right after it. */
export const queueMeasurements = (
  trx: Transaction,
  actor: Actor,
  order: Order,
  state: MeasurementState,
): Promise<void> =>
  enqueue(trx, { kind: 'imaging.measure', payload: { orderId: order.id, staffId: actor.id, state } });

/** The queued part; may be repeated. */
export async function runMeasurements(ctx: Context, payload: Record<string, unknown>): Promise<void> {
  const state: MeasurementState = payload.state === 'verified' ? 'verified' : 'preliminary';
  const found = await ctx.db.transaction().execute(async (trx) => {
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', String(payload.orderId))
      .executeTakeFirstOrThrow();
    const staff = await trx
      .selectFrom('staff')
      .select(['id', 'name', 'institutionId'])
      .where('id', '=', String(payload.staffId))
      .executeTakeFirstOrThrow();
    const content =
      state === 'verified'
        ? (await lastSigned(trx, order.id))?.content
        : (await loadDraft(trx, order)).content;
    return { order, staff, content };
  });
  if (!found.content) return;
  const author = { kind: 'staff' as const, roles: [], verbs: [], ...found.staff };
  await writeMeasurementReports(ctx, author, found.order, found.content as Record<string, unknown>, state);
}
