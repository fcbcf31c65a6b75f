import { personId } from '../access/actor.ts';
import type { Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { isUniqueViolation } from '../database.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import { ensureAuthority } from './heldAuthority.ts';
import type { HeldAuthority } from './heldAuthority.ts';
import { issueCertificate } from './issueCertificate.ts';
import type { PersonCertificate } from './issueCertificate.ts';
import { checkPinRules, pinSecret } from './signingPin.ts';

type Needs = Pick<Context, 'db' | 'keys' | 'clock' | 'config'>;

/**
 * Gives the signed-in person a first signing certificate under a PIN that only he knows (nobody sets it for him; the
 * hub itself may, to seed the demo county: then `staffId` says for whom). Throws 409 `already-enrolled`.
 */
export async function enrolSigner(
  ctx: Needs,
  actor: Actor,
  input: { pin: string; staffId?: string },
): Promise<{ serialNumber: string; notAfter: Date }> {
  const staffId = actor.kind === 'system' && input.staffId ? input.staffId : personId(actor);
  checkPinRules(input.pin);
  const authority = await ensureAuthority(ctx);
  const made = await certify(ctx, authority, staffId, input.pin);
  await ctx.db.transaction().execute(async (trx) => {
    await storeCertificate(ctx, trx, actor, authority, staffId, made);
    await recordAudit(trx, actor, {
      action: 'signature.enrol',
      subjectType: 'staff',
      subjectId: staffId,
      detail: { serialNumber: made.serialNumber },
    });
  });
  return { serialNumber: made.serialNumber, notAfter: made.notAfter };
}

/** Makes key and certificate from what is known of the person. Slow by intention (Argon2id): outside transactions. */
export async function certify(
  ctx: Pick<Context, 'db' | 'keys' | 'clock'>,
  authority: HeldAuthority,
  staffId: string,
  pin: string,
): Promise<PersonCertificate> {
  const staff = await ctx.db
    .selectFrom('staff')
    .innerJoin('institution', 'institution.id', 'staff.institutionId')
    .select(['staff.name', 'staff.active', 'staff.licenceUntil', 'institution.name as organization'])
    .where('staff.id', '=', staffId)
    .executeTakeFirst();
  if (!staff?.active) throw notFound('staff', staffId);
  const now = ctx.clock.now();
  // The licence counts to the end of its last day in China.
  const validUntil = staff.licenceUntil ? new Date(`${staff.licenceUntil}T23:59:59+08:00`) : undefined;
  if (validUntil && validUntil <= now)
    throw invalid('the practising licence has expired: no certificate is issued', 'licence-expired');
  return issueCertificate(ctx.keys, authority, pinSecret(ctx.keys, pin), {
    id: staffId,
    name: staff.name,
    organization: staff.organization,
    now,
    validUntil,
  });
}

/** Throws 409 `already-enrolled` when the person has a certificate in use. */
export async function storeCertificate(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  authority: HeldAuthority,
  staffId: string,
  made: PersonCertificate,
): Promise<void> {
  try {
    await trx
      .insertInto('signatureCertificate')
      .values({
        authorityId: authority.id,
        staffId,
        ...made,
        issuedAt: ctx.clock.now(),
        issuedBy: actor.kind === 'staff' ? actor.id : null,
      })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'signature_certificate_one'))
      throw conflict(
        'already-enrolled',
        'there is a signing certificate already; change or reset its PIN instead',
      );
    throw error;
  }
}
