import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { conflict, forbidden, notFound } from '../errors.ts';
import { personId, type Actor } from './actor.ts';

/** Reviews an opening once; never the reviewer's own. Throws 404, 403, 409 `reviewed`. */
export async function reviewGrant(
  ctx: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  id: string,
  note: string,
): Promise<{ ok: true }> {
  const reviewer = personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const grant = await trx
      .selectFrom('accessGrant')
      .select(['staffId', 'patientId', 'reviewedAt'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!grant) throw notFound('access grant', id);
    if (grant.staffId === reviewer) throw forbidden('nobody reviews his own opening', 'own-opening');
    if (grant.reviewedAt) throw conflict('reviewed', 'this opening was reviewed already');
    await trx
      .updateTable('accessGrant')
      .set({ reviewedBy: reviewer, reviewedAt: ctx.clock.now(), reviewNote: note })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'access.review',
      subjectType: 'access-grant',
      subjectId: id,
      patientId: grant.patientId,
      detail: { note },
    });
    return { ok: true };
  });
}
