import { can, type Actor } from '../../core/access/actor.ts';
import type { Queryable } from '../../core/database.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { getVisibleSlide } from './slideAccess.ts';

export interface SlideDescription {
  id: string;
  state: string;
  orderId: string | null;
  fileName: string;
  format: string | null;
  vendor: string | null;
  width: number | null;
  height: number | null;
  micrometrePerPixel: number | null;
  objectivePower: number | null;
  stain: string | null;
  scannedAt: string | null;
  synthetic: boolean;
  teaching: boolean;
  levels: { width: number; height: number; tileWidth: number; tileHeight: number; downsample: number }[];
  associated: string[];
  /** the scanner says what its colours mean: tiles can be asked for in sRGB */
  colorProfile: boolean;
  /** from the glass upwards; the middle one is shown first */
  focalPlanes: number;
  focalStepMicrometre: number | null;
  /** case whose glass slide carries the barcode of the label: a proposal */
  proposedOrderId: string | null;
  refused: { reason: string; detail: string } | null;
}

/** Everything the viewer needs to open a slide: five small queries, however large it is. Audited as a look at the case. */
export async function describeSlide(db: Queryable, actor: Actor, id: string): Promise<SlideDescription> {
  await getVisibleSlide(db, actor, id);
  const slide = await db.selectFrom('slideImage').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const levels = await db
    .selectFrom('slideImageLevel')
    .select(['width', 'height', 'tileWidth', 'tileHeight', 'downsample'])
    .where('slideImageId', '=', id)
    .orderBy('level')
    .execute();
  const associated = await db
    .selectFrom('slideImageAssociated')
    .select('kind')
    .where('slideImageId', '=', id)
    .execute();
  const profile = await db
    .selectFrom('slideImageProfile')
    .select('slideImageId')
    .where('slideImageId', '=', id)
    .executeTakeFirst();
  const proposed =
    slide.orderId === null && slide.barcode !== null && can(actor, 'bench.work')
      ? await db
          .selectFrom('pathologySlide')
          .select('orderId')
          .where('barcode', '=', slide.barcode)
          .executeTakeFirst()
      : undefined;
  await recordAudit(db, actor, {
    action: 'slide.open',
    subjectType: 'slide-image',
    subjectId: id,
    detail: { orderId: slide.orderId },
  });
  const { refusedReason, refusedDetail } = slide;
  return {
    id,
    state: slide.state,
    orderId: slide.orderId,
    fileName: slide.fileName,
    format: slide.format,
    vendor: slide.vendor,
    width: slide.width,
    height: slide.height,
    micrometrePerPixel: slide.micrometrePerPixel,
    objectivePower: slide.objectivePower,
    stain: slide.stain,
    scannedAt: slide.scannedAt,
    synthetic: slide.synthetic,
    teaching: slide.teaching,
    levels,
    associated: associated.map(({ kind }) => kind),
    colorProfile: profile !== undefined,
    focalPlanes: slide.focalPlanes,
    focalStepMicrometre: slide.focalStepMicrometre,
    proposedOrderId: proposed?.orderId ?? null,
    refused: refusedReason ? { reason: refusedReason, detail: refusedDetail ?? '' } : null,
  };
}
