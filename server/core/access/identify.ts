import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import type { Actor } from './actor.ts';
import { PERMISSIONS, ROLE_NAMES, type Permission, type Role } from './roles.ts';
import { hashToken } from './token.ts';

export const IDLE_MINUTES = 30;
const IDLE_MS = IDLE_MINUTES * 60_000;
const TREATING = ROLE_NAMES.filter((role) => PERMISSIONS[role].includes('patient.refer'));

/** A session that was not seen since then is over. */
export const idleSince = (ctx: Pick<Context, 'clock'>): Date => new Date(ctx.clock.now().getTime() - IDLE_MS);

/** The person of a session cookie, or undefined when there is none, it idled out or was revoked. */
export async function actorOfSession(
  ctx: Context,
  token: string,
  address: string,
): Promise<Actor | undefined> {
  const now = ctx.clock.now();
  const session = await ctx.db
    .selectFrom('session')
    .innerJoin('staff', 'staff.id', 'session.staffId')
    .select([
      'session.id',
      'session.lastSeenAt',
      'session.method',
      'staff.id as staffId',
      'staff.name',
      'staff.institutionId',
      'staff.mustChangePassword',
    ])
    .select(
      sql<
        { role: Role; institutionId: string; centerKind: null }[]
      >`(select coalesce(json_agg(json_build_object('role', r.role, 'institutionId', r.institution_id, 'centerKind', r.center_kind)), '[]') from staff_role r where r.staff_id = staff.id and r.revoked_at is null)`.as(
        'roles',
      ),
    )
    .select(
      sql<
        string[]
      >`array(select g.patient_id::text from access_grant g where g.staff_id = staff.id and g.expires_at > ${now})`.as(
        'grantedPatientIds',
      ),
    )
    .select(
      sql<
        string[]
      >`array(select distinct f.patient_id::text from referral f join staff_role r on r.institution_id = f.to_institution_id
        where r.staff_id = staff.id and r.revoked_at is null and r.role::text = any(${TREATING}::text[]) and f.ended_at is null and f.expires_at > ${now})`.as(
        'referredPatientIds',
      ),
    )
    .where('session.tokenHash', '=', hashToken(token))
    .where('session.revokedAt', 'is', null)
    .where('staff.active', '=', true)
    .where('session.lastSeenAt', '>', idleSince(ctx))
    .executeTakeFirst();
  if (!session) return undefined;
  if (now.getTime() - session.lastSeenAt.getTime() > 30_000)
    await ctx.db.updateTable('session').set({ lastSeenAt: now }).where('id', '=', session.id).execute();
  return {
    kind: 'staff',
    id: session.staffId,
    name: session.name,
    institutionId: session.institutionId,
    roles: session.roles,
    grantedPatientIds: session.grantedPatientIds,
    referredPatientIds: session.referredPatientIds,
    verbs: [],
    address,
    sessionId: session.id,
    ...(session.mustChangePassword && session.method === 'password' && { mustChangePassword: true }),
  };
}

/** Whether the cookie's session was left open until its idle time was over, not signed out of. */
export async function isIdledOut(
  ctx: Pick<Context, 'db' | 'clock'>,
  token: string | undefined,
): Promise<boolean> {
  if (!token) return false;
  const session = await ctx.db
    .selectFrom('session')
    .select('lastSeenAt')
    .where('tokenHash', '=', hashToken(token))
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return session !== undefined && session.lastSeenAt <= idleSince(ctx);
}

/** The machine of a bearer token. Throws 401 for an unknown, revoked or expired one. */
export async function actorOfToken(ctx: Context, token: string, address: string): Promise<Actor> {
  const now = ctx.clock.now();
  const row = await ctx.db
    .selectFrom('apiToken')
    .select(['id', 'name', 'institutionId', 'verbs', 'scopes', 'lastUsedAt'])
    .where('tokenHash', '=', hashToken(token))
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  if (!row) throw new DomainError(401, 'bad-token', 'the token is unknown, revoked or expired');
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > 60_000)
    await ctx.db.updateTable('apiToken').set({ lastUsedAt: now }).where('id', '=', row.id).execute();
  return {
    kind: 'machine',
    id: row.id,
    name: row.name,
    institutionId: row.institutionId,
    roles: [],
    verbs: row.verbs as Permission[],
    ...(row.scopes.length > 0 && { scopes: row.scopes }),
    address,
  };
}
