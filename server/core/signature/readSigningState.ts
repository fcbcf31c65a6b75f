import type { Context } from '../context.ts';

export interface SigningState {
  enrolled: boolean;
  serialNumber: string | null;
  notAfter: Date | null;
  lockedUntil: Date | null;
  revokedAt: Date | null;
}

/** The newest signing certificate of a person, for the account page: never the key, never anything of the PIN. */
export async function readSigningState(
  ctx: Pick<Context, 'db' | 'clock'>,
  staffId: string,
): Promise<SigningState> {
  const row = await ctx.db
    .selectFrom('signatureCertificate')
    .select(['serialNumber', 'notAfter', 'lockedUntil', 'endedAt', 'revokedAt'])
    .where('staffId', '=', staffId)
    .orderBy('issuedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const locked = row?.lockedUntil && row.lockedUntil > ctx.clock.now() ? row.lockedUntil : null;
  return {
    enrolled: row !== undefined && row.endedAt === null,
    serialNumber: row?.serialNumber ?? null,
    notAfter: row?.notAfter ?? null,
    lockedUntil: locked,
    revokedAt: row?.revokedAt ?? null,
  };
}
