import { createHash } from 'node:crypto';
import { recordAudit } from '../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { isUniqueViolation, type Transaction } from '../core/database.ts';
import { forbidden, invalid } from '../core/errors.ts';
import { announce } from '../core/events/announce.ts';
import { enqueue } from '../core/jobs/enqueue.ts';
import { getVisibleOrder } from '../core/order/order.ts';
import type { StoredObject } from '../core/storage/objectStore.ts';
import { analyse } from './analysis/analyse.ts';
import { loadRules } from './rules.ts';
import { saveAnalysis } from './saveAnalysis.ts';
import { deviceTime, headerOf, pinLength } from './describeRecording.ts';
import { readRecordingFiles, unpack, UnreadableRecording } from './formats/index.ts';
import { recordingLength, type EcgRecording, type RecordingFault } from './formats/model.ts';
import type { NamedFile } from './formats/wfdb.ts';
import { joinRecording, type JoinOutcome } from './join/joinRecording.ts';

export interface RecordingInput {
  files: NamedFile[];
  source: 'browser' | 'api' | 'dimse' | 'folder' | 'demo';
  /** The site whose recording it is. */
  institutionId: string;
  deviceId?: string;
  /** The case it was sent for; without one the hub looks for it. */
  orderId?: string;
  synthetic?: boolean;
}

export type StoreOutcome =
  | { kind: 'stored' | 'duplicate'; id: string; recording: EcgRecording; join?: JoinOutcome }
  | { kind: 'quarantine'; unmatchedId: string; reason: string; fault: RecordingFault };

/** Recordings up to this length are measured at once; longer ones by a job. */
export const restingLimitMs = 5 * 60_000;

/**
 * Takes a recording: bytes first, then rows. What cannot be read goes to the quarantine with its reason; the same
 * bytes from the same site again are answered with the recording that stands already.
 */
export async function storeRecording(
  ctx: Context,
  actor: Actor,
  input: RecordingInput,
): Promise<StoreOutcome> {
  requirePermission(actor, 'input.upload', { institutionId: input.institutionId });
  if (input.files.length === 0 || input.files.every((file) => file.bytes.byteLength === 0))
    throw invalid('the recording is empty');
  if (input.orderId) await requireFittingOrder(ctx, actor, input.orderId);
  const stored: StoredObject[] = [];
  for (const file of input.files) stored.push(await ctx.objects.put(file.bytes));
  let recording: EcgRecording;
  let members: NamedFile[];
  try {
    members = unpack(input.files);
    recording = readRecordingFiles(members);
  } catch (error) {
    if (!(error instanceof UnreadableRecording)) throw error;
    return quarantine(ctx, actor, input, stored, error);
  }
  const sha256 = hashOf(input.files);
  const known = await findBySha(ctx, input.institutionId, sha256);
  if (known) return { kind: 'duplicate', id: known, recording };
  const unpacked = members !== input.files && durationOf(recording) > restingLimitMs ? members : [];
  const storedMembers: StoredObject[] = [];
  for (const member of unpacked) storedMembers.push(await ctx.objects.put(member.bytes));
  try {
    const { id, join } = await ctx.db.transaction().execute(async (trx) => {
      const inserted = await insert(ctx, trx, actor, input, recording, stored, sha256);
      await keepMembers(trx, inserted.id, unpacked, storedMembers);
      return inserted;
    });
    ctx.bell.ring();
    return { kind: 'stored', id, recording, join };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const other = await findBySha(ctx, input.institutionId, sha256);
    if (!other) throw error;
    return { kind: 'duplicate', id: other, recording };
  }
}

async function requireFittingOrder(ctx: Context, actor: Actor, orderId: string): Promise<void> {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  if (order.centerKind !== 'ecg')
    throw invalid('this order is not for the ECG centre', [
      { path: 'orderId', message: '申请单不属于心电中心', code: 'wrong-center' },
    ]);
  if (order.status === 'cancelled' || order.status === 'void')
    throw forbidden(`an order that is ${order.status} takes no recordings`);
}

function durationOf(recording: EcgRecording): number {
  const rate = recording.samplingRateHz;
  return rate > 0 ? (recordingLength(recording) / rate) * 1000 : 0;
}

/** Of a compressed day a page cannot be read alone: its files stand beside the archive, which stays the original. */
async function keepMembers(
  trx: Transaction,
  recordingId: string,
  members: NamedFile[],
  stored: StoredObject[],
): Promise<void> {
  if (members.length === 0) return;
  await trx
    .insertInto('ecgRecordingMember')
    .values(
      stored.map(({ address, size }, position) => ({
        recordingId,
        position,
        name: pinLength(members[position]?.name, 200) ?? '',
        objectAddress: address,
        objectSize: size,
      })),
    )
    .execute();
}

/** One file is known by its own hash, several by the hash of their names and hashes. */
function hashOf(files: NamedFile[]): string {
  const single = files.length === 1 ? files[0] : undefined;
  const digest = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
  if (single) return digest(single.bytes);
  return digest(
    files
      .map((file) => `${file.name}:${digest(file.bytes)}`)
      .sort()
      .join('\n'),
  );
}

async function findBySha(
  ctx: Pick<Context, 'db'>,
  institutionId: string,
  sha256: string,
): Promise<string | undefined> {
  const row = await ctx.db
    .selectFrom('ecgRecording')
    .select('id')
    .where('institutionId', '=', institutionId)
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  return row?.id;
}

async function insert(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  input: RecordingInput,
  recording: EcgRecording,
  stored: StoredObject[],
  sha256: string,
): Promise<{ id: string; join: JoinOutcome }> {
  const durationMs = durationOf(recording);
  const patient = recording.patient;
  const row = await trx
    .insertInto('ecgRecording')
    .values({
      institutionId: input.institutionId,
      deviceId: input.deviceId ?? null,
      source: input.source,
      uploadedBy: actor.kind === 'staff' ? actor.id : null,
      sha256,
      format: recording.format,
      formatVersion: recording.formatVersion ?? null,
      samplingRateHz: recording.samplingRateHz,
      sampleCount: recordingLength(recording),
      durationMs,
      leadNames: recording.leads.map((lead) => lead.name),
      patientName: pinLength(patient.name, 200),
      patientNumberEncrypted: patient.identifier
        ? ctx.keys.encrypt(pinLength(patient.identifier, 64) ?? '')
        : null,
      patientSex: patient.sex ?? null,
      patientBirthDate: patient.birthDate ?? null,
      patientAgeYears: patient.ageYears ?? null,
      accessionNumber: pinLength(recording.accessionNumber, 64),
      placerOrderNumber: pinLength(recording.placerOrderNumber, 64),
      acquiredDeviceText: recording.acquiredAt ?? null,
      acquiredDeviceAt: deviceTime(recording.acquiredAt),
      header: JSON.stringify(headerOf(recording)),
      synthetic: input.synthetic ?? false,
      receivedAt: ctx.clock.now(),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('ecgRecordingFile')
    .values(
      stored.map((object, position) => ({
        recordingId: row.id,
        position,
        name: pinLength(input.files[position]?.name, 200),
        objectAddress: object.address,
        objectSize: object.size,
      })),
    )
    .execute();
  await recordAudit(trx, actor, {
    action: 'ecg.store',
    subjectType: 'ecg-recording',
    subjectId: row.id,
    detail: { format: recording.format, sha256, source: input.source },
  });
  let critical = false;
  if (durationMs > restingLimitMs)
    await enqueue(trx, { kind: 'ecg.analyse', key: row.id, payload: { recordingId: row.id } });
  else if (recording.leads.length > 0) {
    const analysis = analyse(recording, await loadRules(trx));
    await saveAnalysis(trx, row.id, analysis);
    critical = analysis.flags.some((flag) => flag.tier === 'critical');
  }
  const join = await joinRecording(ctx, trx, actor, row, {
    orderId: input.orderId,
    urgent: critical || recording.priority === 'emergency',
    patientNumber: patient.identifier,
  });
  return { id: row.id, join };
}

/** Kept for a person, who may attach the bytes to a case as a document; the reason stands beside. */
async function quarantine(
  ctx: Context,
  actor: Actor,
  input: RecordingInput,
  stored: StoredObject[],
  { reason, fault }: UnreadableRecording,
): Promise<StoreOutcome> {
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
