import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { forbidden } from '../errors.ts';
import { personId, type Actor } from './actor.ts';
import { checkPasswordRules, hashPassword, verifyPassword } from './password.ts';

/** Replaces the own password and closes every other session of the person. Throws 403 for a wrong one. */
export async function changePassword(
  ctx: Context,
  actor: Actor,
  current: string,
  password: string,
): Promise<void> {
  const staffId = personId(actor);
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['username', 'passwordHash'])
    .where('id', '=', staffId)
    .executeTakeFirstOrThrow();
  if (!(await verifyPassword(current, staff.passwordHash)))
    throw forbidden('the current password is wrong', 'wrong-password');
  checkPasswordRules(password, staff.username);
  const passwordHash = await hashPassword(password);
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('staff')
      .set({ passwordHash, passwordChangedAt: ctx.clock.now(), mustChangePassword: false })
      .where('id', '=', staffId)
      .execute();
    await trx
      .updateTable('session')
      .set({ revokedAt: ctx.clock.now() })
      .where('staffId', '=', staffId)
      .where('id', '!=', actor.sessionId ?? '')
      .where('revokedAt', 'is', null)
      .execute();
    await recordAudit(trx, actor, {
      action: 'staff.change-password',
      subjectType: 'staff',
      subjectId: staffId,
    });
  });
}
