import { can, personId, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';

const RIGHTS = ['report.acknowledge', 'export', 'quality.review'] as const;

/** Ends a share and every session it has at once. Who shares at the site that made it may, and quality staff. */
export async function revokeShare(ctx: Context, actor: Actor, id: string, reason: string): Promise<void> {
  const staffId = personId(actor);
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    const share = await trx
      .selectFrom('patientShare')
      .select(['patientId', 'institutionId', 'createdBy'])
      .where('id', '=', id)
      .where('revokedAt', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    const mine =
      share?.createdBy === staffId ||
      RIGHTS.some((right) => share && can(actor, right, { institutionId: share.institutionId }));
    if (!share || !mine) throw notFound('share in force', id);
    await trx
      .updateTable('patientShare')
      .set({ revokedAt: now, revokedBy: staffId, revokeReason: reason })
      .where('id', '=', id)
      .execute();
    await trx
      .updateTable('patientShareSession')
      .set({ endedAt: now })
      .where('shareId', '=', id)
      .where('endedAt', 'is', null)
      .execute();
    await recordAudit(trx, actor, {
      action: 'share.revoke',
      subjectType: 'share',
      subjectId: id,
      patientId: share.patientId,
      detail: { reason },
    });
  });
}
