import { recordAudit } from '../audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../access/actor.ts';
import { PERMISSIONS, type Permission, type Role } from '../access/roles.ts';
import type { Context } from '../context.ts';
import { crashPoint } from '../crashPoint.ts';
import type { Transaction } from '../database.ts';
import { conflict, DomainError, invalid } from '../errors.ts';
import { auditDenied, lockVisibleOrder, type Order } from './order.ts';
import { recordEvent, transition } from './recordEvent.ts';
import { OPEN_STATUSES } from './transitions.ts';

/** Runs one act on a locked order with its audit row, then rings. What the actor may not see is 404 and audited. */
export async function act(
  ctx: Context,
  actor: Actor,
  orderId: string,
  action: string,
  work: (trx: Transaction, order: Order) => Promise<Order>,
): Promise<Order> {
  try {
    const changed = await ctx.db.transaction().execute(async (trx) => {
      const order = await lockVisibleOrder(trx, actor, orderId);
      const after = await work(trx, order);
      await recordAudit(trx, actor, {
        action,
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
        detail: { from: order.status, to: after.status },
      });
      crashPoint(`${action}.before-commit`);
      return after;
    });
    crashPoint(`${action}.after-commit`);
    ctx.bell.ring();
    return changed;
  } catch (error) {
    if (error instanceof DomainError && error.status === 404) await auditDenied(ctx.db, actor, orderId);
    throw error;
  }
}

const atCenter = (actor: Actor, permission: Permission, order: Order) =>
  requirePermission(actor, permission, {
    institutionId: order.reportingInstitutionId,
    centerKind: order.centerKind,
  });

/** Withdraws an order that nobody has reported yet; only the requesting site may. */
export function cancelOrder(ctx: Context, actor: Actor, orderId: string, reason: string): Promise<Order> {
  return act(ctx, actor, orderId, 'order.cancel', async (trx, order) => {
    requirePermission(actor, 'order.cancel', { institutionId: order.requestingInstitutionId });
    const cancelled = await transition(ctx, trx, actor, order, 'cancelled', { reason });
    await ctx.centers
      .find((center) => center.kind === order.centerKind)
      ?.onOrderCancelled?.(trx, ctx, actor, cancelled);
    return cancelled;
  });
}

/** Sends the input back to the site with a coded reason; the service clock stands still until it is resent. */
export function returnOrder(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { reason: string; note?: string | undefined },
): Promise<Order> {
  return act(ctx, actor, orderId, 'order.return', (trx, order) => {
    atCenter(actor, 'order.return', order);
    return transition(
      ctx,
      trx,
      actor,
      order,
      'returned',
      { reason: input.reason, detail: { note: input.note ?? '' } },
      { claimedBy: null, claimedAt: null, claimOpenedAt: null },
    );
  });
}

/** 核收: a person accepts the input, or takes it back into work after a return. */
export function acceptOrder(ctx: Context, actor: Actor, orderId: string): Promise<Order> {
  return act(ctx, actor, orderId, 'order.accept', (trx, order) => {
    atCenter(actor, 'order.accept', order);
    return receiveOrder(ctx, trx, actor, order);
  });
}

/** The transition behind acceptance, also used when input accepts itself (imaging, ECG). */
export function receiveOrder(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
): Promise<Order> {
  const kind = order.status === 'returned' ? 'resent' : 'received';
  const now = ctx.clock.now();
  return transition(
    ctx,
    trx,
    actor,
    order,
    kind,
    {},
    // Whoever was given the case beforehand has his time to open it from now on.
    { receivedAt: order.receivedAt ?? now, ...(order.assignedTo && { assignedAt: now }) },
  );
}

/**
 * Takes a case. Atomic: of two at once one wins, the other gets 409 `claimed-by-other` with the name. Claiming one's
 * own case again only marks it as opened.
 */
export function claimOrder(ctx: Context, actor: Actor, orderId: string): Promise<Order> {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'order.claim', async (trx, order) => {
    atCenter(actor, 'order.claim', order);
    const now = ctx.clock.now();
    if (order.claimedBy && order.claimedBy !== staffId && order.status === 'claimed') {
      const other = await trx
        .selectFrom('staff')
        .select('name')
        .where('id', '=', order.claimedBy)
        .executeTakeFirst();
      throw conflict('claimed-by-other', `the case was claimed by ${other?.name ?? 'somebody else'}`, {
        claimedBy: other?.name,
      });
    }
    const columns = {
      claimedBy: staffId,
      claimedAt: now,
      claimOpenedAt: now,
      claimActiveAt: now,
      assignedTo: null,
      assignedAt: null,
    };
    if (order.status === 'claimed' || order.status === 'preliminary')
      return trx
        .updateTable('orders')
        .set({ ...columns, claimedAt: order.claimedAt ?? now })
        .where('id', '=', order.id)
        .returningAll()
        .executeTakeFirstOrThrow();
    return transition(ctx, trx, actor, order, 'claimed', {}, columns);
  });
}

/** Puts a claimed case back into the pool; the draft stays. A head may release anybody's claim. */
export function releaseOrder(ctx: Context, actor: Actor, orderId: string): Promise<Order> {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'order.release', (trx, order) => {
    atCenter(actor, order.claimedBy === staffId ? 'order.claim' : 'roster.edit', order);
    return transition(
      ctx,
      trx,
      actor,
      order,
      'released',
      {},
      {
        claimedBy: null,
        claimedAt: null,
        claimOpenedAt: null,
        claimActiveAt: null,
        ...(order.assignedTo && { assignedAt: ctx.clock.now() }), // who was given it meanwhile can open it now
      },
    );
  });
}

/**
 * Gives the case to a person; it returns to the pool when he does not open it in time. Throws 409 `wrong-status` for a
 * case on which nobody works any more, 422 `unknown-reference` for somebody who could not claim it.
 */
export function assignOrder(ctx: Context, actor: Actor, orderId: string, assignee: string): Promise<Order> {
  return act(ctx, actor, orderId, 'order.assign', async (trx, order) => {
    atCenter(actor, 'order.claim', order);
    if (!(OPEN_STATUSES as readonly string[]).includes(order.status))
      throw conflict('wrong-status', `an order that is ${order.status} is assigned to nobody`, {
        status: order.status,
        act: 'assigned',
      });
    await requireReader(trx, order, assignee);
    const changed = await trx
      .updateTable('orders')
      .set({ assignedTo: assignee, assignedAt: ctx.clock.now() })
      .where('id', '=', order.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordEvent(ctx, trx, actor, changed, { kind: 'assigned', detail: { staffId: assignee } });
    return changed;
  });
}

/** Who is given a case could claim it himself. */
async function requireReader(trx: Transaction, order: Order, staffId: string): Promise<void> {
  const held = await trx
    .selectFrom('staffRole')
    .innerJoin('staff', 'staff.id', 'staffRole.staffId')
    .select(['staffRole.role', 'staffRole.centerKind'])
    .where('staff.id', '=', staffId)
    .where('staff.active', '=', true)
    .where('staffRole.institutionId', '=', order.reportingInstitutionId)
    .where('staffRole.revokedAt', 'is', null)
    .execute();
  const reads = held.some(
    ({ role, centerKind }) =>
      PERMISSIONS[role as Role].includes('order.claim') &&
      (centerKind === null || centerKind === order.centerKind),
  );
  if (!reads) throw invalid('the case is given to somebody who reads for this centre', 'unknown-reference');
}
