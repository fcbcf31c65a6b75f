import type { Context } from '../core/context.ts';
import { announce } from '../core/events/announce.ts';
import { filesOf } from './queries.ts';
import { loadRules } from './rules.ts';
import { saveAnalysis } from './saveAnalysis.ts';
import { measureInThread } from './threads/inThread.ts';

/** Measures a long recording in a thread. Done again after a crash it only adds the same measuring once more. */
export async function analyseLongRecording(ctx: Context, recordingId: string): Promise<void> {
  const files = await filesOf(ctx.db, recordingId);
  if (files.length === 0) return;
  const parts = await Promise.all(
    files.map(async (file) => ({
      name: file.name ?? '',
      bytes: await ctx.objects.read(file.objectAddress),
    })),
  );
  const result = await measureInThread(parts, await loadRules(ctx.db));
  await ctx.db.transaction().execute(async (trx) => {
    await saveAnalysis(trx, recordingId, result.analysis, result.strip);
    const orders = await trx
      .selectFrom('ecgRecordingOrder')
      .innerJoin('orders', 'orders.id', 'orderId')
      .select(['orders.id', 'orders.requestingInstitutionId', 'orders.reportingInstitutionId'])
      .where('recordingId', '=', recordingId)
      .where('undoneAt', 'is', null)
      .execute();
    for (const order of orders)
      await announce(trx, {
        kind: 'order.changed',
        orderId: order.id,
        centerKind: 'ecg',
        institutionIds: [order.requestingInstitutionId],
        reportingInstitutionId: order.reportingInstitutionId,
        data: { event: 'analysed' },
      });
  });
  ctx.bell.ring();
}
