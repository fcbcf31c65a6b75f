import { z } from 'zod';
import type { Context } from '../context.ts';
import { DomainError, invalid } from '../errors.ts';
import { personId, type Actor } from './actor.ts';
import { countFailure, requireUnlockedAddress } from './countFailure.ts';
import { verifyPassword } from './password.ts';

/** A second person signs in for one act. */
export const witnessInput = z.object({ username: z.string().max(64), password: z.string().max(200) });

/**
 * The second person of an act, by his own password: one that the administrator gave out is not his alone. A wrong one is
 * counted as at the login, so that this is no other door to guess at. Throws 423 `locked` for the address and
 * `witness-locked`, 403 `witness-wrong` and `witness-password`, 422 where it is the actor himself (`alone` says why).
 */
export async function requireWitness(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof witnessInput>,
  alone: string,
): Promise<{ id: string; name: string; institutionId: string }> {
  await requireUnlockedAddress(ctx, actor.address ?? '');
  const witness = await ctx.db
    .selectFrom('staff')
    .select(['id', 'name', 'passwordHash', 'institutionId', 'lockedUntil', 'mustChangePassword'])
    .where('username', '=', input.username)
    .where('active', '=', true)
    .executeTakeFirst();
  if (witness?.lockedUntil && witness.lockedUntil > ctx.clock.now())
    throw new DomainError(423, 'witness-locked', 'the account of the second person is locked for now');
  if (!witness || !(await verifyPassword(input.password, witness.passwordHash))) {
    await countFailure(ctx, input.username, actor.address ?? '', witness?.id);
    throw new DomainError(403, 'witness-wrong', 'name or password of the second person is wrong');
  }
  if (witness.mustChangePassword)
    throw new DomainError(
      403,
      'witness-password',
      'the second person changes the password that he was given first',
    );
  if (witness.id === personId(actor)) throw invalid(alone, [{ path: 'witness', code: 'same-person' }]);
  return witness;
}
