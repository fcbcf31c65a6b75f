import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { PUBLIC } from './actor.ts';
import { hashToken, newToken } from './token.ts';

export interface OpenedSession {
  /** For the cookie; shown once. */
  token: string;
  staffId: string;
  sessionId: string;
}

/** Where a sign-in comes from. */
export interface Caller {
  address: string;
  userAgent: string;
}

/** How the person was recognised, kept with the session and in the audit. */
export type SignInMethod =
  | { kind: 'password'; secondFactor?: 'totp' }
  | {
      kind: 'provider';
      identityId: string;
      /** The account name at the provider, for the reader of the audit. */
      account: string | null;
      idToken?: string;
      secondFactor?: 'totp' | 'provider';
    };

/** Opens the session of a person who has proved who he is, with its audit row. `before` runs in the same transaction. */
export async function openSession(
  ctx: Pick<Context, 'db' | 'clock' | 'keys'>,
  staff: { id: string; name: string; institutionId: string },
  method: SignInMethod,
  caller: Caller,
  before?: (trx: Transaction) => Promise<void>,
): Promise<OpenedSession> {
  const now = ctx.clock.now();
  const token = newToken();
  return ctx.db.transaction().execute(async (trx) => {
    await before?.(trx);
    const session = await trx
      .insertInto('session')
      .values({
        tokenHash: hashToken(token),
        staffId: staff.id,
        address: caller.address,
        userAgent: caller.userAgent.slice(0, 300),
        createdAt: now,
        lastSeenAt: now,
        method: method.kind,
        ...(method.kind === 'provider' && {
          staffIdentityId: method.identityId,
          idTokenEncrypted: method.idToken ? ctx.keys.encrypt(method.idToken) : null,
        }),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const actor = {
      ...PUBLIC,
      kind: 'staff' as const,
      id: staff.id,
      name: staff.name,
      institutionId: staff.institutionId,
      address: caller.address,
    };
    await recordAudit(trx, actor, {
      action: 'session.open',
      subjectType: 'session',
      subjectId: session.id,
      detail: {
        method: method.kind,
        ...(method.secondFactor && { secondFactor: method.secondFactor }),
        ...(method.kind === 'provider' && { account: method.account }),
      },
    });
    return { token, staffId: staff.id, sessionId: session.id };
  });
}
