import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { joinPdfs } from '../../core/print/joinPdfs.ts';

/** So many reports fit into one print. */
export const BATCH_LIMIT = 100;

/**
 * Last signed reports of several orders as one PDF to print, in the order asked for. What the actor may not see, or
 * what is not signed, is left out. Each report counts as printed by him, so that a correction calls him back.
 */
export async function printBatch(
  ctx: Context,
  actor: Actor,
  orderIds: readonly string[],
): Promise<{ pdf: Buffer; printed: number }> {
  const rows = await ctx.db
    .selectFrom('orders')
    .innerJoin('signedReport as s', 's.orderId', 'orders.id')
    .distinctOn('orders.id')
    .select(['orders.id as orderId', 's.id as signedReportId', 's.pdfAddress', 'orders.patientId'])
    .where('orders.id', 'in', orderIds.slice(0, BATCH_LIMIT))
    .where('orders.centerKind', '=', 'lab')
    .where('s.kind', 'not in', ['partial', 'void'])
    .where('s.pdfAddress', 'is not', null)
    .where(visibleOrders(actor))
    .orderBy('orders.id')
    .orderBy('s.number', 'desc')
    .execute();
  const sorted = orderIds.flatMap((id) => rows.find((row) => row.orderId === id) ?? []);
  if (sorted.length === 0) throw notFound('signed report');
  const files: Buffer[] = [];
  for (const row of sorted) if (row.pdfAddress) files.push(await ctx.objects.read(row.pdfAddress));
  const pdf = joinPdfs(files);
  await ctx.db.transaction().execute(async (trx) => {
    for (const row of sorted)
      await recordAudit(trx, actor, {
        action: 'report.print',
        subjectType: 'order',
        subjectId: row.orderId,
        patientId: row.patientId,
      });
    if (actor.kind === 'staff' && actor.id !== null) {
      const staffId = actor.id;
      await trx
        .insertInto('reportView')
        .values(sorted.map((row) => ({ signedReportId: row.signedReportId, staffId, act: 'printed' })))
        .execute();
    }
  });
  return { pdf, printed: sorted.length };
}
