import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict } from '../errors.ts';
import { receiveOrder } from './acts.ts';
import { flagLateInput } from './flagLateInput.ts';
import type { Order } from './order.ts';
import { recordEvent, transition } from './recordEvent.ts';

/** Throws 409 `wrong-status` for a locked order that is cancelled or void: it takes no input. */
export function requireOpenForInput(order: Order): void {
  if (order.status === 'cancelled' || order.status === 'void')
    throw conflict('wrong-status', `an order that is ${order.status} takes no images and no recordings`, {
      status: order.status,
    });
}

/**
 * What committed input does to its locked order: it is acquired and accepted by itself; a signed one is flagged and its
 * signer told; any other notes that input was added.
 */
export async function acceptInput(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
  detail: Record<string, unknown>,
): Promise<Order> {
  switch (order.status) {
    case 'requested':
      return receiveOrder(ctx, trx, actor, await transition(ctx, trx, actor, order, 'acquired', { detail }));
    case 'awaiting-decision':
    case 'acquired':
    case 'returned':
      return receiveOrder(ctx, trx, actor, order);
    case 'final':
    case 'acknowledged':
    case 'corrected':
      return flagLateInput(ctx, trx, actor, order, detail);
    default:
      await recordEvent(ctx, trx, actor, order, { kind: 'input-added', detail });
      return order;
  }
}
