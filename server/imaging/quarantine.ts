import { recordAudit } from '../core/audit/recordAudit.ts';
import type { Context } from '../core/context.ts';
import { crashPoint } from '../core/crashPoint.ts';
import { announce } from '../core/events/announce.ts';
import type { Sender } from './sender.ts';

export interface KeptInput {
  kind: 'conflict' | 'unreadable';
  objectAddress: string;
  sopInstanceUid: string | null;
  reason: string;
  detail: Record<string, unknown>;
}

/** Keeps an object for a person: a row in the unmatched queue, audited. The same bytes waiting already are not put in twice. */
export async function keepForPerson(
  ctx: Pick<Context, 'db' | 'bell'>,
  sender: Sender,
  input: KeptInput,
): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const waiting = await trx
      .selectFrom('unmatchedInput')
      .select('id')
      .where('centerKind', '=', 'imaging')
      .where('state', '=', 'open')
      .where('kind', '=', input.kind)
      .where('objectAddress', '=', input.objectAddress)
      .executeTakeFirst();
    if (waiting) return;
    await trx
      .insertInto('unmatchedInput')
      .values({
        centerKind: 'imaging',
        kind: input.kind,
        institutionId: sender.institutionId,
        deviceId: sender.deviceId,
        subjectType: 'instance',
        subjectId: input.sopInstanceUid,
        objectAddress: input.objectAddress,
        reason: input.reason,
        detail: JSON.stringify({ ...input.detail, senderAe: sender.aeTitle }),
      })
      .execute();
    await recordAudit(trx, sender.actor, {
      action: `instance.${input.kind}`,
      subjectType: 'instance',
      ...(input.sopInstanceUid && { subjectId: input.sopInstanceUid }),
      detail: { objectAddress: input.objectAddress, reason: input.reason },
    });
    await announce(trx, {
      kind: 'unmatched.new',
      centerKind: 'imaging',
      institutionIds: [sender.institutionId],
      data: { kind: input.kind },
    });
    crashPoint('kept.before-commit');
  });
  crashPoint('kept.after-commit');
  ctx.bell.ring();
}
