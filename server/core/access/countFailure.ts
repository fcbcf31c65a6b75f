import { sql } from 'kysely';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { DomainError } from '../errors.ts';
import { PUBLIC } from './actor.ts';
import { countAccountFailure, LOCK_MINUTES, MAX_FAILURES } from './countAccountFailure.ts';

/** An address from which somebody signed in so lately is one where people work. */
const KNOWN_HOURS = 24;
const LOCK_MS = LOCK_MINUTES * 60_000;

/** Throws 423 `locked` while the time of a lock is not over. */
export function requireUnlocked(until: Date | null | undefined, now: Date): void {
  if (!until || until <= now) return;
  throw new DomainError(423, 'locked', `too many failed attempts: locked until ${until.toISOString()}`, {
    extra: { lockedUntil: until },
  });
}

/** Throws 423 `locked` for an address with too many failures. */
export async function requireUnlockedAddress(
  ctx: Pick<Context, 'db' | 'clock'>,
  address: string,
): Promise<void> {
  const row = await ctx.db
    .selectFrom('loginFailure')
    .select('lockedUntil')
    .where('address', '=', address)
    .executeTakeFirst();
  requireUnlocked(row?.lockedUntil, ctx.clock.now());
}

/** Counts a wrong password or code against the account and the address; both are locked after too many. */
export async function countFailure(
  ctx: Pick<Context, 'db' | 'clock' | 'keys'>,
  username: string,
  address: string,
  staffId: string | undefined,
): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    if (staffId) await countAccountFailure(trx, staffId, ctx.clock.now());
    await countAtAddress(ctx, trx, username, address);
    await recordAudit(
      trx,
      { ...PUBLIC, address },
      {
        action: 'session.open',
        outcome: 'denied',
        subjectType: 'staff',
        ...(staffId && { subjectId: staffId }),
        detail: { username: username.slice(0, 64) },
      },
    );
  });
}

async function countAtAddress(
  ctx: Pick<Context, 'clock' | 'keys'>,
  trx: Transaction,
  username: string,
  address: string,
): Promise<void> {
  const now = ctx.clock.now();
  const recent = new Date(now.getTime() - LOCK_MS);
  const account = ctx.keys.lookup(username.toLowerCase());
  const known = await trx
    .selectFrom('session')
    .select('id')
    .where('address', '=', address)
    .where('createdAt', '>', new Date(now.getTime() - KNOWN_HOURS * 3_600_000))
    .limit(1)
    .executeTakeFirst();
  const { rows } = await sql<{ failures: number }>`
    insert into login_failure as f (address, failures, accounts, last_at) values (${address}, 1, array[${account}::text], ${now})
    on conflict (address) do update set
      failures = case
        when f.last_at < ${recent} or f.locked_until <= ${now} then 1
        when ${known !== undefined} and ${account} = any(f.accounts) then f.failures
        else f.failures + 1 end,
      accounts = case
        when f.last_at < ${recent} or f.locked_until <= ${now} then array[${account}::text]
        when ${account} = any(f.accounts) then f.accounts
        else f.accounts || ${account}::text end,
      locked_until = null,
      last_at = ${now}
    returning failures`.execute(trx);
  if ((rows[0]?.failures ?? 0) >= MAX_FAILURES)
    await trx
      .updateTable('loginFailure')
      .set({ lockedUntil: new Date(now.getTime() + LOCK_MS) })
      .where('address', '=', address)
      .execute();
}
