import type { Context } from '../core/context.ts';
import { enqueue } from '../core/jobs/enqueue.ts';
import { receiveOrder } from '../core/order/acts.ts';
import { flagLateInput } from '../core/order/flagLateInput.ts';
import { lockOrder } from './join/joinStudy.ts';
import { actorOfStudy, lockStudy, ordersOfStudy } from './queries.ts';
import { quietSeconds } from './settings.ts';

/**
 * Something came for a settled study: it receives again, and signed cases are flagged. A case that was sent back gets
 * what it waited for: it stands in the worklist again and its service clock goes on.
 */
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
      else if (!signed) {
        const locked = order.status === 'returned' ? await lockOrder(trx, order.id) : undefined;
        if (locked?.status === 'returned') await receiveOrder(ctx, trx, actor, locked);
        await trx.updateTable('orders').set({ receiving: true }).where('id', '=', order.id).execute();
      }
    }
  });
  ctx.bell.ring();
}
