import { createHash } from 'node:crypto';
import { recordAudit } from '../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { isUniqueViolation, type Transaction } from '../core/database.ts';
import { forbidden, invalid } from '../core/errors.ts';
import { enqueue } from '../core/jobs/enqueue.ts';
import { getVisibleOrder } from '../core/order/order.ts';
import type { StoredObject } from '../core/storage/objectStore.ts';
import type { Analysis } from './analysis/analyse.ts';
import { loadRules } from './rules.ts';
import { saveAnalysis } from './saveAnalysis.ts';
import { deviceTime, pinLength, restingLimitMs, type RecordingFacts } from './describeRecording.ts';
import { UnreadableRecording } from './formats/model.ts';
import type { NamedFile } from './formats/wfdb.ts';
import { joinRecording, type JoinOutcome } from './join/joinRecording.ts';
import { quarantineRecording, type Quarantined } from './quarantineRecording.ts';
import type { TakenRecording } from './threads/ecgThread.ts';
import { takeInThread } from './threads/inThread.ts';

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
  { kind: 'stored' | 'duplicate'; id: string; facts: RecordingFacts; join?: JoinOutcome } | Quarantined;

/**
 * Takes a recording: bytes first, then rows. It is read and measured in a thread, before the transaction begins. What cannot be read goes to the quarantine with its reason; the same
 * bytes from the same site again are answered with the recording that stands already.
 */
export async function storeRecording(
  ctx: Context,
  actor: Actor,
  input: RecordingInput,
): Promise<StoreOutcome> {
  requirePermission(actor, 'input.upload', { institutionId: input.institutionId });
  if (input.files.length === 0 || input.files.every((file) => file.bytes.byteLength === 0))
    throw invalid('the recording is empty', 'empty-file');
  if (input.orderId) await requireFittingOrder(ctx, actor, input.orderId);
  const stored: StoredObject[] = [];
  for (const file of input.files) stored.push(await ctx.objects.put(file.bytes));
  const sha256 = hashOf(input.files, stored);
  const known = await findBySha(ctx, input.institutionId, sha256);
  let taken: TakenRecording;
  try {
    taken = await takeInThread(input.files, known === undefined ? await loadRules(ctx.db) : undefined);
  } catch (error) {
    if (!(error instanceof UnreadableRecording)) throw error;
    return quarantineRecording(ctx, actor, input, stored, error);
  }
  const { facts, members } = taken;
  if (known) return { kind: 'duplicate', id: known, facts };
  const storedMembers: StoredObject[] = [];
  for (const member of members) storedMembers.push(await ctx.objects.put(member.bytes));
  try {
    const { id, join } = await ctx.db.transaction().execute(async (trx) => {
      const inserted = await insert(ctx, trx, actor, input, taken, stored, sha256);
      await keepMembers(trx, inserted.id, members, storedMembers);
      return inserted;
    });
    ctx.bell.ring();
    return { kind: 'stored', id, facts, join };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const other = await findBySha(ctx, input.institutionId, sha256);
    if (!other) throw error;
    return { kind: 'duplicate', id: other, facts };
  }
}

async function requireFittingOrder(ctx: Context, actor: Actor, orderId: string): Promise<void> {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  if (order.centerKind !== 'ecg')
    throw invalid('this order is not for the ECG centre', [{ path: 'orderId', code: 'wrong-center' }]);
  if (order.status === 'cancelled' || order.status === 'void')
    throw forbidden(`an order that is ${order.status} takes no recordings`, 'takes-no-input');
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
function hashOf(files: NamedFile[], stored: StoredObject[]): string {
  const [only] = stored;
  if (only && stored.length === 1) return only.address;
  const lines = stored.map(({ address }, position) => `${files[position]?.name}:${address}`);
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
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
  { facts, analysis }: TakenRecording,
  stored: StoredObject[],
  sha256: string,
): Promise<{ id: string; join: JoinOutcome }> {
  const { patient, header } = facts;
  const row = await trx
    .insertInto('ecgRecording')
    .values({
      institutionId: input.institutionId,
      deviceId: input.deviceId ?? null,
      source: input.source,
      uploadedBy: actor.kind === 'staff' ? actor.id : null,
      sha256,
      format: facts.format,
      formatVersion: facts.formatVersion ?? null,
      samplingRateHz: facts.samplingRateHz,
      sampleCount: facts.sampleCount,
      durationMs: facts.durationMs,
      leadNames: header.leads.map((lead) => lead.name),
      patientName: pinLength(patient.name, 200),
      patientNumberEncrypted: patient.identifier
        ? ctx.keys.encrypt(pinLength(patient.identifier, 64) ?? '')
        : null,
      patientSex: patient.sex ?? null,
      patientBirthDate: patient.birthDate ?? null,
      patientAgeYears: patient.ageYears ?? null,
      accessionNumber: pinLength(facts.accessionNumber, 64),
      placerOrderNumber: pinLength(facts.placerOrderNumber, 64),
      acquiredDeviceText: facts.acquiredAt ?? null,
      acquiredDeviceAt: deviceTime(facts.acquiredAt),
      header: JSON.stringify(header),
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
    detail: { format: facts.format, sha256, source: input.source },
  });
  if (facts.durationMs > restingLimitMs)
    await enqueue(trx, { kind: 'ecg.analyse', key: row.id, payload: { recordingId: row.id } });
  if (analysis) await saveAnalysis(trx, row.id, analysis);
  const join = await joinRecording(ctx, trx, actor, row, {
    orderId: input.orderId,
    urgent: isCritical(analysis) || facts.priority === 'emergency',
    patientNumber: patient.identifier,
  });
  return { id: row.id, join };
}

const isCritical = (analysis: Analysis | undefined): boolean =>
  analysis?.flags.some((flag) => flag.tier === 'critical') ?? false;
