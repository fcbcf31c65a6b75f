import type { Selectable } from 'kysely';
import type { Orders } from '../../../db/types.ts';
import type { Queryable, Transaction } from '../database.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Actor } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import { notFound } from '../errors.ts';

export type Order = Selectable<Orders>;

/** The order, if this actor may see it. Otherwise 404, and the attempt on an existing order is audited. */
export async function getVisibleOrder(db: Queryable, actor: Actor, id: string): Promise<Order> {
  const order = await db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', id)
    .where(visibleOrders(actor))
    .executeTakeFirst();
  if (order) return order;
  await auditDenied(db, actor, id);
  throw notFound('order', id);
}

/** The same, locked for the rest of the transaction: the first line of every operation that changes an order. */
export async function lockVisibleOrder(trx: Transaction, actor: Actor, id: string): Promise<Order> {
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', id)
    .where(visibleOrders(actor))
    .forUpdate()
    .executeTakeFirst();
  if (order) return order;
  throw notFound('order', id);
}

/** Records that somebody asked for a case that he may not see. Called outside a transaction that is rolled back. */
export async function auditDenied(db: Queryable, actor: Actor, orderId: string): Promise<void> {
  const exists = await db
    .selectFrom('orders')
    .select('patientId')
    .where('id', '=', orderId)
    .executeTakeFirst();
  if (exists)
    await recordAudit(db, actor, {
      action: 'order.read',
      subjectType: 'order',
      subjectId: orderId,
      patientId: exists.patientId,
      outcome: 'denied',
    });
}
