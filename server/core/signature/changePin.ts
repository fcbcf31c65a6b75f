import { personId } from '../access/actor.ts';
import type { Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { sealWithPin } from './pinSeal.ts';
import { checkPinRules, pinSecret } from './signingPin.ts';
import { unlockKey } from './unlockKey.ts';

/** Seals the signing key of the signed-in person under another PIN; the certificate stays. Throws as `unlockKey`. */
export async function changePin(
  ctx: Pick<Context, 'db' | 'keys' | 'clock'>,
  actor: Actor,
  input: { pin: string; newPin: string },
): Promise<void> {
  const staffId = personId(actor);
  checkPinRules(input.newPin);
  const key = await unlockKey(ctx, actor, staffId, input.pin);
  const sealedKey = await sealWithPin(key.pkcs8, pinSecret(ctx.keys, input.newPin), staffId);
  key.pkcs8.fill(0);
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('signatureCertificate')
      .set({ sealedKey })
      .where('id', '=', key.certificateId)
      .where('endedAt', 'is', null)
      .execute();
    await recordAudit(trx, actor, {
      action: 'signature.change-pin',
      subjectType: 'staff',
      subjectId: staffId,
    });
  });
}
