import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { transition } from '../../core/order/recordEvent.ts';
import { visibleStudies } from '../query/visibleStudies.ts';
import { ordersOfStudy, type StudyRow } from '../queries.ts';
import { attachStudy } from './attachStudy.ts';
import { detachStudy } from './detachStudy.ts';

/**
 * A person joins a study to an order, audited and reversible. What stood as a provisional order of that study only is
 * withdrawn. Throws 404 for what he may not see, 409 while the provisional case is being read.
 */
export function joinByPerson(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { studyInstanceUid: string; reason: string },
): Promise<Order> {
  return act(ctx, actor, orderId, 'order.join', async (trx, order) => {
    requirePermission(actor, 'order.join', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    const study = await lockVisibleStudy(trx, actor, input.studyInstanceUid);
    for (const other of await ordersOfStudy(trx, study.id)) {
      if (other.id === order.id)
        throw conflict('joined-already', 'the study is joined to this order already');
      if (other.provisional) await withdrawProvisional(ctx, trx, actor, study, other.id, input.reason);
    }
    const joined = await attachStudy(ctx, trx, actor, study, order, 'person');
    await resolveQueue(ctx, trx, actor, study, `joined to ${order.accessionNumber}: ${input.reason}`);
    return joined;
  });
}

export async function lockVisibleStudy(
  trx: Transaction,
  actor: Actor,
  studyInstanceUid: string,
): Promise<StudyRow> {
  const study = await trx
    .selectFrom('study')
    .selectAll()
    .where('studyInstanceUid', '=', studyInstanceUid)
    .where(visibleStudies(actor, 'study'))
    .forUpdate()
    .executeTakeFirst();
  if (!study) throw notFound('study', studyInstanceUid);
  return study;
}

async function withdrawProvisional(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  study: StudyRow,
  orderId: string,
  reason: string,
): Promise<void> {
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (order.status === 'claimed' || order.status === 'preliminary')
    throw conflict(
      'case-in-work',
      `the provisional case ${order.accessionNumber} is being read: release it first, or confirm its patient`,
      { orderId, status: order.status },
    );
  const left = await detachStudy(ctx, trx, actor, study, order, reason);
  const others = await trx
    .selectFrom('studyOrder')
    .select('id')
    .where('orderId', '=', orderId)
    .where('undoneAt', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (!others && ['received', 'returned', 'acquired', 'requested'].includes(left.status))
    await transition(
      ctx,
      trx,
      actor,
      left,
      'cancelled',
      { reason, detail: { joinedElsewhere: true } },
      { receiving: false },
    );
}

/** Closes what waits in the queue about a study. */
export async function resolveQueue(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  study: StudyRow,
  resolution: string,
): Promise<void> {
  await trx
    .updateTable('unmatchedInput')
    .set({
      state: 'resolved',
      resolvedAt: ctx.clock.now(),
      resolvedBy: actor.kind === 'staff' ? actor.id : null,
      resolution,
    })
    .where('centerKind', '=', 'imaging')
    .where('subjectType', '=', 'study')
    .where('subjectId', '=', study.studyInstanceUid)
    .where('state', '=', 'open')
    .execute();
}
