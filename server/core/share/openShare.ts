import { PUBLIC, type Actor } from '../access/actor.ts';
import { hashToken, newToken } from '../access/token.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { DomainError } from '../errors.ts';
import { factorHash, shareHash } from './createShare.ts';

export const SHARE_COOKIE = 'hub_share';
export const SHARE_MINUTES = 30;
const MOST_FAILURES = 5;
export const shareRefusal = 'the share is not open any more: enter its code again';

/** One answer for unknown, expired, revoked and locked codes, so that nothing can be learned by trying. */
const refused = () =>
  new DomainError(
    403,
    'share-refused',
    'the code is not valid, has expired or was revoked, or the second entry does not match; ask the patient or the hospital that gave it',
  );

/**
 * Opens a share for half an hour: code and what the patient knows must fit. Five wrong second entries lock it for good.
 * Every attempt on an existing share is audited. Returns the token for the cookie.
 */
export async function openShare(
  ctx: Context,
  actor: Actor,
  input: { code: string; factor: string; hospital: string; person: string },
): Promise<{ token: string; expiresAt: Date }> {
  const now = ctx.clock.now();
  const outcome = await ctx.db.transaction().execute(async (trx) => {
    const share = await trx
      .selectFrom('patientShare')
      .selectAll()
      .where('codeHash', '=', shareHash(ctx, input.code))
      .forUpdate()
      .executeTakeFirst();
    if (!share) return undefined;
    const opener: Actor = { ...PUBLIC, ...address(actor), name: `${input.hospital} ${input.person}` };
    const open = (await sharedOrders(trx, share.id)).length > 0;
    const usable = open && !share.revokedAt && !share.lockedAt && share.expiresAt > now;
    const fits = share.factorHash === factorHash(ctx, input.factor);
    if (!usable || !fits) {
      const failures = share.failedAttempts + (usable ? 1 : 0);
      await trx
        .updateTable('patientShare')
        .set({ failedAttempts: failures, lockedAt: failures >= MOST_FAILURES ? now : share.lockedAt })
        .where('id', '=', share.id)
        .execute();
      await recordAudit(trx, opener, {
        action: 'share.open',
        subjectType: 'share',
        subjectId: share.id,
        patientId: share.patientId,
        outcome: 'denied',
        detail: { failures, usable },
      });
      return undefined;
    }
    const token = newToken();
    const expiresAt = new Date(Math.min(now.getTime() + SHARE_MINUTES * 60_000, share.expiresAt.getTime()));
    await trx
      .insertInto('patientShareSession')
      .values({
        shareId: share.id,
        tokenHash: hashToken(token),
        hospital: input.hospital,
        person: input.person,
        address: actor.address ?? null,
        openedAt: now,
        expiresAt,
      })
      .execute();
    await trx
      .updateTable('patientShare')
      .set({ opened: share.opened + 1, lastOpenedAt: now, failedAttempts: 0 })
      .where('id', '=', share.id)
      .execute();
    await recordAudit(trx, opener, {
      action: 'share.open',
      subjectType: 'share',
      subjectId: share.id,
      patientId: share.patientId,
      detail: { hospital: input.hospital, person: input.person },
    });
    return { token, expiresAt };
  });
  if (!outcome) throw refused();
  return outcome;
}

const address = (actor: Actor) => ({
  ...(actor.address && { address: actor.address }),
  ...(actor.requestId && { requestId: actor.requestId }),
});

/** The orders of a share, without those that became sensitive since: their patient was protected. */
async function sharedOrders(db: Queryable, shareId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('patientShareOrder as s')
    .innerJoin('orders as o', 'o.id', 's.orderId')
    .select('o.id')
    .where('s.shareId', '=', shareId)
    .where('o.sensitive', '=', false)
    .execute();
  return rows.map(({ id }) => id);
}

export interface OpenedShare {
  shareId: string;
  patientId: string;
  withImages: boolean;
  withPackage: boolean;
  expiresAt: Date;
  sessionEndsAt: Date;
  /** Reads the shared orders and nothing else. */
  actor: Actor;
}

/** The share behind a cookie, while neither its session nor itself has ended. */
export async function shareOfToken(
  ctx: Pick<Context, 'db' | 'clock'>,
  token: string,
  address: string,
): Promise<OpenedShare | undefined> {
  const now = ctx.clock.now();
  const row = await ctx.db
    .selectFrom('patientShareSession as s')
    .innerJoin('patientShare as p', 'p.id', 's.shareId')
    .select(['s.id as sessionId', 's.hospital', 's.person', 's.expiresAt as sessionEndsAt'])
    .select(['p.id as shareId', 'p.patientId', 'p.withImages', 'p.withPackage', 'p.expiresAt'])
    .where('s.tokenHash', '=', hashToken(token))
    .where('s.expiresAt', '>', now)
    .where('s.endedAt', 'is', null)
    .where('p.revokedAt', 'is', null)
    .where('p.expiresAt', '>', now)
    .executeTakeFirst();
  if (!row) return undefined;
  const sharedOrderIds = await sharedOrders(ctx.db, row.shareId);
  if (sharedOrderIds.length === 0) return undefined;
  const { hospital, person, sessionId, ...share } = row;
  return {
    ...share,
    actor: {
      kind: 'machine',
      id: row.shareId,
      name: `${hospital} ${person}`,
      institutionId: null,
      roles: [],
      verbs: row.withImages ? ['order.read', 'report.read', 'input.read'] : ['order.read', 'report.read'],
      sharedOrderIds,
      sessionId,
      address,
    },
  };
}
