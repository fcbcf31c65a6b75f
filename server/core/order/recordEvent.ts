import type { Updateable } from 'kysely';
import type { Orders } from '../../../db/types.ts';
import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict } from '../errors.ts';
import { announce } from '../events/announce.ts';
import { updateClocks } from '../turnaround/updateClocks.ts';
import type { Order } from './order.ts';
import { TRANSITIONS, type TransitionKind } from './transitions.ts';

export interface OrderEventInput {
  kind: string;
  /** When it happened; now unless told. */
  at?: Date;
  /** What the device's own clock said. */
  deviceAt?: Date;
  reason?: string;
  detail?: Record<string, unknown>;
}

/**
 * Appends an event to an order's timeline, derives its clocks and tells the browsers. Does not change the status.
 * Answers the order's due time.
 * The order must be locked by the caller (or just made).
 */
export async function recordEvent(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
  event: OrderEventInput,
): Promise<Date | null> {
  await trx
    .insertInto('orderEvent')
    .values({
      orderId: order.id,
      kind: event.kind,
      at: event.at ?? ctx.clock.now(),
      deviceAt: event.deviceAt ?? null,
      actorId: actor.kind === 'staff' ? actor.id : null,
      actorName: actor.name,
      institutionId: actor.institutionId,
      reason: event.reason ?? null,
      detail: JSON.stringify(event.detail ?? {}),
    })
    .execute();
  const dueAt = await updateClocks(trx, order.id, order.policyIds);
  await announce(trx, {
    kind: event.kind === 'requested' || event.kind === 'acquired' ? 'order.new' : 'order.changed',
    orderId: order.id,
    centerKind: order.centerKind,
    institutionIds: [...new Set([order.requestingInstitutionId, order.performingInstitutionId])],
    reportingInstitutionId: order.reportingInstitutionId,
    data: {
      event: event.kind,
      accessionNumber: order.accessionNumber,
      priority: order.priority,
      actorName: actor.name,
    },
  });
  return dueAt;
}

/**
 * Moves an order along the table of transitions: status, extra columns, event, clocks and announcement in one
 * transaction. Throws 409 `wrong-status` naming the status when the act is not allowed from it.
 * Returns the order as it now stands.
 */
export async function transition(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
  kind: TransitionKind,
  event: Omit<OrderEventInput, 'kind'> = {},
  columns: Updateable<Orders> = {},
): Promise<Order> {
  const rule = TRANSITIONS[kind];
  if (!(rule.from as readonly string[]).includes(order.status))
    throw conflict('wrong-status', `an order that is ${order.status} cannot become ${rule.to}`, {
      status: order.status,
      act: kind,
    });
  const changed = await trx
    .updateTable('orders')
    .set({ ...columns, status: rule.to, updatedAt: ctx.clock.now() })
    .where('id', '=', order.id)
    .where('status', '=', order.status)
    .returningAll()
    .executeTakeFirst();
  if (!changed) throw conflict('changed-meanwhile', 'the order was changed by somebody else; read it again');
  const dueAt = await recordEvent(ctx, trx, actor, changed, { ...event, kind });
  return { ...changed, dueAt };
}
