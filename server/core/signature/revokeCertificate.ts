import type { Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { lockAuthority, publishRevocationList } from './currentRevocationLists.ts';
import type { HeldAuthority } from './heldAuthority.ts';
import type { RevocationReason } from './revocationList.ts';

/**
 * Revokes the certificate in use of a person (left, licence ended, PIN forgotten) inside the caller's transaction and
 * publishes the next revocation list at once. Answers whether there was one. What was signed before stays good.
 */
export async function revokeCertificate(
  ctx: Pick<Context, 'keys' | 'clock'>,
  trx: Transaction,
  actor: Actor,
  staffId: string,
  reason: RevocationReason,
): Promise<boolean> {
  const now = ctx.clock.now();
  const revoked = await trx
    .updateTable('signatureCertificate')
    .set({ endedAt: now, sealedKey: null, revokedAt: now, revocationReason: reason })
    .where('staffId', '=', staffId)
    .where('endedAt', 'is', null)
    .returning(['serialNumber', 'authorityId'])
    .executeTakeFirst();
  if (!revoked) return false;
  const authority: HeldAuthority = await trx
    .selectFrom('signatureAuthority')
    .select(['id', 'rootCertificate', 'issuingCertificate', 'sealedRootKey', 'sealedIssuingKey'])
    .where('id', '=', revoked.authorityId)
    .executeTakeFirstOrThrow();
  await lockAuthority(trx, authority);
  await publishRevocationList(ctx, trx, authority, 'issuing');
  await recordAudit(trx, actor, {
    action: 'signature.revoke',
    subjectType: 'staff',
    subjectId: staffId,
    detail: { serialNumber: revoked.serialNumber, reason },
  });
  return true;
}
