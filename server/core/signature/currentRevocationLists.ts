import type { Context } from '../context.ts';
import type { Queryable, Transaction } from '../database.ts';
import type { HeldAuthority } from './heldAuthority.ts';
import { issueRevocationList, readRevocationList } from './revocationList.ts';
import type { RevocationReason } from './revocationList.ts';

type Needs = Pick<Context, 'keys' | 'clock'>;
type Issuer = 'issuing' | 'root';

const dayMs = 24 * 3600 * 1000;
const renewAfterMs: Record<Issuer, number> = { issuing: dayMs, root: 180 * dayMs };

/** The lists that a signature carries: of people, then of the root. Renewed here when they grow old. */
export async function currentRevocationLists(
  ctx: Needs & Pick<Context, 'db'>,
  authority: HeldAuthority,
): Promise<[Buffer, Buffer]> {
  return [await currentList(ctx, authority, 'issuing'), await currentList(ctx, authority, 'root')];
}

async function currentList(
  ctx: Needs & Pick<Context, 'db'>,
  authority: HeldAuthority,
  issuer: Issuer,
): Promise<Buffer> {
  const fresh = await freshList(ctx, ctx.db, authority, issuer);
  return (
    fresh ??
    (await ctx.db.transaction().execute(async (trx) => {
      await lockAuthority(trx, authority);
      return (
        (await freshList(ctx, trx, authority, issuer)) ??
        (await publishRevocationList(ctx, trx, authority, issuer))
      );
    }))
  );
}

async function freshList(
  ctx: Pick<Context, 'clock'>,
  db: Queryable,
  authority: HeldAuthority,
  issuer: Issuer,
): Promise<Buffer | undefined> {
  const newest = await db
    .selectFrom('signatureRevocationList')
    .select(['list', 'thisUpdate'])
    .where('authorityId', '=', authority.id)
    .where('issuer', '=', issuer)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!newest) return undefined;
  const age = ctx.clock.now().getTime() - newest.thisUpdate.getTime();
  return age < renewAfterMs[issuer] ? newest.list : undefined;
}

/** One list is numbered and written at a time. */
export async function lockAuthority(trx: Transaction, authority: HeldAuthority): Promise<void> {
  await trx
    .selectFrom('signatureAuthority')
    .select('id')
    .where('id', '=', authority.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** Issues and stores the next list. The caller holds the lock of the authority. */
export async function publishRevocationList(
  ctx: Needs,
  trx: Transaction,
  authority: HeldAuthority,
  issuer: Issuer,
): Promise<Buffer> {
  const revoked =
    issuer === 'root'
      ? []
      : await trx
          .selectFrom('signatureCertificate')
          .select(['serialNumber', 'revokedAt', 'revocationReason'])
          .where('authorityId', '=', authority.id)
          .where('revokedAt', 'is not', null)
          .orderBy('revokedAt')
          .execute();
  const last = await trx
    .selectFrom('signatureRevocationList')
    .select((eb) => eb.fn.max('number').as('number'))
    .where('authorityId', '=', authority.id)
    .where('issuer', '=', issuer)
    .executeTakeFirst();
  const number = (last?.number ?? 0) + 1;
  const list = await issueRevocationList(ctx.keys, authority, issuer, {
    number,
    now: ctx.clock.now(),
    revoked: revoked.map((row) => ({
      serialNumber: row.serialNumber,
      revokedAt: row.revokedAt ?? ctx.clock.now(),
      reason: row.revocationReason as RevocationReason,
    })),
  });
  const { thisUpdate, nextUpdate } = readRevocationList(list);
  await trx
    .insertInto('signatureRevocationList')
    .values({ authorityId: authority.id, issuer, number, list, thisUpdate, nextUpdate })
    .execute();
  return list;
}
