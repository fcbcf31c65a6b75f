import { sql } from 'kysely';
import { recordAudit } from '../core/audit/recordAudit.ts';
import { can, type Actor } from '../core/access/actor.ts';
import { visibleOrders } from '../core/access/orderScope.ts';
import type { Context } from '../core/context.ts';
import type { Queryable } from '../core/database.ts';
import { notFound } from '../core/errors.ts';
import type { RecordingRow } from './join/attachRecording.ts';

/**
 * The recording, if this actor may see it: through an order that he may see, as the site that sent it, or at the desk
 * that resolves unmatched input. Otherwise 404, audited.
 */
export async function getVisibleRecording(db: Queryable, actor: Actor, id: string): Promise<RecordingRow> {
  const row = await db.selectFrom('ecgRecording').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('recording', id);
  if (
    can(actor, 'input.upload', { institutionId: row.institutionId }) ||
    can(actor, 'unmatched.decide', { centerKind: 'ecg' })
  )
    return row;
  const order = await db
    .selectFrom('ecgRecordingOrder')
    .innerJoin('orders', 'orders.id', 'ecgRecordingOrder.orderId')
    .select('orders.id')
    .where('ecgRecordingOrder.recordingId', '=', id)
    .where('ecgRecordingOrder.undoneAt', 'is', null)
    .where(visibleOrders(actor))
    .limit(1)
    .executeTakeFirst();
  if (order && can(actor, 'input.read')) return row;
  // an earlier tracing of a patient whose case he has now
  const earlier = await sql<{
    id: string;
  }>`select o.id from ecg_recording_order ro join orders mine on mine.id = ro.order_id
    join orders on orders.patient_id = mine.patient_id and ${visibleOrders(actor)} join orders o on o.id = orders.id
    where ro.recording_id = ${id} and ro.undone_at is null and orders.center_kind = 'ecg' limit 1`.execute(
    db,
  );
  if (earlier.rows.length > 0 && can(actor, 'input.read')) return row;
  await recordAudit(db, actor, {
    action: 'ecg.read',
    subjectType: 'ecg-recording',
    subjectId: id,
    outcome: 'denied',
  });
  throw notFound('recording', id);
}

export interface RecordingFileRow {
  name: string | null;
  objectAddress: string;
  objectSize: number;
}

export async function filesOf(db: Queryable, recordingId: string): Promise<RecordingFileRow[]> {
  return db
    .selectFrom('ecgRecordingFile')
    .select(['name', 'objectAddress', 'objectSize'])
    .where('recordingId', '=', recordingId)
    .orderBy('position')
    .execute();
}

/** Files to read a page from: those of an archive where they were unpacked, else the recording's own. */
export async function pageFilesOf(db: Queryable, recordingId: string): Promise<RecordingFileRow[]> {
  const members = await db
    .selectFrom('ecgRecordingMember')
    .select(['name', 'objectAddress', 'objectSize'])
    .where('recordingId', '=', recordingId)
    .orderBy('position')
    .execute();
  return members.length > 0 ? members : filesOf(db, recordingId);
}

export async function latestAnalysis(db: Queryable, recordingId: string) {
  return db
    .selectFrom('ecgAnalysis')
    .selectAll()
    .where('recordingId', '=', recordingId)
    .orderBy('computedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function correctionsOf(db: Queryable, recordingId: string) {
  return db
    .selectFrom('ecgCorrection')
    .innerJoin('staff', 'staff.id', 'ecgCorrection.correctedBy')
    .select([
      'ecgCorrection.id',
      'ecgCorrection.fiducials',
      'ecgCorrection.measurements',
      'ecgCorrection.note',
      'ecgCorrection.correctedAt',
      'staff.name as correctedBy',
    ])
    .where('recordingId', '=', recordingId)
    .orderBy('correctedAt', 'desc')
    .limit(50)
    .execute();
}

export async function flagsOf(db: Queryable, recordingId: string) {
  return db
    .selectFrom('ecgFlag')
    .leftJoin('staff', 'staff.id', 'ecgFlag.decidedBy')
    .select([
      'ecgFlag.id',
      'ruleCode',
      'tier',
      'lead',
      'atMs',
      'details',
      'ask',
      'state',
      'decidedAt',
      'note',
      'criticalValueId',
      'staff.name as decidedBy',
    ])
    .where('recordingId', '=', recordingId)
    .orderBy(sql`array_position(array['critical','notable','information'], tier)`)
    .orderBy('ecgFlag.id')
    .execute();
}

/** Current recordings of an order, newest first. */
export async function recordingsOfOrder(
  db: Queryable,
  orderId: string,
): Promise<(RecordingRow & { how: string; differences: unknown })[]> {
  return db
    .selectFrom('ecgRecordingOrder')
    .innerJoin('ecgRecording', 'ecgRecording.id', 'ecgRecordingOrder.recordingId')
    .selectAll('ecgRecording')
    .select(['ecgRecordingOrder.how', 'ecgRecordingOrder.differences'])
    .where('ecgRecordingOrder.orderId', '=', orderId)
    .where('ecgRecordingOrder.undoneAt', 'is', null)
    .orderBy('ecgRecording.receivedAt', 'desc')
    .limit(50)
    .execute();
}

export type EcgContext = Pick<Context, 'db' | 'objects'>;
