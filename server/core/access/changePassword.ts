import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import type { Actor } from './actor.ts';
import { requireOwnPassword } from './ownPassword.ts';
import { checkPasswordRules, hashPassword } from './password.ts';

/**
 * Replaces the own password by another and closes every other session of the person. Throws 403 for a wrong one and
 * 422 for the same again: a password that somebody else gave out would stay known to him.
 */
export async function changePassword(
  ctx: Context,
  actor: Actor,
  current: string,
  password: string,
): Promise<void> {
  const { id: staffId, username } = await requireOwnPassword(ctx, actor, current);
  if (password === current)
    throw invalid('the new password is the one that stands', [{ path: 'password', code: 'password-same' }]);
  checkPasswordRules(password, username);
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
