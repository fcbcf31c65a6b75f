import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';
import { DomainError } from '../../errors.ts';
import { PUBLIC } from '../actor.ts';
import { requireUnlocked, requireUnlockedAddress } from '../countFailure.ts';
import { openSession, type Caller, type OpenedSession, type SignInMethod } from '../openSession.ts';
import { askSecondFactor, hasSecondFactor } from '../secondFactor.ts';
import { findPerson } from './findPerson.ts';
import type { ProviderAccount } from './identityProvider.ts';

/**
 * Opens the session of the person to whom an account of the provider is linked; rights are the hub's own. Answers
 * `second-factor` where the person has one here and the provider did not ask one: `finishByCode` then opens it.
 * A lock for wrong passwords neither hinders this way in nor is lifted by it. Throws 403 `provider-unlinked` and 403
 * `account-inactive`; both are audited, and an unlinked account waits for the security administrator.
 */
export async function signInByProvider(
  ctx: Context,
  account: ProviderAccount,
  caller: Caller,
): Promise<OpenedSession | 'second-factor'> {
  const person = await findPerson(ctx, account, caller.address);
  if (!person) {
    await refuse(ctx, account, caller, 'unlinked');
    throw new DomainError(
      403,
      'provider-unlinked',
      'no person of the hub is linked to this account; the security administrator links it',
    );
  }
  if (!person.active) {
    await refuse(ctx, account, caller, 'inactive', person.id);
    throw new DomainError(403, 'account-inactive', 'the account is closed');
  }
  if (hasSecondFactor(person) && !account.secondFactor) return 'second-factor';
  return open(ctx, person, account, caller, account.secondFactor ? 'provider' : undefined);
}

/** The second step of `signInByProvider`: the person's own one-time code, with the locks of signing in by password. */
export async function finishByCode(
  ctx: Context,
  account: ProviderAccount,
  otp: string,
  caller: Caller,
): Promise<OpenedSession> {
  await requireUnlockedAddress(ctx, caller.address);
  const person = await findPerson(ctx, account, caller.address);
  if (!person?.active) throw new DomainError(401, 'sign-in-expired', 'begin at the identity provider again');
  requireUnlocked(person.lockedUntil, ctx.clock.now());
  const asked = await askSecondFactor(ctx, person, otp, caller.address);
  return open(ctx, person, account, caller, asked ? 'totp' : undefined);
}

function open(
  ctx: Context,
  person: { id: string; name: string; institutionId: string; identityId: string },
  account: ProviderAccount,
  caller: Caller,
  secondFactor: 'totp' | 'provider' | undefined,
): Promise<OpenedSession> {
  const method: SignInMethod = {
    kind: 'provider',
    identityId: person.identityId,
    account: account.account,
    ...(account.idToken && { idToken: account.idToken }),
    ...(secondFactor && { secondFactor }),
  };
  return openSession(ctx, person, method, caller, async (trx) => {
    await trx
      .updateTable('staffIdentity')
      .set({ lastUsedAt: ctx.clock.now(), ...(account.account && { account: account.account }) })
      .where('id', '=', person.identityId)
      .execute();
  });
}

const WAITING_DAYS = 30;

async function refuse(
  ctx: Context,
  account: ProviderAccount,
  caller: Caller,
  reason: 'unlinked' | 'inactive',
  staffId?: string,
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    if (reason === 'unlinked') {
      const waiting = { account: account.account, name: account.name, lastAt: now };
      await trx
        .insertInto('identityWaiting')
        .values({ issuer: account.issuer, subject: account.subject, ...waiting })
        .onConflict((oc) => oc.columns(['issuer', 'subject']).doUpdateSet(waiting))
        .execute();
      await trx
        .deleteFrom('identityWaiting')
        .where('lastAt', '<', new Date(now.getTime() - WAITING_DAYS * 86_400_000))
        .execute();
    }
    await recordAudit(
      trx,
      { ...PUBLIC, address: caller.address },
      {
        action: 'session.open',
        outcome: 'denied',
        subjectType: 'staff',
        ...(staffId && { subjectId: staffId }),
        detail: {
          method: 'provider',
          reason,
          issuer: account.issuer,
          subject: account.subject,
          account: account.account,
        },
      },
    );
  });
}
