import { can, personId, requirePermission, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { conflict, notFound } from '../errors.ts';

/** Ends a referral before its time; either side may. Throws 404 for one of other institutions, 409 `already-ended`. */
export async function endReferral(ctx: Context, actor: Actor, id: string): Promise<{ ok: true }> {
  const staffId = personId(actor);
  const now = ctx.clock.now();
  const sides = actor.roles.map((held) => held.institutionId);
  await ctx.db.transaction().execute(async (trx) => {
    const referral = await trx
      .selectFrom('referral')
      .select(['id', 'patientId', 'fromInstitutionId', 'toInstitutionId', 'endedAt', 'expiresAt'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    const mine = [referral?.fromInstitutionId, referral?.toInstitutionId].filter(
      (side) => side !== undefined && sides.includes(side),
    );
    if (!referral || !mine[0]) throw notFound('referral', id);
    const institutionId = mine.find((side) => side && can(actor, 'patient.refer', { institutionId: side }));
    requirePermission(actor, 'patient.refer', { institutionId: institutionId ?? mine[0] });
    if (referral.endedAt || referral.expiresAt <= now)
      throw conflict('already-ended', 'the referral has ended');
    await trx.updateTable('referral').set({ endedAt: now, endedBy: staffId }).where('id', '=', id).execute();
    await recordAudit(trx, actor, {
      action: 'patient.referral-end',
      subjectType: 'referral',
      subjectId: id,
      patientId: referral.patientId,
    });
  });
  return { ok: true };
}
