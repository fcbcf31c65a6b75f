import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Transaction } from '../../core/database.ts';
import { announce } from '../../core/events/announce.ts';
import type { RecordingRow } from './attachRecording.ts';
import type { Candidate } from './candidates.ts';

/** Puts a recording before a person, with what it says beside what each candidate order says. */
export async function queueRecording(
  trx: Transaction,
  actor: Actor,
  recording: RecordingRow,
  input: {
    kind: 'mismatch' | 'ambiguous' | 'no-order' | 'no-patient';
    reason: string;
    candidates?: Candidate[];
    orderId?: string;
  },
): Promise<void> {
  await trx
    .insertInto('unmatchedInput')
    .values({
      centerKind: 'ecg',
      kind: input.kind,
      institutionId: recording.institutionId,
      deviceId: recording.deviceId,
      subjectType: 'ecg-recording',
      subjectId: recording.id,
      orderId: input.orderId ?? null,
      candidates: JSON.stringify(
        (input.candidates ?? []).map(({ order, differences }) => ({
          orderId: order.id,
          accessionNumber: order.accessionNumber,
          patientName: order.patientName,
          itemName: order.itemName,
          status: order.status,
          differences,
        })),
      ),
      reason: input.reason,
      detail: JSON.stringify({
        patientName: recording.patientName,
        sex: recording.patientSex,
        birthDate: recording.patientBirthDate,
        accessionNumber: recording.accessionNumber,
        placerOrderNumber: recording.placerOrderNumber,
        acquiredAt: recording.acquiredDeviceText,
        format: recording.format,
      }),
    })
    .execute();
  await recordAudit(trx, actor, {
    action: 'ecg.queue',
    subjectType: 'ecg-recording',
    subjectId: recording.id,
    detail: { kind: input.kind, reason: input.reason },
  });
  await announce(trx, {
    kind: 'unmatched.new',
    centerKind: 'ecg',
    institutionIds: [recording.institutionId],
    data: { kind: input.kind },
  });
}
