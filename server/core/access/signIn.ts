import { randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import { countFailure, requireUnlocked, requireUnlockedAddress } from './countFailure.ts';
import { openSession, type Caller, type OpenedSession } from './openSession.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { askSecondFactor } from './secondFactor.ts';

let decoy: Promise<string> | undefined;

/**
 * Opens a session by password. Five failures within 15 minutes lock the account, and five from one address without a
 * success in between lock the address, for 15 minutes. Where people signed in within the last day, failures of one
 * account count once for the address: one person with a forgotten password does not lock out a hospital behind one
 * address. Throws 401 `bad-credentials`, 401 `otp-required`, 401 `bad-code` or 423 `locked`.
 */
export async function signIn(
  ctx: Context,
  input: Caller & { username: string; password: string; otp?: string | undefined },
): Promise<OpenedSession> {
  await requireUnlockedAddress(ctx, input.address);
  const staff = await ctx.db
    .selectFrom('staff')
    .select([
      'id',
      'name',
      'username',
      'institutionId',
      'passwordHash',
      'lockedUntil',
      'totpSecret',
      'totpConfirmedAt',
      'recoveryCodes',
      'active',
    ])
    .where('username', '=', input.username)
    .executeTakeFirst();
  requireUnlocked(staff?.lockedUntil, ctx.clock.now());
  decoy ??= hashPassword(randomBytes(9).toString('hex')); // an unknown name costs the same time
  const right = await verifyPassword(input.password, staff?.active ? staff.passwordHash : await decoy);
  if (!staff || !right || !staff.active) {
    await countFailure(ctx, input.username, input.address, staff?.id);
    throw new DomainError(401, 'bad-credentials', 'user name or password is wrong');
  }
  const asked = await askSecondFactor(ctx, staff, input.otp, input.address);
  return openSession(
    ctx,
    staff,
    { kind: 'password', ...(asked && { secondFactor: 'totp' }) },
    input,
    async (trx) => {
      await trx
        .updateTable('staff')
        .set({ failedLoginsAt: [], lockedUntil: null })
        .where('id', '=', staff.id)
        .execute();
      await trx.deleteFrom('loginFailure').where('address', '=', input.address).execute();
    },
  );
}
