import { Worker } from 'node:worker_threads';
import type { Context } from '../core/context.ts';
import { announce } from '../core/events/announce.ts';
import type { LongAnalysis } from './analysis/analyseLong.ts';
import { filesOf } from './queries.ts';
import { loadRules } from './rules.ts';
import { saveAnalysis } from './saveAnalysis.ts';

/** Measures a long recording in a thread of its own, so that the hub answers others meanwhile. */
export async function analyseLongRecording(ctx: Context, recordingId: string): Promise<void> {
  const files = await filesOf(ctx.db, recordingId);
  if (files.length === 0) return;
  const parts = await Promise.all(
    files.map(async (file) => ({
      name: file.name ?? '',
      bytes: new Uint8Array(await ctx.objects.read(file.objectAddress)),
    })),
  );
  const rules = await loadRules(ctx.db);
  const result = await new Promise<LongAnalysis>((resolve, reject) => {
    const worker = new Worker(new URL('./analysis/longWorker.ts', import.meta.url), {
      workerData: { parts, rules },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => code !== 0 && reject(new Error(`the measuring thread ended with ${code}`)));
  });
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
