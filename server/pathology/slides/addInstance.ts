import { sql, type Selectable } from 'kysely';
import type { SlideImage } from '../../../db/types.ts';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import { joinInstances } from '../formats/dicomTiles.ts';
import { readSlide } from '../formats/index.ts';
import type { SlideIndex } from '../formats/slideIndex.ts';
import { chooseBarcode } from './chooseBarcode.ts';
import { forgetSlide } from './openSlide.ts';
import type { FilePart } from './partsSource.ts';
import { loadParts, partsSource } from './partsSource.ts';
import { storeSlideIndex } from './storeSlideIndex.ts';

/**
 * Adds a DICOM instance to the slide of its series: the levels of all its files are indexed together. The upload that
 * brought it ends as a part of that slide. Returns the slide's id, or undefined when this is the first of its series.
 */
export async function addInstance(
  ctx: Context,
  actor: Actor,
  upload: Pick<Selectable<SlideImage>, 'id' | 'institutionId'>,
  instance: SlideIndex,
  file: { parts: FilePart[]; sha256: string | null; sopInstanceUid?: string },
): Promise<string | undefined> {
  if (!instance.seriesInstanceUid) return undefined;
  const joined = await ctx.db.transaction().execute(async (trx) => {
    // two instances of a new series at once: the second waits and finds the first's slide
    await sql`select pg_advisory_xact_lock(hashtextextended(${`slide ${instance.seriesInstanceUid}`}, 0))`.execute(
      trx,
    );
    const slide = await trx
      .selectFrom('slideImage')
      .select('id')
      .where('institutionId', '=', upload.institutionId)
      .where('seriesInstanceUid', '=', instance.seriesInstanceUid ?? '')
      .where('state', '=', 'ready')
      .where('id', '!=', upload.id)
      .forUpdate()
      .executeTakeFirst();
    if (!slide) return undefined;
    const files = await trx
      .selectFrom('slideImageFile')
      .select(['number', 'sha256', 'sopInstanceUid'])
      .where('slideImageId', '=', slide.id)
      .orderBy('number')
      .execute();
    const known = files.some(
      ({ sha256, sopInstanceUid }) =>
        (file.sha256 !== null && sha256 === file.sha256) ||
        (file.sopInstanceUid !== undefined && sopInstanceUid === file.sopInstanceUid),
    );
    if (!known) {
      const number = (files.at(-1)?.number ?? -1) + 1;
      const size = file.parts.reduce((sum, part) => sum + part.size, 0);
      await trx
        .insertInto('slideImageFile')
        .values({
          slideImageId: slide.id,
          number,
          size,
          sha256: file.sha256,
          sopInstanceUid: file.sopInstanceUid ?? null,
        })
        .execute();
      for (const part of file.parts) {
        await trx
          .insertInto('slideImagePart')
          .values({ slideImageId: slide.id, fileNumber: number, ...part })
          .execute();
      }
      await indexAgain(ctx, trx, slide.id);
      await recordAudit(trx, actor, {
        action: 'slide.instance',
        subjectType: 'slide-image',
        subjectId: slide.id,
      });
    }
    await trx
      .updateTable('slideImage')
      .set({ state: 'abandoned', refusedDetail: `joined slide ${slide.id}` })
      .where('id', '=', upload.id)
      .execute();
    return slide.id;
  });
  if (joined) forgetSlide(ctx, joined);
  return joined;
}

/** Reads the index of every file of the slide and stores the pyramid they make together. */
async function indexAgain(
  ctx: Context,
  trx: Parameters<typeof loadParts>[0],
  slideId: string,
): Promise<void> {
  const files = await loadParts(trx, slideId);
  const sources = files.map((parts) => partsSource(ctx.objects, parts));
  const indexes: SlideIndex[] = [];
  for (const source of sources) indexes.push(await readSlide(source));
  if (!indexes.some(({ levels }) => levels.length > 0)) return;
  const whole = joinInstances(indexes);
  await storeSlideIndex(trx as Parameters<typeof storeSlideIndex>[0], slideId, whole);
  const [base] = whole.levels;
  const standing = await trx
    .selectFrom('slideImage')
    .select(['barcode', 'fileName'])
    .where('id', '=', slideId)
    .executeTakeFirstOrThrow();
  // A label that comes as an instance of its own names the slide now; what was read before stays otherwise.
  const chosen = await chooseBarcode(trx as Queryable, sources, whole, standing.fileName);
  await trx
    .updateTable('slideImage')
    .set({
      width: base?.width ?? null,
      height: base?.height ?? null,
      micrometrePerPixel: whole.micrometrePerPixel,
      objectivePower: whole.objectivePower,
      ...((chosen.barcode ?? standing.barcode) === standing.barcode ? {} : chosen),
      updatedAt: ctx.clock.now(),
    })
    .where('id', '=', slideId)
    .execute();
}
