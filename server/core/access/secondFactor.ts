import { sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import { countFailure } from './countFailure.ts';

interface Holder {
  id: string;
  username: string;
  totpSecret: string | null;
  totpConfirmedAt: Date | null;
  recoveryCodes: string[];
}

/** Whether the person has set a second factor up. */
export const hasSecondFactor = (staff: Pick<Holder, 'totpSecret' | 'totpConfirmedAt'>): boolean =>
  Boolean(staff.totpSecret && staff.totpConfirmedAt);

/**
 * Asks the second factor of who has one; answers whether it was asked. A wrong code counts like a wrong password.
 * Throws 401 `otp-required` without a code and 401 `bad-code` for a wrong or spent one.
 */
export async function askSecondFactor(
  ctx: Pick<Context, 'db' | 'clock' | 'keys'>,
  staff: Holder,
  otp: string | undefined,
  address: string,
): Promise<boolean> {
  if (!staff.totpSecret || !staff.totpConfirmedAt) return false;
  if (!otp) throw new DomainError(401, 'otp-required', 'the one-time code is needed');
  if (await useOtp(ctx, staff.id, staff.totpSecret, staff.recoveryCodes, otp)) return true;
  await countFailure(ctx, staff.username, address, staff.id);
  throw new DomainError(401, 'bad-code', 'the one-time code is wrong or was used already');
}

/** Whether the one-time or recovery code is right and not spent; it is spent by this. */
async function useOtp(
  ctx: Pick<Context, 'db' | 'keys'>,
  staffId: string,
  secret: string,
  recoveryCodes: string[],
  otp: string,
): Promise<boolean> {
  const totp = new TOTP({ secret: Secret.fromBase32(ctx.keys.decrypt(secret)), digits: 6, period: 30 });
  const steps = totp.validate({ token: otp, window: 1 });
  if (steps !== null) return spendStep(ctx, staffId, TOTP.counter({ period: 30 }) + steps);
  const hashed = ctx.keys.lookup(otp.replace(/[\s-]/g, '').toLowerCase());
  if (!recoveryCodes.includes(hashed)) return false;
  const used = await ctx.db
    .updateTable('staff')
    .set({ recoveryCodes: sql`array_remove(recovery_codes, ${hashed})` })
    .where('id', '=', staffId)
    .where(sql<boolean>`${hashed} = any(recovery_codes)`)
    .executeTakeFirst();
  return used.numUpdatedRows > 0n;
}

/** RFC 6238 §5.2: a code that opened a session opens no second one. */
async function spendStep(ctx: Pick<Context, 'db'>, staffId: string, step: number): Promise<boolean> {
  const spent = await ctx.db
    .updateTable('staff')
    .set({ totpStep: step })
    .where('id', '=', staffId)
    .where('totpStep', '<', step)
    .executeTakeFirst();
  return spent.numUpdatedRows > 0n;
}
