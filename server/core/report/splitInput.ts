import { can, requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict, forbidden, invalid } from '../errors.ts';
import { requireOpenForInput } from '../order/acceptInput.ts';
import { act } from '../order/acts.ts';
import { getVisibleOrder, lockVisibleOrder, type Order } from '../order/order.ts';
import { transition } from '../order/recordEvent.ts';
import { amendReport } from './amendReport.ts';

export interface SplitInput {
  reason: string;
  /** Where the input belongs; without it, it waits in the queue. */
  toOrderId?: string | undefined;
  /** Needed when the order is signed: its report is voided first. */
  pin?: string | undefined;
}

/** How a centre takes its input off an order and where it puts it. */
export interface Splitter {
  /** Name of the act in the audit. */
  action: string;
  /** Throws 404 where the input is not joined to the order. */
  requireJoined: (order: Order) => Promise<void>;
  /** Under the lock of the order; `target` is locked too. */
  split: (trx: Transaction, order: Order, target: Order | undefined) => Promise<Order>;
}

const SIGNED: readonly string[] = ['final', 'acknowledged', 'corrected'];

/**
 * A person takes input away from an order. From a signed case the signed version is voided first (作废) and the order
 * returns to `received`: a verifier does that, and needs no right to join, since the input goes into the queue; whoever
 * joins input splits it when the report is voided. Throws 409 `pin-required` for a signed case without the PIN.
 */
export async function splitInput(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: SplitInput,
  splitter: Splitter,
): Promise<Order> {
  const before = await getVisibleOrder(ctx.db, actor, orderId);
  requireSplitter(actor, before, input);
  if (input.toOrderId) requireTarget(before, await getVisibleOrder(ctx.db, actor, input.toOrderId));
  if (SIGNED.includes(before.status)) {
    if (!can(actor, 'report.verify', atCenter(before)))
      throw forbidden('the case is signed: a verifier splits it, or voids its report first', 'split-signed');
    await splitter.requireJoined(before); // nothing is voided for a split that cannot be made
    if (!input.pin)
      throw conflict(
        'pin-required',
        'the case is signed: splitting voids its report and needs the PIN of a verifier',
      );
    await amendReport(ctx, actor, orderId, { kind: 'void', reason: input.reason, pin: input.pin });
  }
  return act(ctx, actor, orderId, splitter.action, async (trx, order) => {
    requireSplitter(actor, order, input);
    const target = input.toOrderId ? await lockVisibleOrder(trx, actor, input.toOrderId) : undefined;
    if (target) requireTarget(order, target);
    return splitter.split(trx, order, target);
  });
}

const atCenter = (order: Order) => ({
  institutionId: order.reportingInstitutionId,
  centerKind: order.centerKind,
});

/** Who joins may split. Who may void a report may take the input off it, but not give it to another order. */
function requireSplitter(actor: Actor, order: Order, input: SplitInput): void {
  const offReport = !input.toOrderId && (SIGNED.includes(order.status) || order.status === 'void');
  const verifies = offReport && can(actor, 'report.verify', atCenter(order));
  if (!verifies) requirePermission(actor, 'order.join', atCenter(order));
}

function requireTarget(order: Order, target: Order): void {
  if (target.id === order.id || target.centerKind !== order.centerKind)
    throw invalid('input moves to another order of the same centre', 'split-target');
  requireOpenForInput(target);
}

/** A voided order whose input was taken off is open again. Throws 409 while a signed version stands. */
export async function reopenVoided(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
  about: { reason: string; detail: Record<string, unknown> },
): Promise<Order> {
  if (SIGNED.includes(order.status))
    throw conflict(
      'report-stands',
      'the signed report covers this input: it is voided when that is split off',
      {
        status: order.status,
      },
    );
  if (order.status !== 'void') return order;
  return transition(ctx, trx, actor, order, 'reopened', about, {
    claimedBy: null,
    claimedAt: null,
    claimOpenedAt: null,
    finalAt: null,
    receiving: false,
  });
}
