import { z } from 'zod';
import { can, personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { forbidden, notFound } from '../../core/errors.ts';
import { getVisibleSlide } from './slideAccess.ts';

const coordinate = z.number().min(-1e7).max(1e7);
/** Points in pixels of level 0: one for a point, two for a length, three and more for an area. */
export const annotationInput = z.object({
  kind: z.enum(['length', 'area', 'rectangle', 'point', 'mitosis', 'position']),
  name: z.string().trim().min(1).max(100),
  points: z
    .array(z.object({ x: coordinate, y: coordinate }))
    .min(1)
    .max(2_000),
  measure: z.record(z.string().max(40), z.union([z.number(), z.string().max(200)])).default({}),
});

/** Annotations of a slide in order of time, with their authors. */
export async function listAnnotations(ctx: Pick<Context, 'db'>, actor: Actor, slideId: string) {
  await getVisibleSlide(ctx.db, actor, slideId);
  const rows = await ctx.db
    .selectFrom('slideAnnotation as a')
    .innerJoin('staff as s', 's.id', 'a.authorId')
    .select([
      'a.id',
      'a.kind',
      'a.name',
      'a.geometry',
      'a.measure',
      'a.authorId',
      'a.createdAt',
      's.name as author',
    ])
    .where('a.slideImageId', '=', slideId)
    .where('a.removedAt', 'is', null)
    .orderBy('a.createdAt')
    .limit(2_000)
    .execute();
  return { items: rows.map(({ geometry, ...row }) => ({ ...row, points: geometry })) };
}

/** Saves an annotation; those who read slides at a centre may. */
export async function addAnnotation(
  ctx: Context,
  actor: Actor,
  slideId: string,
  input: z.output<typeof annotationInput>,
) {
  const authorId = personId(actor);
  const slide = await getVisibleSlide(ctx.db, actor, slideId);
  requirePermission(actor, 'report.write', { centerKind: 'pathology' });
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('slideAnnotation')
      .values({
        slideImageId: slideId,
        kind: input.kind,
        name: input.name,
        geometry: JSON.stringify(input.points),
        measure: JSON.stringify(input.measure),
        authorId,
        createdAt: ctx.clock.now(),
      })
      .returning(['id'])
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'slide.annotate',
      subjectType: 'slide-image',
      subjectId: slideId,
      detail: { annotationId: row.id, orderId: slide.orderId },
    });
    return row;
  });
}

/** Takes an annotation off the slide; the row stays with who removed it. Others' go only by a head. */
export async function removeAnnotation(
  ctx: Context,
  actor: Actor,
  slideId: string,
  annotationId: string,
): Promise<void> {
  const staffId = personId(actor);
  await getVisibleSlide(ctx.db, actor, slideId);
  await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('slideAnnotation')
      .select('authorId')
      .where('id', '=', annotationId)
      .where('slideImageId', '=', slideId)
      .where('removedAt', 'is', null)
      .executeTakeFirst();
    if (!row) throw notFound('annotation', annotationId);
    if (row.authorId !== staffId && !can(actor, 'template.edit', { centerKind: 'pathology' })) {
      throw forbidden('only its author or the head removes an annotation', 'author-only');
    }
    await trx
      .updateTable('slideAnnotation')
      .set({ removedAt: ctx.clock.now(), removedBy: staffId })
      .where('id', '=', annotationId)
      .execute();
    await recordAudit(trx, actor, {
      action: 'slide.annotation-remove',
      subjectType: 'slide-image',
      subjectId: slideId,
      detail: { annotationId },
    });
  });
}
