import { createHash } from 'node:crypto';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict } from '../../core/errors.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { readSlide } from '../formats/index.ts';
import type { ByteSource } from '../formats/byteSource.ts';
import type { SlideIndex } from '../formats/slideIndex.ts';
import { joinInstances } from '../formats/dicomTiles.ts';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import { probeSlide } from '../tiles/probeSlide.ts';
import { topIsMissing } from './deriveLevels.ts';
import { joinSlideToCase } from './joinSlideToCase.ts';
import { forgetSlide } from './openSlide.ts';
import { loadParts, partsSource } from './partsSource.ts';
import { addInstance } from './addInstance.ts';
import { chooseBarcode } from './chooseBarcode.ts';
import { storeSlideIndex } from './storeSlideIndex.ts';

const hashAtOnceBytes = 256 * 1024 * 1024;

/** SHA-256 of a file of any size, read in pieces. */
export async function hashSource(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  const piece = 8 * 1024 * 1024;
  for (let at = 0; at < source.size; at += piece)
    hash.update(await source.read(at, Math.min(piece, source.size - at)));
  return hash.digest('hex');
}

async function refuse(ctx: Context, actor: Actor, id: string, reason: UnreadableSlide): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('slideImage')
      .set({
        state: 'refused',
        refusedReason: reason.reason,
        refusedDetail: reason.message,
        updatedAt: ctx.clock.now(),
      })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'slide.refuse',
      subjectType: 'slide-image',
      subjectId: id,
      outcome: 'failed',
      detail: { reason: reason.reason },
    });
  });
}

/** What the columns of a slide say once its index is known. */
export function slideColumns(index: SlideIndex, now: Date) {
  const [base] = index.levels;
  return {
    state: 'ready',
    format: index.format,
    vendor: index.vendor,
    width: base?.width ?? null,
    height: base?.height ?? null,
    micrometrePerPixel: index.micrometrePerPixel,
    objectivePower: index.objectivePower,
    barcode: index.barcode,
    scannedAt: index.scannedAt,
    seriesInstanceUid: index.seriesInstanceUid ?? null,
    synthetic: index.synthetic,
    updatedAt: now,
    readyAt: now,
  };
}

/**
 * Ends an upload whose last byte has arrived: indexes the tiles, decodes a few as a probe, proposes the case by the
 * label's barcode. A file that cannot be shown is kept as it came, marked refused, and the reason is thrown
 * (422 `unreadable-slide`). A DICOM instance joins the slide of its series. Returns the id of the slide.
 */
export async function finishUpload(ctx: Context, actor: Actor, id: string): Promise<{ id: string }> {
  const slide = await ctx.db
    .selectFrom('slideImage')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (slide.state !== 'uploading') return { id };
  if (slide.receivedBytes !== slide.fileSize) {
    throw conflict('upload-incomplete', `${slide.fileSize - slide.receivedBytes} bytes are missing`);
  }
  const parts = (await loadParts(ctx.db, id))[0] ?? [];
  const source = partsSource(ctx.objects, parts);
  let index: SlideIndex;
  try {
    const read = await readSlide(source, slide.fileName);
    if (read.levels.length > 0) await probeSlide([source], read);
    index = read;
  } catch (error) {
    if (!(error instanceof UnreadableSlide)) throw error;
    await refuse(ctx, actor, id, error);
    throw error;
  }
  const sha256 = source.size <= hashAtOnceBytes ? await hashSource(source) : null;
  if (index.format === 'dicom-wsm') {
    const joined = await addInstance(ctx, actor, slide, index, { parts, sha256 });
    if (joined) return { id: joined };
    if (index.levels.length > 0) index = joinInstances([index]);
  }
  const barcode = await chooseBarcode(ctx.db, [source], index, slide.fileName);
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('slideImageFile')
      .values({ slideImageId: id, number: 0, size: source.size, sha256 })
      .execute();
    await storeSlideIndex(trx, id, index);
    await trx
      .updateTable('slideImage')
      .set({ ...slideColumns(index, ctx.clock.now()), ...barcode })
      .where('id', '=', id)
      .execute();
    await joinSlideToCase(ctx, trx, actor, id);
    if (topIsMissing(index.levels) && index.format !== 'dicom-wsm') {
      await enqueue(trx, { kind: 'pathology.derive-levels', key: id, payload: { id } });
    }
    if (sha256 === null) await enqueue(trx, { kind: 'pathology.hash-slide', key: id, payload: { id } });
    await recordAudit(trx, actor, { action: 'slide.ready', subjectType: 'slide-image', subjectId: id });
  });
  forgetSlide(ctx, id);
  ctx.bell.ring();
  return { id };
}
