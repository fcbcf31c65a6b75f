import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Actor } from '../../core/access/actor.ts';
import type { Transaction } from '../../core/database.ts';
import { announce } from '../../core/events/announce.ts';
import type { StudyRow } from '../queries.ts';
import type { Candidate } from './candidates.ts';

/** Puts a study before a person, with what it says beside what each candidate order says. */
export async function queueStudy(
  trx: Transaction,
  actor: Actor,
  study: StudyRow,
  input: {
    kind: 'mismatch' | 'ambiguous' | 'no-order';
    reason: string;
    candidates?: Candidate[];
    similar?: Record<string, unknown>[];
    orderId?: string;
  },
): Promise<void> {
  const candidates = [
    ...(input.candidates ?? []).map(({ order, differences }) => ({
      orderId: order.id,
      accessionNumber: order.accessionNumber,
      patientName: order.patientName,
      itemName: order.itemName,
      modality: order.modality,
      status: order.status,
      differences,
    })),
    ...(input.similar ?? []).map((order) => ({ ...order, differences: [] })),
  ];
  await trx
    .insertInto('unmatchedInput')
    .values({
      centerKind: 'imaging',
      kind: input.kind,
      institutionId: study.institutionId,
      deviceId: study.deviceId,
      subjectType: 'study',
      subjectId: study.studyInstanceUid,
      orderId: input.orderId ?? null,
      candidates: JSON.stringify(candidates),
      reason: input.reason,
      detail: JSON.stringify({
        patientName: study.patientDisplayName,
        patientId: study.patientIdText,
        sex: study.patientSex,
        birthDate: study.patientBirthDate,
        accessionNumber: study.accessionNumber,
        placerOrderNumber: study.placerOrderNumber,
        modalities: study.modalities,
        studyDate: study.studyDate,
        description: study.studyDescription,
        senderAe: study.senderAe,
      }),
    })
    .execute();
  await recordAudit(trx, actor, {
    action: 'study.queue',
    subjectType: 'study',
    subjectId: study.studyInstanceUid,
    detail: { kind: input.kind, reason: input.reason },
  });
  await announce(trx, {
    kind: 'unmatched.new',
    centerKind: 'imaging',
    institutionIds: [study.institutionId],
    data: { kind: input.kind },
  });
}
