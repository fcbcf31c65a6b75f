import { personId } from '../access/actor.ts';
import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import { certify, storeCertificate } from './enrolSigner.ts';
import { currentRevocationLists } from './currentRevocationLists.ts';
import { ensureAuthority } from './heldAuthority.ts';
import type { HeldAuthority } from './heldAuthority.ts';
import { builtInSigner } from './builtInSigner.ts';
import type { Signer } from './signer.ts';
import { unlockKey } from './unlockKey.ts';
import type { UnlockedKey } from './unlockKey.ts';

type Needs = Pick<Context, 'db' | 'keys' | 'clock' | 'config'>;

const renewBeforeMs = 30 * 24 * 3600 * 1000;

/**
 * The signer of the signed-in person for this request. This is the one place that knows the built-in authority: a
 * licensed CA takes over by answering its own `Signer` here. A certificate near its end is renewed on the way.
 * Throws 409 `not-enrolled`, 403 `wrong-pin`, 423 `locked`.
 */
export async function loadSigner(ctx: Needs, actor: Actor, pin: string): Promise<Signer> {
  const staffId = personId(actor);
  let key = await unlockKey(ctx, actor, staffId, pin);
  const authority = await ensureAuthority(ctx);
  const left = key.notAfter.getTime() - ctx.clock.now().getTime();
  if (left < renewBeforeMs || key.authorityId !== authority.id) {
    const renewed = await renew(ctx, actor, authority, staffId, pin, key);
    if (renewed) key = await unlockKey(ctx, actor, staffId, pin);
  }
  return builtInSigner(
    key.pkcs8,
    [key.certificate, authority.issuingCertificate, authority.rootCertificate],
    await currentRevocationLists(ctx, authority),
  );
}

/** A new key and certificate under the same PIN. The old one ends without being revoked: what it signed stays good. */
async function renew(
  ctx: Needs,
  actor: Actor,
  authority: HeldAuthority,
  staffId: string,
  pin: string,
  old: UnlockedKey,
): Promise<boolean> {
  const made = await certify(ctx, authority, staffId, pin);
  // A licence that ends soon bounds the new certificate as well: then nothing is gained.
  if (old.authorityId === authority.id && made.notAfter.getTime() <= old.notAfter.getTime()) return false;
  return await ctx.db.transaction().execute(async (trx) => {
    const ended = await trx
      .updateTable('signatureCertificate')
      .set({ endedAt: ctx.clock.now(), sealedKey: null })
      .where('id', '=', old.certificateId)
      .where('endedAt', 'is', null)
      .executeTakeFirst();
    if (ended.numUpdatedRows === 0n) return true; // another request was first
    await storeCertificate(ctx, trx, actor, authority, staffId, made);
    await recordAudit(trx, actor, {
      action: 'signature.renew',
      subjectType: 'staff',
      subjectId: staffId,
      detail: { serialNumber: made.serialNumber },
    });
    return true;
  });
}
