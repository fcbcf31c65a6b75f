import { SYSTEM } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { revokeCertificate } from './revokeCertificate.ts';

/**
 * Periodic: revokes the certificate of everybody who left (account closed) or whose licence has ended. Signing is
 * refused to them from the first moment anyway; this is what the revocation list says to others.
 */
export async function revokeEndedLicences(ctx: Pick<Context, 'db' | 'keys' | 'clock'>): Promise<number> {
  const today = new Date(ctx.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  const ended = await ctx.db
    .selectFrom('signatureCertificate as c')
    .innerJoin('staff as s', 's.id', 'c.staffId')
    .select(['s.id', 's.active'])
    .where('c.endedAt', 'is', null)
    .where((eb) => eb.or([eb('s.active', '=', false), eb('s.licenceUntil', '<', today)]))
    .limit(200)
    .execute();
  let revoked = 0;
  for (const { id, active } of ended) {
    const reason = active ? 'licence-ended' : 'left';
    if (await ctx.db.transaction().execute((trx) => revokeCertificate(ctx, trx, SYSTEM, id, reason)))
      revoked += 1;
  }
  return revoked;
}
