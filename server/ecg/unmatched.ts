import { recordAudit } from '../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { conflict, invalid, notFound } from '../core/errors.ts';
import { act } from '../core/order/acts.ts';
import { recordEvent } from '../core/order/recordEvent.ts';
import type { RecordingHeader } from './describeRecording.ts';
import { attachRecording } from './join/attachRecording.ts';
import { joinByPerson } from './join/joinByPerson.ts';

/** What waits for a person at the ECG centre, oldest first. */
export async function listUnmatched(
  ctx: Pick<Context, 'db'>,
  state: 'open' | 'resolved' | 'discarded',
  limit: number,
) {
  return ctx.db
    .selectFrom('unmatchedInput')
    .leftJoin('institution', 'institution.id', 'unmatchedInput.institutionId')
    .select([
      'unmatchedInput.id',
      'unmatchedInput.kind',
      'unmatchedInput.reason',
      'unmatchedInput.detail',
      'unmatchedInput.candidates',
      'unmatchedInput.orderId',
      'unmatchedInput.subjectType',
      'unmatchedInput.subjectId',
      'unmatchedInput.createdAt',
      'unmatchedInput.state',
      'unmatchedInput.resolution',
      'institution.shortName as institutionName',
    ])
    .where('unmatchedInput.centerKind', '=', 'ecg')
    .where('unmatchedInput.state', '=', state)
    .orderBy('unmatchedInput.createdAt')
    .limit(limit)
    .execute();
}

export type UnmatchedDecision =
  /** The recording belongs to this order; an unreadable file is attached to it as a document. */
  | { decision: 'join'; orderId: string }
  /** The provisional order stands: the patient is who the device says. */
  | { decision: 'confirm' }
  | { decision: 'discard'; reason: string };

/** A person decides about input that waits. Nothing is deleted: what is discarded stays in the store. */
export async function decideUnmatched(
  ctx: Context,
  actor: Actor,
  id: string,
  input: UnmatchedDecision,
): Promise<{ id: string; state: string }> {
  requirePermission(actor, 'unmatched.decide', { centerKind: 'ecg' });
  const row = await ctx.db
    .selectFrom('unmatchedInput')
    .selectAll()
    .where('id', '=', id)
    .where('centerKind', '=', 'ecg')
    .executeTakeFirst();
  if (!row) throw notFound('unmatched input', id);
  if (row.state !== 'open')
    throw conflict('decided-already', 'somebody else has decided this already', { state: row.state });
  if (input.decision === 'join' && row.subjectType === 'ecg-recording' && row.subjectId) {
    await joinByPerson(ctx, actor, row.subjectId, input.orderId);
    return { id, state: 'resolved' };
  }
  if (input.decision === 'join') {
    await attachDocument(ctx, actor, row, input.orderId);
    return { id, state: 'resolved' };
  }
  if (input.decision === 'confirm' && !row.orderId)
    throw invalid('only a provisional order can be confirmed', 'not-provisional');
  await ctx.db.transaction().execute(async (trx) => {
    const resolution = input.decision === 'discard' ? `discard: ${input.reason}` : input.decision;
    await trx
      .updateTable('unmatchedInput')
      .set({
        state: input.decision === 'discard' ? 'discarded' : 'resolved',
        resolvedAt: ctx.clock.now(),
        resolvedBy: personId(actor),
        resolution,
      })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .execute();
    if (input.decision === 'confirm' && row.orderId) {
      const order = await trx
        .selectFrom('orders')
        .selectAll()
        .where('id', '=', row.orderId)
        .forUpdate()
        .executeTakeFirstOrThrow();
      await trx.updateTable('orders').set({ provisional: false }).where('id', '=', order.id).execute();
      if (order.patientId)
        await trx
          .updateTable('patient')
          .set({ identity: 'verified' })
          .where('id', '=', order.patientId)
          .where('identity', '=', 'unverified')
          .execute();
      await recordEvent(ctx, trx, actor, order, { kind: 'identity-confirmed' });
    }
    await recordAudit(trx, actor, {
      action: 'ecg.unmatched',
      subjectType: 'unmatched-input',
      subjectId: id,
      detail: { ...input },
    });
  });
  ctx.bell.ring();
  return { id, state: input.decision === 'discard' ? 'discarded' : 'resolved' };
}

interface UnreadableRow {
  id: string;
  institutionId: string | null;
  objectAddress: string | null;
  reason: string;
  detail: unknown;
}

/** An unreadable file becomes a document of the case: kept, listed, covered by the signature, without a trace. */
async function attachDocument(
  ctx: Context,
  actor: Actor,
  row: UnreadableRow,
  orderId: string,
): Promise<void> {
  const { objectAddress, institutionId } = row;
  if (!objectAddress || !institutionId) throw invalid('there is no file to attach', 'no-file');
  const size = await ctx.objects.size(objectAddress);
  const header: RecordingHeader = {
    device: {},
    filters: {},
    leads: [],
    machineMeasurements: {},
    machineStatements: [],
    notes: [{ code: 'picture-only', detail: row.reason }],
    hasMedianBeat: false,
  };
  await act(ctx, actor, orderId, 'ecg.attach', async (trx, order) => {
    if (order.centerKind !== 'ecg') throw invalid('this order is not for the ECG centre', 'not-ecg-order');
    const recording = await trx
      .insertInto('ecgRecording')
      .values({
        institutionId,
        source: 'browser',
        uploadedBy: personId(actor),
        sha256: objectAddress,
        format: 'document',
        samplingRateHz: 0,
        sampleCount: 0,
        durationMs: 0,
        leadNames: [],
        header: JSON.stringify(header),
        receivedAt: ctx.clock.now(),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('ecgRecordingFile')
      .values({
        recordingId: recording.id,
        position: 0,
        name: fileNameOf(row.detail),
        objectAddress,
        objectSize: size,
      })
      .execute();
    await trx
      .updateTable('unmatchedInput')
      .set({
        state: 'resolved',
        resolvedAt: ctx.clock.now(),
        resolvedBy: personId(actor),
        resolution: `document of ${order.accessionNumber}`,
      })
      .where('id', '=', row.id)
      .execute();
    return attachRecording(ctx, trx, actor, recording, order, 'person');
  });
}

function fileNameOf(detail: unknown): string | null {
  const files = (detail as { files?: { name?: string }[] } | null)?.files;
  return files?.[0]?.name || null;
}
