import sharp from 'sharp';
import { can, type Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { joinFragments } from '../formats/dicomFrames.ts';
import type { TileEncoding } from '../formats/slideIndex.ts';
import { openTile } from '../tiles/decodeTile.ts';
import { extractPage } from '../tiles/extractPage.ts';
import { openSlide } from './openSlide.ts';
import { loadParts, partsSource } from './partsSource.ts';
import { readRegion } from './readRegion.ts';
import { getVisibleSlide } from './slideAccess.ts';
import type { SlideRow } from './slideAccess.ts';

export const associatedKinds = ['label', 'macro', 'thumbnail'] as const;
export type AssociatedKind = (typeof associatedKinds)[number];

interface StoredFrame {
  offset: number;
  length: number;
  encoding: TileEncoding;
  fragmented: boolean;
}

/** Who may see the name: of a case by its order (a teaching slide does not open it), else the bench and the uploader. */
async function maySeeName(ctx: Pick<Context, 'db'>, actor: Actor, slide: SlideRow): Promise<boolean> {
  if (!can(actor, 'patient.read')) return false;
  if (slide.orderId === null) return true;
  const seen = ctx.db
    .selectFrom('orders')
    .select('id')
    .where('id', '=', slide.orderId)
    .where(visibleOrders(actor));
  return (await seen.executeTakeFirst()) !== undefined;
}

/**
 * Label, macro or thumbnail as JPEG. Label and macro may show the name: they need the right to read patients and the
 * case itself, are 404 like everything a person may not see, and each look is audited. A missing thumbnail is drawn.
 */
export async function readAssociated(
  ctx: Pick<Context, 'db' | 'objects'>,
  actor: Actor,
  id: string,
  kind: AssociatedKind,
): Promise<Buffer> {
  const slide = await getVisibleSlide(ctx.db, actor, id);
  if (kind !== 'thumbnail') {
    const allowed = await maySeeName(ctx, actor, slide);
    const outcome = allowed ? ('done' as const) : ('denied' as const);
    await recordAudit(ctx.db, actor, {
      action: `slide.${kind}`,
      subjectType: 'slide-image',
      subjectId: id,
      outcome,
    });
    if (!allowed) throw notFound(kind, id);
  }
  const row = await ctx.db
    .selectFrom('slideImageAssociated')
    .selectAll()
    .where('slideImageId', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (!row) {
    if (kind !== 'thumbnail') throw notFound(kind, id);
    const [base] = (await openSlide(ctx, id)).levels;
    return readRegion(ctx, id, {
      x: 0,
      y: 0,
      width: base?.width ?? 1,
      height: base?.height ?? 1,
      maxSide: 512,
    });
  }
  const source = partsSource(ctx.objects, (await loadParts(ctx.db, id))[row.fileNumber] ?? []);
  if (row.page !== null) {
    return sharp(await extractPage(source, row.page), { limitInputPixels: 64e6 })
      .jpeg({ quality: 90 })
      .toBuffer();
  }
  const frame = row.frame as unknown as StoredFrame;
  const stored = await source.read(frame.offset, frame.length);
  const bytes = frame.fragmented ? joinFragments(stored) : stored;
  return (await openTile(bytes, frame.encoding, row.width, row.height)).jpeg({ quality: 90 }).toBuffer();
}
