import { personId } from '../access/actor.ts';
import type { Actor } from '../access/actor.ts';
import { countAccountFailure } from '../access/countAccountFailure.ts';
import { verifyPassword } from '../access/password.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import { certify, storeCertificate } from './enrolSigner.ts';
import { ensureAuthority } from './heldAuthority.ts';
import { revokeCertificate } from './revokeCertificate.ts';
import { checkPinRules } from './signingPin.ts';

/**
 * For who forgot the PIN: after the password was given again, the old certificate is revoked (its key cannot be opened
 * by anybody any more) and a new one is issued under the new PIN. Throws 403 `wrong-password`.
 */
export async function resetPin(
  ctx: Pick<Context, 'db' | 'keys' | 'clock' | 'config'>,
  actor: Actor,
  input: { password: string; newPin: string },
): Promise<{ serialNumber: string; notAfter: Date }> {
  const staffId = personId(actor);
  checkPinRules(input.newPin);
  await requirePassword(ctx, actor, staffId, input.password);
  const authority = await ensureAuthority(ctx);
  const made = await certify(ctx, authority, staffId, input.newPin);
  await ctx.db.transaction().execute(async (trx) => {
    await revokeCertificate(ctx, trx, actor, staffId, 'superseded');
    await storeCertificate(ctx, trx, actor, authority, staffId, made);
    await recordAudit(trx, actor, {
      action: 'signature.reset-pin',
      subjectType: 'staff',
      subjectId: staffId,
      detail: { serialNumber: made.serialNumber },
    });
  });
  return { serialNumber: made.serialNumber, notAfter: made.notAfter };
}

/** The password again, counted like a sign-in: five wrong ones lock the account. */
async function requirePassword(
  ctx: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  staffId: string,
  password: string,
): Promise<void> {
  const refusal = await ctx.db.transaction().execute(async (trx) => {
    const staff = await trx
      .selectFrom('staff')
      .select(['passwordHash', 'lockedUntil'])
      .where('id', '=', staffId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const now = ctx.clock.now();
    if (staff.lockedUntil && staff.lockedUntil > now)
      return new DomainError(
        423,
        'locked',
        `too many failed attempts: locked until ${staff.lockedUntil.toISOString()}`,
        { extra: { lockedUntil: staff.lockedUntil } },
      );
    if (await verifyPassword(password, staff.passwordHash)) return undefined;
    await countAccountFailure(trx, staffId, now);
    await recordAudit(trx, actor, {
      action: 'signature.reset-pin',
      subjectType: 'staff',
      subjectId: staffId,
      outcome: 'denied',
    });
    return new DomainError(403, 'wrong-password', 'the password is wrong');
  });
  if (refusal) throw refusal;
}
