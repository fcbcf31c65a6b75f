import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { DomainError } from '../errors.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import { PUBLIC } from './actor.ts';
import { countAccountFailure, LOCK_MINUTES, MAX_FAILURES } from './countAccountFailure.ts';
import { hashPassword, verifyPassword } from './password.ts';

/** An address from which somebody signed in so lately is one where people work. */
const KNOWN_HOURS = 24;
let decoy: Promise<string> | undefined;

/**
 * Opens a session. Five failures within 15 minutes lock the account, and five from one address without a success in
 * between lock the address, for 15 minutes. Where people signed in within the last day, failures of one account count once for the
 * address: one person with a forgotten password does not lock out a hospital behind one address.
 * Throws 401 `bad-credentials`, 401 `otp-required` or 423 `locked`. Returns the cookie's token, shown once.
 */
export async function signIn(
  ctx: Context,
  input: {
    username: string;
    password: string;
    otp?: string | undefined;
    address: string;
    userAgent: string;
    requestId?: string;
  },
): Promise<{ token: string; staffId: string; sessionId: string }> {
  const { db } = ctx;
  const now = ctx.clock.now();
  const address = await db
    .selectFrom('loginFailure')
    .selectAll()
    .where('address', '=', input.address)
    .executeTakeFirst();
  if (address?.lockedUntil && address.lockedUntil > now) throw locked(address.lockedUntil);

  const staff = await db
    .selectFrom('staff')
    .select([
      'id',
      'name',
      'institutionId',
      'passwordHash',
      'lockedUntil',
      'totpSecret',
      'totpConfirmedAt',
      'recoveryCodes',
      'active',
    ])
    .where('username', '=', input.username)
    .executeTakeFirst();
  if (staff?.lockedUntil && staff.lockedUntil > now) throw locked(staff.lockedUntil);
  decoy ??= hashPassword(randomBytes(9).toString('hex')); // an unknown name costs the same time
  const right = await verifyPassword(input.password, staff?.active ? staff.passwordHash : await decoy);
  if (!staff || !right || !staff.active) {
    await countFailure(ctx, input.username, input.address, staff?.id);
    throw new DomainError(401, 'bad-credentials', 'user name or password is wrong');
  }
  if (staff.totpSecret && staff.totpConfirmedAt) {
    if (!input.otp) throw new DomainError(401, 'otp-required', 'the one-time code is needed');
    if (!(await useOtp(ctx, staff.id, staff.totpSecret, staff.recoveryCodes, input.otp))) {
      await countFailure(ctx, input.username, input.address, staff.id);
      throw new DomainError(401, 'bad-credentials', 'the one-time code is wrong');
    }
  }

  const token = randomBytes(32).toString('base64url');
  const sessionId = await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('staff')
      .set({ failedLoginsAt: [], lockedUntil: null })
      .where('id', '=', staff.id)
      .execute();
    await trx.deleteFrom('loginFailure').where('address', '=', input.address).execute();
    const session = await trx
      .insertInto('session')
      .values({
        tokenHash: hashToken(token),
        staffId: staff.id,
        address: input.address,
        userAgent: input.userAgent.slice(0, 300),
        createdAt: now,
        lastSeenAt: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const actor = {
      ...PUBLIC,
      kind: 'staff' as const,
      id: staff.id,
      name: staff.name,
      institutionId: staff.institutionId,
      address: input.address,
    };
    await recordAudit(trx, actor, { action: 'session.open', subjectType: 'session', subjectId: session.id });
    return session.id;
  });
  return { token, staffId: staff.id, sessionId };
}

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

const locked = (until: Date) =>
  new DomainError(423, 'locked', `too many failed attempts: locked until ${until.toISOString()}`, {
    extra: { lockedUntil: until },
  });

/** Whether the one-time or recovery code is right and not spent; it is spent by this. */
export async function useOtp(
  ctx: Context,
  staffId: string,
  secret: string,
  recoveryCodes: string[],
  otp: string,
): Promise<boolean> {
  const totp = new TOTP({ secret: Secret.fromBase32(ctx.keys.decrypt(secret)), digits: 6, period: 30 });
  const steps = totp.validate({ token: otp, window: 1 });
  if (steps !== null) return spendStep(ctx, staffId, TOTP.counter({ period: 30 }) + steps);
  const hashed = ctx.keys.lookup(otp.replace(/[\s-]/g, '').toLowerCase());
  if (!recoveryCodes.includes(hashed)) return false;
  const used = await ctx.db
    .updateTable('staff')
    .set({ recoveryCodes: sql`array_remove(recovery_codes, ${hashed})` })
    .where('id', '=', staffId)
    .where(sql<boolean>`${hashed} = any(recovery_codes)`)
    .executeTakeFirst();
  return used.numUpdatedRows > 0n;
}

/** RFC 6238 §5.2: a code that opened a session opens no second one. */
async function spendStep(ctx: Context, staffId: string, step: number): Promise<boolean> {
  const spent = await ctx.db
    .updateTable('staff')
    .set({ totpStep: step })
    .where('id', '=', staffId)
    .where('totpStep', '<', step)
    .executeTakeFirst();
  return spent.numUpdatedRows > 0n;
}

/** Counts a wrong password against the account and the address; both are locked after too many. */
export async function countFailure(
  ctx: Context,
  username: string,
  address: string,
  staffId: string | undefined,
): Promise<void> {
  const now = ctx.clock.now();
  const until = new Date(now.getTime() + LOCK_MINUTES * 60_000);
  await ctx.db.transaction().execute(async (trx) => {
    if (staffId) await countAccountFailure(trx, staffId, now);
    await countAtAddress(ctx, trx, username, address, until);
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
  ctx: Context,
  trx: Transaction,
  username: string,
  address: string,
  until: Date,
): Promise<void> {
  const now = ctx.clock.now();
  const recent = new Date(now.getTime() - LOCK_MINUTES * 60_000);
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
      .set({ lockedUntil: until })
      .where('address', '=', address)
      .execute();
}
