import type { Context } from '../core/context.ts';
import type { Arrival } from './arrival.ts';
import { joinStudy } from './join/joinStudy.ts';
import { reopenStudy } from './reopenStudy.ts';

/**
 * What follows a committed object, outside its transaction: the first of a study is joined to its order at once (the
 * job of the same name does it after a crash), one for a settled study opens it again. A sender never waits for this.
 */
export function afterInsert(
  ctx: Context,
  arrival: Arrival,
  studyInstanceUid: string,
  inserted: { studyId: number; freshStudy: boolean; wasSettled: boolean },
): void {
  if (!inserted.freshStudy && !inserted.wasSettled) return;
  const chosen = arrival.orderId ? { orderId: arrival.orderId, actor: arrival.sender.actor } : undefined;
  const task = (
    inserted.freshStudy ? joinStudy(ctx, inserted.studyId, chosen) : reopenStudy(ctx, inserted.studyId)
  )
    .catch((err: unknown) =>
      ctx.log.warn({ err, studyInstanceUid }, 'a study could not be joined yet; the job will try again'),
    )
    .finally(() => arrival.work.delete(task));
  arrival.work.add(task);
}
