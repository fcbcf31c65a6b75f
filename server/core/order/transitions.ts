import type { OrderStatus } from '../../../db/types.ts';

/**
 * Every allowed change of an order's status: act → from → to. An act that is not here does not change the status;
 * a status that is not under the act refuses it. The only place where the life of an order is written down.
 */
export const TRANSITIONS = {
  'awaiting-decision': { from: ['requested'], to: 'awaiting-decision' },
  decided: { from: ['awaiting-decision'], to: 'requested' },
  acquired: { from: ['requested'], to: 'acquired' },
  received: { from: ['requested', 'awaiting-decision', 'acquired', 'returned'], to: 'received' },
  returned: { from: ['acquired', 'received', 'claimed', 'preliminary'], to: 'returned' },
  resent: { from: ['returned'], to: 'received' },
  claimed: { from: ['received', 'partial'], to: 'claimed' },
  released: { from: ['claimed'], to: 'received' },
  preliminary: { from: ['received', 'claimed', 'partial'], to: 'preliminary' },
  rejected: { from: ['preliminary'], to: 'claimed' },
  partial: { from: ['received', 'claimed', 'preliminary', 'partial'], to: 'partial' },
  final: { from: ['received', 'claimed', 'preliminary', 'partial'], to: 'final' },
  acknowledged: { from: ['final', 'corrected'], to: 'acknowledged' },
  addendum: { from: ['final', 'acknowledged', 'corrected'], to: 'final' },
  corrected: { from: ['final', 'acknowledged', 'corrected'], to: 'corrected' },
  voided: { from: ['final', 'acknowledged', 'corrected'], to: 'void' },
  reopened: {
    from: ['void', 'final', 'acknowledged', 'corrected', 'returned', 'claimed', 'preliminary', 'received'],
    to: 'received',
  },
  cancelled: {
    from: ['requested', 'awaiting-decision', 'acquired', 'received', 'returned'],
    to: 'cancelled',
  },
} as const satisfies Record<string, { from: readonly OrderStatus[]; to: OrderStatus }>;

export type TransitionKind = keyof typeof TRANSITIONS;

/** Status values whose case still waits for somebody at the centre. */
export const OPEN_STATUSES = [
  'requested',
  'awaiting-decision',
  'acquired',
  'received',
  'claimed',
  'preliminary',
  'partial',
  'returned',
] as const satisfies readonly OrderStatus[];
