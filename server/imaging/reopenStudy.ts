import type { Context } from '../core/context.ts';
import { enqueue } from '../core/jobs/enqueue.ts';
import { flagLateInput } from '../core/order/flagLateInput.ts';
import { actorOfStudy, lockStudy, ordersOfStudy } from './queries.ts';
import { quietSeconds } from './settings.ts';

/** Something came for a settled study: it receives again, and signed cases are flagged. */
export async function reopenStudy(ctx: Context, studyId: number): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const study = await lockStudy(trx, studyId);
    if (!study || study.state !== 'settled') return;
    await trx.updateTable('study').set({ state: 'receiving' }).where('id', '=', studyId).execute();
    const runAt = new Date(Date.now() + (await quietSeconds(trx)) * 1_000);
    await enqueue(trx, { kind: 'imaging.settle', key: String(studyId), payload: { studyId }, runAt });
    const actor = await actorOfStudy(trx, study);
    for (const order of await ordersOfStudy(trx, studyId)) {
      const signed =
        order.status === 'final' || order.status === 'acknowledged' || order.status === 'corrected';
      if (signed && !order.lateInput)
        await flagLateInput(ctx, trx, actor, order, { studyInstanceUid: study.studyInstanceUid });
      else if (!signed)
        await trx.updateTable('orders').set({ receiving: true }).where('id', '=', order.id).execute();
    }
  });
  ctx.bell.ring();
}
