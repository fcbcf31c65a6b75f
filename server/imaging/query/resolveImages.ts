import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { recordRead } from '../../core/audit/recordRead.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import type { StoredObject } from '../storedObject.ts';
import { runPrepared } from './runPrepared.ts';
import { visibleStudies } from './visibleStudies.ts';

export interface ImagePath {
  study: string;
  series?: string | undefined;
  instance?: string | undefined;
  /** Only these SOP Instance UIDs. */
  instances?: readonly string[] | undefined;
}

/** One current instance with what is needed to send it. */
export interface ResolvedInstance extends StoredObject {
  instanceId: number;
  seriesId: number;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  rows: number | null;
  columns: number | null;
  bitsAllocated: number | null;
  samplesPerPixel: number | null;
  photometric: string | null;
  modality: string | null;
  seriesNumber: number | null;
  instanceNumber: number | null;
  /** Present when an HTJ2K rendition was derived. */
  rendition: DerivedRendition | null;
  /** Frames (from 1) whose bytes are damaged; null where that was not looked for. */
  damagedFrames: number[] | null;
}

export interface DerivedRendition {
  transferSyntax: string;
  objectAddress: string;
  objectSize: number;
  /** Per frame: offset, length, length of the low-resolution prefix. */
  frames: [number, number, number][];
}

const MOST = 20_000;

/**
 * The instances below a path, in order of series and instance number, if this actor may see the study. Otherwise 404;
 * an attempt on a study that exists is audited. Reading is audited once per actor and study within ten minutes.
 */
export async function resolveImages(
  ctx: Pick<Context, 'pool' | 'db'>,
  actor: Actor,
  path: ImagePath,
  action = 'study.read',
): Promise<ResolvedInstance[]> {
  const rows = await runPrepared<Raw & Record<string, unknown>>(
    ctx.pool,
    sql`select i.id, i.series_id, st.study_instance_uid, se.series_instance_uid, i.sop_instance_uid, i.sop_class_uid, i.transfer_syntax, i.object_address, i.object_size,
      i.data_set_offset, i.pixel_offset, i.pixel_length, i.number_of_frames, i.pixel_rows, i.pixel_columns, i.bits_allocated, i.samples_per_pixel, i.photometric, se.modality, se.series_number, i.instance_number,
      r.transfer_syntax as r_syntax, r.object_address as r_address, r.object_size as r_size, r.frames as r_frames, fc.damaged as damaged_frames
      from study st join series se on se.study_id = st.id join instance i on i.series_id = se.id and i.superseded_at is null
      left join rendition r on r.instance_id = i.id and r.kind = 'derived'
      left join frame_check fc on fc.instance_id = i.id
      where st.study_instance_uid = ${path.study}::text ${path.series === undefined ? sql`` : sql`and se.series_instance_uid = ${path.series}::text`}
      ${path.instance === undefined ? sql`` : sql`and i.sop_instance_uid = ${path.instance}::text`}
      ${path.instances === undefined ? sql`` : sql`and i.sop_instance_uid = any(${[...path.instances]}::text[])`} and ${visibleStudies(actor, 'st')}
      order by se.series_number nulls last, se.id, i.instance_number nulls last, i.id limit ${MOST}`,
  );
  if (rows.length === 0) {
    await auditDeniedStudy(ctx, actor, path.study);
    throw notFound('object', path.instance ?? path.series ?? path.study);
  }
  await auditRead(ctx, actor, path.study, action);
  return rows.map(toInstance);
}

interface Raw {
  id: number;
  series_id: number;
  study_instance_uid: string;
  series_instance_uid: string;
  sop_instance_uid: string;
  sop_class_uid: string;
  transfer_syntax: string;
  object_address: string;
  object_size: number;
  data_set_offset: number;
  pixel_offset: number | null;
  pixel_length: number | null;
  number_of_frames: number;
  pixel_rows: number | null;
  pixel_columns: number | null;
  bits_allocated: number | null;
  samples_per_pixel: number | null;
  photometric: string | null;
  modality: string | null;
  series_number: number | null;
  instance_number: number | null;
  r_syntax: string | null;
  r_address: string | null;
  r_size: number | null;
  r_frames: [number, number, number][] | null;
  damaged_frames: number[] | null;
}

function toInstance(row: Raw): ResolvedInstance {
  return {
    instanceId: row.id,
    seriesId: row.series_id,
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    sopInstanceUid: row.sop_instance_uid,
    sopClassUid: row.sop_class_uid,
    transferSyntax: row.transfer_syntax,
    objectAddress: row.object_address,
    objectSize: row.object_size,
    dataSetOffset: row.data_set_offset,
    pixelOffset: row.pixel_offset,
    pixelLength: row.pixel_length,
    numberOfFrames: row.number_of_frames,
    rows: row.pixel_rows,
    columns: row.pixel_columns,
    bitsAllocated: row.bits_allocated,
    samplesPerPixel: row.samples_per_pixel,
    photometric: row.photometric,
    modality: row.modality,
    seriesNumber: row.series_number,
    instanceNumber: row.instance_number,
    damagedFrames: row.damaged_frames,
    rendition:
      row.r_address && row.r_syntax && row.r_frames
        ? {
            transferSyntax: row.r_syntax,
            objectAddress: row.r_address,
            objectSize: row.r_size ?? 0,
            frames: row.r_frames,
          }
        : null,
  };
}

const AUDIT_EVERY_MS = 10 * 60_000;
type Lately = Map<string, { at: number; written: Promise<void> }>;
/** What was audited lately, by database. */
const audited = new WeakMap<object, Lately>();

/** One row per actor and study within ten minutes: a viewer asks for hundreds of frames. Waits until the row stands. */
export async function auditRead(
  ctx: Pick<Context, 'pool'>,
  actor: Actor,
  studyInstanceUid: string,
  action: string,
): Promise<void> {
  if (actor.kind === 'system') return;
  const key = `${actor.kind}/${actor.id}/${actor.sessionId ?? ''}/${studyInstanceUid}/${action}/${actor.ahead ? 'ahead' : ''}`;
  const lately = audited.get(ctx.pool) ?? (new Map() as Lately);
  audited.set(ctx.pool, lately);
  const last = lately.get(key);
  if (last && Date.now() - last.at < AUDIT_EVERY_MS) return last.written;
  if (lately.size > 20_000) lately.clear();
  const written = recordRead(ctx, actor, { action, subjectType: 'study', subjectId: studyInstanceUid });
  lately.set(key, { at: Date.now(), written });
  written.catch(() => lately.delete(key));
  return written;
}

export async function auditDeniedStudy(
  ctx: Pick<Context, 'db' | 'pool'>,
  actor: Actor,
  studyInstanceUid: string,
): Promise<void> {
  const exists = await ctx.db
    .selectFrom('study')
    .select('id')
    .where('studyInstanceUid', '=', studyInstanceUid)
    .executeTakeFirst();
  if (exists)
    await recordRead(ctx, actor, {
      action: 'study.read',
      subjectType: 'study',
      subjectId: studyInstanceUid,
      outcome: 'denied',
    });
}
