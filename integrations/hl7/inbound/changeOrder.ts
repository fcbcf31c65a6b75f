import { recordAudit } from '../../../server/core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import type { Transaction } from '../../../server/core/database.ts';
import { DomainError } from '../../../server/core/errors.ts';
import type { Order } from '../../../server/core/order/order.ts';
import { recordEvent, transition } from '../../../server/core/order/recordEvent.ts';
import { choosePolicies } from '../../../server/core/turnaround/choosePolicies.ts';
import { contentError } from '../../../server/standards/hl7v2/errors.ts';
import type { OrderGroup } from './orderGroups.ts';
import type { Received } from './outcome.ts';

/** Orders a site placed under its own number, locked. */
export function findPlaced(trx: Transaction, institutionId: string, placer: string): Promise<Order[]> {
  return trx
    .selectFrom('orders')
    .selectAll()
    .where('placerOrderNumber', '=', placer)
    .where('requestingInstitutionId', '=', institutionId)
    .orderBy('accessionNumber')
    .forUpdate()
    .execute();
}

/** ORC-1 CA: withdraws every order of the placer number. Refused (AE) once one is being reported. */
export async function cancelPlaced(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
  group: OrderGroup,
): Promise<Order[]> {
  const orders = await standing(trx, received, group);
  requirePermission(actor, 'order.cancel', { institutionId: received.institutionId });
  const cancelled: Order[] = [];
  for (const order of orders) {
    if (order.status === 'cancelled') {
      cancelled.push(order);
      continue;
    }
    const after = await refusing(group, () =>
      transition(ctx, trx, actor, order, 'cancelled', {
        reason: group.clinicalInfo ?? 'cancelled by the sender',
      }),
    );
    await ctx.centers
      .find((center) => center.kind === order.centerKind)
      ?.onOrderCancelled?.(trx, ctx, actor, after);
    await recordAudit(trx, actor, {
      action: 'order.cancel',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
    });
    cancelled.push(after);
  }
  return cancelled;
}

/** ORC-1 XO: priority and clinical information may change until the report is begun; items may not. */
export async function changePlaced(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
  group: OrderGroup,
  codes: string[],
): Promise<Order[]> {
  const orders = await standing(trx, received, group);
  const items = await trx
    .selectFrom('orderItem')
    .select('code')
    .where(
      'orderId',
      'in',
      orders.map((order) => order.id),
    )
    .execute();
  const known = new Set(items.map((item) => item.code));
  if (codes.some((code) => !known.has(code)))
    throw contentError(
      'OBR',
      4,
      'items cannot be changed: cancel the order and send a new one',
      'refuse',
      207,
      group.sequence,
    );
  const changed: Order[] = [];
  for (const order of orders) {
    if (
      !['requested', 'awaiting-decision', 'acquired', 'received', 'claimed', 'returned'].includes(
        order.status,
      )
    )
      throw contentError(
        'ORC',
        2,
        `the order is ${order.status} and cannot be changed`,
        'refuse',
        207,
        group.sequence,
      );
    const facts = {
      centerKind: order.centerKind,
      itemClass: order.itemClass,
      priority: group.priority,
      flags: order.flags,
    };
    const after = await trx
      .updateTable('orders')
      .set({
        priority: group.priority,
        lane: { emergency: 0, urgent: 1, routine: 2 }[group.priority],
        policyIds: await choosePolicies(trx, facts, ctx.clock.now()),
        updatedAt: ctx.clock.now(),
      })
      .where('id', '=', order.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (group.clinicalInfo)
      await trx
        .updateTable('request')
        .set({ clinicalInfo: group.clinicalInfo })
        .where('id', '=', order.requestId)
        .execute();
    await recordEvent(ctx, trx, actor, after, {
      kind: 'changed',
      detail: { priority: [order.priority, group.priority], clinicalInfo: group.clinicalInfo ?? null },
    });
    await recordAudit(trx, actor, {
      action: 'order.change',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
    });
    changed.push(after);
  }
  return changed;
}

async function standing(trx: Transaction, received: Received, group: OrderGroup): Promise<Order[]> {
  const orders = await findPlaced(trx, received.institutionId, group.placer);
  if (orders.length === 0)
    throw contentError(
      'ORC',
      2,
      `placer order number ${group.placer} is not known here`,
      'refuse',
      204,
      group.sequence,
    );
  return orders;
}

async function refusing<T>(group: OrderGroup, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError && error.status === 409)
      throw contentError('ORC', 2, error.message, 'refuse', 207, group.sequence);
    throw error;
  }
}
