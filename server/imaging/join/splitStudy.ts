import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { splitInput, type SplitInput } from '../../core/report/splitInput.ts';
import { attachStudy } from './attachStudy.ts';
import { detachStudy } from './detachStudy.ts';
import { lockVisibleStudy } from './joinByPerson.ts';
import { queueStudy } from './queueStudy.ts';

/** A person takes a study away from an order, see splitInput; without another order it goes into the queue. */
export function splitStudy(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: SplitInput & { studyInstanceUid: string },
): Promise<Order> {
  return splitInput(ctx, actor, orderId, input, {
    action: 'order.split',
    requireJoined: (order) => requireJoined(ctx, order, input.studyInstanceUid),
    split: async (trx, order, target) => {
      const study = await lockVisibleStudy(trx, actor, input.studyInstanceUid);
      const left = await detachStudy(ctx, trx, actor, study, order, input.reason);
      if (target) await attachStudy(ctx, trx, actor, study, target, 'person');
      else
        await queueStudy(trx, actor, study, {
          kind: 'no-order',
          reason: `split from ${order.accessionNumber}: ${input.reason}`,
        });
      return left;
    },
  });
}

async function requireJoined(ctx: Context, order: Order, studyInstanceUid: string): Promise<void> {
  const joined = await ctx.db
    .selectFrom('studyOrder')
    .innerJoin('study', 'study.id', 'studyOrder.studyId')
    .select('study.id')
    .where('studyOrder.orderId', '=', order.id)
    .where('studyOrder.undoneAt', 'is', null)
    .where('study.studyInstanceUid', '=', studyInstanceUid)
    .executeTakeFirst();
  if (!joined) throw notFound('study', studyInstanceUid);
}
