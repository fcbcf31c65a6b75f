import { recordAudit } from '../core/audit/recordAudit.ts';
import type { Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { announce } from '../core/events/announce.ts';
import type { StoredObject } from '../core/storage/objectStore.ts';
import type { RecordingFault, UnreadableRecording } from './formats/model.ts';
import type { RecordingInput } from './storeRecording.ts';

export interface Quarantined {
  kind: 'quarantine';
  unmatchedId: string;
  reason: string;
  fault: RecordingFault;
}

/** Kept for a person, who may attach the bytes to a case as a document; the reason stands beside. */
export async function quarantineRecording(
  ctx: Context,
  actor: Actor,
  input: RecordingInput,
  stored: StoredObject[],
  { reason, fault }: UnreadableRecording,
): Promise<Quarantined> {
  const unmatchedId = await ctx.db.transaction().execute(async (trx) => {
    const address = stored[0]?.address ?? '';
    const waiting = await trx
      .selectFrom('unmatchedInput')
      .select('id')
      .where('centerKind', '=', 'ecg')
      .where('state', '=', 'open')
      .where('kind', '=', 'unreadable')
      .where('objectAddress', '=', address)
      .where('institutionId', '=', input.institutionId)
      .executeTakeFirst();
    if (waiting) return waiting.id;
    const row = await trx
      .insertInto('unmatchedInput')
      .values({
        centerKind: 'ecg',
        kind: 'unreadable',
        institutionId: input.institutionId,
        deviceId: input.deviceId ?? null,
        subjectType: 'ecg-file',
        subjectId: address,
        objectAddress: address,
        orderId: input.orderId ?? null,
        reason,
        detail: JSON.stringify({
          files: input.files.map((file, i) => ({
            name: file.name,
            size: file.bytes.byteLength,
            address: stored[i]?.address,
          })),
          source: input.source,
          fault,
        }),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'ecg.quarantine',
      subjectType: 'ecg-file',
      subjectId: address,
      detail: { reason },
    });
    await announce(trx, {
      kind: 'unmatched.new',
      centerKind: 'ecg',
      institutionIds: [input.institutionId],
      data: { kind: 'unreadable' },
    });
    return row.id;
  });
  ctx.bell.ring();
  return { kind: 'quarantine', unmatchedId, reason, fault };
}
