import type { Context } from '../../server/core/context.ts';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import { SYSTEM } from '../../server/core/access/actor.ts';
import { announce } from '../../server/core/events/announce.ts';
import { sameFingerprint } from '../../server/standards/identity/certificateFingerprint.ts';
import type { Admission, Caller } from './services.ts';

/** Called AE title of tools that name nobody in particular. */
const anyScp = 'ANY-SCP';
/** Unknown callers kept for the administrator; a flood of made-up titles stops here. */
const maxUnknown = 500;

/**
 * Who may send: an AE title bound to an address or to a TLS certificate. A device with a certificate is known by it only, one without an address from
 * anywhere. Anybody else is noted once, with the number of attempts, for an administrator to admit, and is refused.
 */
export async function admitCaller(
  ctx: Pick<Context, 'db' | 'clock' | 'config' | 'bell'>,
  caller: Caller,
): Promise<Admission | 'unknown' | 'wrong-called-ae'> {
  if (caller.calledAe !== ctx.config.aeTitle && caller.calledAe !== anyScp) return 'wrong-called-ae';
  if (!/^[\x21-\x7e][\x20-\x7e]{0,15}$/.test(caller.callingAe)) return 'unknown';
  const address = canonicalAddress(caller.address);
  const rows = await ctx.db
    .selectFrom('device')
    .select(['id', 'institutionId', 'state', 'address', 'certificateFingerprint', 'lastSeenAt'])
    .where('kind', '=', 'dicom')
    .where('aeTitle', '=', caller.callingAe)
    .limit(100)
    .execute();
  const device = rows.find((row) =>
    row.certificateFingerprint
      ? sameFingerprint(row.certificateFingerprint, caller.certificateFingerprint)
      : row.address === null || canonicalAddress(row.address) === address,
  );
  if (device?.state === 'admitted' && device.institutionId !== null) {
    await noteSeen(ctx, device);
    return { institutionId: device.institutionId, deviceId: device.id };
  }
  await noteRefusal(ctx, caller, address);
  return 'unknown';
}

const canonicalAddress = (address: string): string => {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' ? '127.0.0.1' : plain;
};

/** Once a minute at most: a scanner opens an association for every image. */
async function noteSeen(
  ctx: Pick<Context, 'db' | 'clock'>,
  device: { id: string; lastSeenAt: Date | null },
): Promise<void> {
  const now = ctx.clock.now();
  if (device.lastSeenAt !== null && now.getTime() - device.lastSeenAt.getTime() < 60_000) return;
  await ctx.db.updateTable('device').set({ lastSeenAt: now }).where('id', '=', device.id).execute();
}

/**
 * First refusal of a caller: a row for the administrator and one in the audit trail. Later ones are counted. The
 * certificate it showed last stands in the row, so that admitting the caller binds it to that certificate.
 */
async function noteRefusal(
  ctx: Pick<Context, 'db' | 'clock' | 'bell'>,
  caller: Caller,
  address: string,
): Promise<void> {
  const now = ctx.clock.now();
  const aeTitle = caller.callingAe;
  const certificateFingerprint = caller.certificateFingerprint ?? null;
  const first = await ctx.db.transaction().execute(async (trx) => {
    const counted = await trx
      .updateTable('device')
      .set((eb) => ({
        attempts: eb('attempts', '+', 1),
        lastSeenAt: now,
        certificateFingerprint: eb
          .case()
          .when('state', '=', 'unknown')
          .then(certificateFingerprint)
          .else(eb.ref('certificateFingerprint'))
          .end(),
      }))
      .where('kind', '=', 'dicom')
      .where('aeTitle', '=', aeTitle)
      .where('address', '=', address)
      .returning('id')
      .execute();
    if (counted.length > 0) return false;
    const { unknown } = await trx
      .selectFrom('device')
      .select((eb) => eb.fn.countAll<string>().as('unknown'))
      .where('kind', '=', 'dicom')
      .where('state', '=', 'unknown')
      .executeTakeFirstOrThrow();
    if (Number(unknown) >= maxUnknown) return false;
    const row = await trx
      .insertInto('device')
      .values({
        kind: 'dicom',
        name: `${aeTitle} @ ${address}`,
        aeTitle,
        address,
        certificateFingerprint,
        state: 'unknown',
        attempts: 1,
        firstSeenAt: now,
        lastSeenAt: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return false;
    await recordAudit(
      trx,
      { ...SYSTEM, address },
      {
        action: 'association.refuse',
        subjectType: 'device',
        subjectId: row.id,
        outcome: 'denied',
        detail: { aeTitle },
      },
    );
    await announce(trx, { kind: 'device.unknown', data: { deviceId: row.id } });
    return true;
  });
  if (first) ctx.bell.ring();
}
