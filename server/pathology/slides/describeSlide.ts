import { sql } from 'kysely';
import { can, type Actor } from '../../core/access/actor.ts';
import type { Queryable } from '../../core/database.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { notFound } from '../../core/errors.ts';
import { readSlides, type SlideFacts } from './readSlides.ts';
import { getVisibleSlide } from './slideAccess.ts';

export interface SlideDescription extends SlideFacts {
  /** case whose glass slide carries the barcode of the label: a proposal */
  proposedOrderId: string | null;
  refused: { reason: string; detail: string } | null;
}

/** Everything the viewer needs to open a slide. Audited as a look at the case. */
export async function describeSlide(db: Queryable, actor: Actor, id: string): Promise<SlideDescription> {
  await getVisibleSlide(db, actor, id);
  const [slide] = await readSlides(db, sql`s.id = ${id}`, 1);
  if (!slide) throw notFound('slide', id);
  const { barcode, refusedReason, refusedDetail, ...facts } = slide;
  const proposed =
    facts.orderId === null && barcode !== null && can(actor, 'bench.work')
      ? await db
          .selectFrom('pathologySlide')
          .select('orderId')
          .where('barcode', '=', barcode)
          .executeTakeFirst()
      : undefined;
  await recordAudit(db, actor, {
    action: 'slide.open',
    subjectType: 'slide-image',
    subjectId: id,
    detail: { orderId: facts.orderId },
  });
  return {
    ...facts,
    proposedOrderId: proposed?.orderId ?? null,
    refused: refusedReason ? { reason: refusedReason, detail: refusedDetail ?? '' } : null,
  };
}
