import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';

/** Appends one step of a tube's way. */
export async function recordContainerEvent(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  containerId: string,
  event: { kind: string; at?: Date; detail?: Record<string, unknown> },
): Promise<void> {
  await trx
    .insertInto('labContainerEvent')
    .values({
      containerId,
      kind: event.kind,
      at: event.at ?? ctx.clock.now(),
      actorId: actor.kind === 'staff' ? actor.id : null,
      actorName: actor.name,
      institutionId: actor.institutionId,
      detail: JSON.stringify(event.detail ?? {}),
    })
    .execute();
}
