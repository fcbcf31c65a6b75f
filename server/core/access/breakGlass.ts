import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { personId, type Actor } from './actor.ts';
import { tellReviewers } from './tellReviewers.ts';

/**
 * Opens the record of a patient to one person for hours, without a treatment relation and with a reason. Those who review
 * such openings are told at once. 404, audited, when nobody has this document.
 */
export async function breakGlass(
  ctx: Context,
  actor: Actor,
  input: { idCard: string; reason: string; hours: number },
): Promise<{ id: string; patientId: string; expiresAt: Date }> {
  const staffId = personId(actor);
  const found = await ctx.db
    .selectFrom('patientIdentifier')
    .select('patientId')
    .where('type', '=', 'id-card')
    .where('valueHash', '=', ctx.keys.lookup(`id-card:${input.idCard.trim().toUpperCase()}`))
    .executeTakeFirst();
  const act = { action: 'patient.break-glass', subjectType: 'patient' } as const;
  const detail = { reason: input.reason, hours: input.hours };
  if (!found) {
    await recordAudit(ctx.db, actor, { ...act, outcome: 'denied', detail });
    throw notFound('patient');
  }
  const now = ctx.clock.now();
  const grant = await ctx.db.transaction().execute(async (trx) => {
    const made = await trx
      .insertInto('accessGrant')
      .values({
        staffId,
        patientId: found.patientId,
        kind: 'break-glass',
        reason: input.reason,
        grantedAt: now,
        expiresAt: new Date(now.getTime() + input.hours * 3_600_000),
      })
      .returning(['id', 'patientId', 'expiresAt'])
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      ...act,
      subjectId: found.patientId,
      patientId: found.patientId,
      detail,
    });
    await tellReviewers(trx, 'access.break-glass', { id: made.id, staffId, staffName: actor.name });
    return made;
  });
  ctx.bell.ring();
  return grant;
}
