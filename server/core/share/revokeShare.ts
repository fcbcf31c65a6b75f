import { can, personId, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';

/** Ends a share and every session it has at once. The site that made it may, and quality staff. */
export async function revokeShare(ctx: Context, actor: Actor, id: string, reason: string): Promise<void> {
  const staffId = personId(actor);
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    const share = await trx
      .updateTable('patientShare')
      .set({ revokedAt: now, revokedBy: staffId, revokeReason: reason })
      .where('id', '=', id)
      .where('revokedAt', 'is', null)
      .$if(!can(actor, 'quality.review'), (query) =>
        query.where('institutionId', 'in', [
          ...new Set([actor.institutionId ?? '', ...actor.roles.map((held) => held.institutionId)]),
        ]),
      )
      .returning(['id', 'patientId'])
      .executeTakeFirst();
    if (!share) throw notFound('share in force', id);
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
