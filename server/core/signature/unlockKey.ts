import type { Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { conflict, DomainError } from '../errors.ts';
import { openWithPin } from './pinSeal.ts';
import { pinSecret } from './signingPin.ts';

const maxFailures = 5;
const lockMs = 15 * 60_000;

export interface UnlockedKey {
  readonly certificateId: string;
  readonly authorityId: string;
  /** DER. */
  readonly certificate: Buffer;
  readonly notAfter: Date;
  readonly pkcs8: Buffer;
}

/**
 * Opens a person's signing key by PIN. Attempts of one person are judged one after the other; five wrong ones lock the
 * certificate for 15 minutes. Throws 409 `not-enrolled`, 423 `locked`, 403 `wrong-pin` with the attempts left.
 */
export async function unlockKey(
  ctx: Pick<Context, 'db' | 'keys' | 'clock'>,
  actor: Actor,
  staffId: string,
  pin: string,
): Promise<UnlockedKey> {
  // The refusal is thrown after the commit: the counted failure and its audit row must stay.
  const outcome = await ctx.db.transaction().execute(async (trx): Promise<UnlockedKey | DomainError> => {
    const row = await trx
      .selectFrom('signatureCertificate')
      .innerJoin('staff', 'staff.id', 'signatureCertificate.staffId')
      .select([
        'signatureCertificate.id',
        'signatureCertificate.authorityId',
        'signatureCertificate.certificate',
        'signatureCertificate.sealedKey',
        'signatureCertificate.notAfter',
        'signatureCertificate.failedAttempts',
        'signatureCertificate.lockedUntil',
      ])
      .where('signatureCertificate.staffId', '=', staffId)
      .where('signatureCertificate.endedAt', 'is', null)
      .where('staff.active', '=', true)
      .forUpdate('signatureCertificate')
      .executeTakeFirst();
    if (!row?.sealedKey)
      return conflict('not-enrolled', 'set a signing PIN first: there is no signing certificate');
    const now = ctx.clock.now();
    if (row.lockedUntil && row.lockedUntil > now) return locked(row.lockedUntil);
    const pkcs8 = await openWithPin(row.sealedKey, pinSecret(ctx.keys, pin), staffId);
    if (pkcs8) {
      if (row.failedAttempts > 0 || row.lockedUntil)
        await trx
          .updateTable('signatureCertificate')
          .set({ failedAttempts: 0, lockedUntil: null })
          .where('id', '=', row.id)
          .execute();
      const { certificate, authorityId, notAfter } = row;
      return { certificateId: row.id, authorityId, certificate, notAfter, pkcs8 };
    }
    const failures = row.failedAttempts + 1;
    const lockedUntil = failures >= maxFailures ? new Date(now.getTime() + lockMs) : null;
    await trx
      .updateTable('signatureCertificate')
      .set({ failedAttempts: lockedUntil ? 0 : failures, lockedUntil })
      .where('id', '=', row.id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'signature.unlock',
      subjectType: 'staff',
      subjectId: staffId,
      outcome: 'denied',
      detail: { failures, ...(lockedUntil && { lockedUntil }) },
    });
    return lockedUntil
      ? locked(lockedUntil)
      : new DomainError(
          403,
          'wrong-pin',
          `the signing PIN is wrong; ${maxFailures - failures} attempts are left`,
          {
            extra: { attemptsLeft: maxFailures - failures },
          },
        );
  });
  if (outcome instanceof DomainError) throw outcome;
  return outcome;
}

const locked = (until: Date): DomainError =>
  new DomainError(423, 'locked', `signing is locked until ${until.toISOString()} after too many wrong PINs`, {
    extra: { lockedUntil: until },
  });
