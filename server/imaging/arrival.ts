import type { Context } from '../core/context.ts';
import type { AuditedStudies } from './insertInstance.ts';
import type { Sender } from './sender.ts';

/**
 * One association, STOW request or upload: who brings the objects and which studies have their audit row.
 * `settled` resolves when the follow-up work (joining) of what came so far is done.
 */
export interface Arrival {
  readonly sender: Sender;
  readonly audited: AuditedStudies;
  readonly work: Set<Promise<unknown>>;
  /** The only study that objects may be of, where the request named one. */
  readonly study: string | undefined;
  /** The order that a person uploads for. */
  readonly orderId: string | undefined;
}

export function openArrival(sender: Sender, study?: string, orderId?: string): Arrival {
  return { sender, audited: new Set(), work: new Set(), study, orderId };
}

/** Ends an arrival: waits for the follow-up work and rings, so that the browsers hear of it at once. */
export async function closeArrival(ctx: Pick<Context, 'bell'>, arrival: Arrival): Promise<void> {
  await Promise.allSettled([...arrival.work]);
  ctx.bell.ring();
}
