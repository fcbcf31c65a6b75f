import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { getVisibleSlide } from './slideAccess.ts';

/** Marks a slide for teaching: the staff of every pathology centre see its tissue, never its label or case. */
export async function markTeaching(
  ctx: Context,
  actor: Actor,
  id: string,
  input: { teaching: boolean; note?: string | undefined },
): Promise<void> {
  personId(actor);
  const slide = await getVisibleSlide(ctx.db, actor, id);
  requirePermission(actor, 'report.write', { institutionId: slide.institutionId, centerKind: 'pathology' });
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('slideImage')
      .set({ teaching: input.teaching, teachingNote: input.note ?? null, updatedAt: ctx.clock.now() })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'slide.teaching',
      subjectType: 'slide-image',
      subjectId: id,
      detail: { teaching: input.teaching },
    });
  });
}
