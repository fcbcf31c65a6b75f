import type { CenterKind } from '../../../db/types.ts';
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
  return withdraw(ctx, trx, actor, group, orders, group.clinicalInfo ?? 'cancelled by the sender');
}

async function withdraw(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  group: OrderGroup,
  orders: Order[],
  reason: string,
): Promise<Order[]> {
  const cancelled: Order[] = [];
  for (const order of orders) {
    if (order.status === 'cancelled') {
      cancelled.push(order);
      continue;
    }
    const after = await refusing(group, () => transition(ctx, trx, actor, order, 'cancelled', { reason }));
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

/**
 * ORC-1 XO: priority and clinical information may change until the report is begun. Items may too, as long as nothing
 * was examined or collected for those that go: their orders are withdrawn and what is new joins the same request.
 * Throws Hl7ContentError naming ORC-2 or OBR-4.
 */
export async function changePlaced(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
  group: OrderGroup,
  wanted: {
    center: CenterKind;
    codes: string[];
    place: (codes: string[], requestId: string) => Promise<Order[]>;
  },
): Promise<Order[]> {
  const all = await standing(trx, received, group);
  const orders = all.filter((order) => order.status !== 'cancelled');
  const first = orders[0];
  if (!first)
    throw contentError(
      'ORC',
      2,
      'the order is cancelled and cannot be changed',
      'refuse',
      207,
      group.sequence,
    );
  const { codes } = wanted;
  const items = await trx
    .selectFrom('orderItem')
    .select(['orderId', 'code'])
    .where(
      'orderId',
      'in',
      orders.map((order) => order.id),
    )
    .execute();
  const going =
    codes.length === 0
      ? []
      : orders.filter((order) =>
          items.some((item) => item.orderId === order.id && !codes.includes(item.code)),
        );
  const staying = orders.filter((order) => !going.includes(order));
  const added = codes.filter(
    (code) => !items.some((item) => item.code === code && staying.some((order) => order.id === item.orderId)),
  );
  if (added.length > 0 && first.centerKind !== wanted.center)
    throw contentError(
      'OBR',
      4,
      `items of another centre than the order (${first.centerKind})`,
      'refuse',
      207,
      group.sequence,
    );
  for (const order of going)
    if (!['requested', 'awaiting-decision'].includes(order.status) || (await wasCollected(trx, order.id)))
      throw contentError(
        'OBR',
        4,
        `${items
          .filter((item) => item.orderId === order.id)
          .map((item) => item.code)
          .join(', ')} is in work and cannot be taken off the order`,
        'refuse',
        207,
        group.sequence,
      );
  const withdrawn = await withdraw(ctx, trx, actor, group, going, 'items changed by the sender');
  const changed = await changeKept(ctx, trx, actor, group, staying);
  const placed = added.length > 0 ? await wanted.place(added, first.requestId) : [];
  return [...changed, ...placed, ...withdrawn];
}

/** A tube of the order is filled already: what was drawn from a patient is not undone by a message. */
async function wasCollected(trx: Transaction, orderId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('orderEvent')
    .select('seq')
    .where('orderId', '=', orderId)
    .where('kind', 'in', ['collected', 'specimen-dispatched', 'acquired'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function changeKept(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  group: OrderGroup,
  orders: Order[],
): Promise<Order[]> {
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
