import type { Context } from '../context.ts';
import { forbidden } from '../errors.ts';
import { personId, type Actor } from './actor.ts';
import { countFailure, requireUnlocked } from './countFailure.ts';
import { verifyPassword } from './password.ts';

/**
 * The own password, asked again before an act on the own account. A wrong one is counted as at the login: an open
 * session at an empty desk is no place to guess at it. Throws 403 `wrong-password` and 423 `locked`.
 */
export async function requireOwnPassword(
  ctx: Pick<Context, 'db' | 'clock' | 'keys'>,
  actor: Actor,
  password: string,
): Promise<{ id: string; username: string }> {
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['id', 'username', 'passwordHash', 'lockedUntil'])
    .where('id', '=', personId(actor))
    .executeTakeFirstOrThrow();
  requireUnlocked(staff.lockedUntil, ctx.clock.now());
  if (await verifyPassword(password, staff.passwordHash)) return staff;
  await countFailure(ctx, staff.username, actor.address ?? '', staff.id);
  throw forbidden('the current password is wrong', 'wrong-password');
}
