import type { Selectable } from 'kysely';
import type { LabContainer } from '../../../db/types.ts';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { invalid, notFound } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { isPlausibleBarcode } from './barcode.ts';

export type Container = Selectable<LabContainer>;

/** Refuses what cannot be a tube number, e.g. a misread digit, before anything is looked up. */
export function checkBarcode(barcode: string): string {
  const code = barcode.trim().toUpperCase();
  if (!isPlausibleBarcode(code))
    throw invalid(`${code} is not a tube number`, [
      {
        path: 'barcode',
        code: 'barcode',
        params: { barcode: code },
      },
    ]);
  return code;
}

/** The tube of a barcode with its order locked, if the actor may see it; 404 otherwise. */
export async function lockContainer(
  trx: Transaction,
  actor: Actor,
  barcode: string,
): Promise<{ container: Container; order: Order }> {
  const code = checkBarcode(barcode);
  const container = await trx
    .selectFrom('labContainer')
    .selectAll()
    .where('barcode', '=', code)
    .executeTakeFirst();
  const order =
    container &&
    (await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', container.orderId)
      .where(visibleOrders(actor))
      .forUpdate()
      .executeTakeFirst());
  if (!container || !order) throw notFound('tube', code);
  const locked = await trx
    .selectFrom('labContainer')
    .selectAll()
    .where('id', '=', container.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return { container: locked, order };
}

/** Same for reading. */
export async function findContainer(db: Queryable, actor: Actor, barcode: string): Promise<Container> {
  const container = await db
    .selectFrom('labContainer as c')
    .innerJoin('orders', 'orders.id', 'c.orderId')
    .selectAll('c')
    .where('c.barcode', '=', barcode.trim().toUpperCase())
    .where(visibleOrders(actor))
    .executeTakeFirst();
  if (!container) throw notFound('tube', barcode);
  return container;
}
