import { z } from 'zod';
import { SYSTEM } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { chooseReportingInstitution } from '../../core/order/chooseCenter.ts';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import { finishUpload } from './finishUpload.ts';

/**
 * Background work: shows a whole-slide instance that a scanner sent by C-STORE or STOW to pathology. Its bytes stay the
 * one object that was stored; a slide row names it as its part. Repeatable; an unreadable instance is refused once.
 */
export async function adoptInstance(ctx: Context, payload: Record<string, unknown>): Promise<void> {
  const { sopInstanceUid } = z.object({ sopInstanceUid: z.string() }).parse(payload);
  const instance = await ctx.db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.seriesId')
    .innerJoin('study', 'study.id', 'series.studyId')
    .select(['instance.objectAddress', 'instance.objectSize', 'instance.senderAe', 'study.institutionId'])
    .where('instance.sopInstanceUid', '=', sopInstanceUid)
    .where('instance.supersededAt', 'is', null)
    .executeTakeFirst();
  if (!instance) return;
  const { objectAddress, objectSize } = instance;
  const taken = await ctx.db
    .selectFrom('slideImagePart as p')
    .innerJoin('slideImage as s', 's.id', 'p.slideImageId')
    .select(['s.id', 's.state'])
    .where('p.objectAddress', '=', objectAddress)
    .executeTakeFirst();
  if (taken && taken.state !== 'uploading') return;
  const now = ctx.clock.now();
  const institutionId = await chooseReportingInstitution(
    ctx.db,
    'pathology',
    instance.institutionId,
    [],
    now,
  );
  const id = taken?.id ?? (await insert());
  await finishUpload(ctx, SYSTEM, id).catch((error: unknown) => {
    if (!(error instanceof UnreadableSlide)) throw error; // the refusal stands in the row
  });

  function insert(): Promise<string> {
    return ctx.db.transaction().execute(async (trx) => {
      const slide = await trx
        .insertInto('slideImage')
        .values({
          institutionId,
          state: 'uploading',
          fileName: `${sopInstanceUid}.dcm`,
          fileSize: objectSize,
          receivedBytes: objectSize,
          uploadedByName: instance?.senderAe ?? 'DICOM',
          createdAt: now,
          updatedAt: now,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('slideImagePart')
        .values({ slideImageId: slide.id, fileNumber: 0, start: 0, size: objectSize, objectAddress })
        .execute();
      return slide.id;
    });
  }
}
