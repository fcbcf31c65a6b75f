import type { CenterKind } from '../../../db/types.ts';
import { forbidden, unauthenticated } from '../errors.ts';
import { COUNTY_WIDE, PERMISSIONS, type Permission, type Role } from './roles.ts';

export interface HeldRole {
  role: Role;
  institutionId: string;
  centerKind: CenterKind | null;
}

/** Who acts: a signed-in person, a machine with a token or an association, or the hub itself. */
export interface Actor {
  kind: 'staff' | 'machine' | 'system' | 'public';
  id: string | null;
  name: string;
  institutionId: string | null;
  roles: HeldRole[];
  /** Verbs of a machine token: permissions it may use at its institution. */
  verbs: Permission[];
  /** SMART-like scopes of a token, which stand in place of its verbs below /fhir and open nothing else. */
  scopes?: string[];
  /** Patients opened to this person for a time by break-glass. */
  grantedPatientIds?: string[];
  /** Patients referred for a time to an institution where this person treats. */
  referredPatientIds?: string[];
  /** An opened share: these orders and nothing else, whatever the verbs. */
  sharedOrderIds?: string[];
  address?: string;
  requestId?: string;
  sessionId?: string;
  /** What the browser calls itself: its own word. */
  userAgent?: string;
  /** Fetches ahead of the person, who has not opened it yet: every audit row says so. */
  ahead?: boolean;
  /** A password that somebody else gave out: nothing but replacing it is allowed. */
  mustChangePassword?: boolean;
}

export const SYSTEM: Actor = {
  kind: 'system',
  id: null,
  name: 'hub',
  institutionId: null,
  roles: [],
  verbs: [],
};
export const PUBLIC: Actor = {
  kind: 'public',
  id: null,
  name: 'public',
  institutionId: null,
  roles: [],
  verbs: [],
};

/** A machine at an institution, e.g. an admitted modality or HL7 sender. */
export function machineActor(
  name: string,
  id: string,
  institutionId: string,
  verbs: Permission[],
  address?: string,
): Actor {
  return { kind: 'machine', id, name, institutionId, roles: [], verbs, ...(address && { address }) };
}

export interface Where {
  institutionId?: string;
  centerKind?: CenterKind;
}

/**
 * Whether the actor holds `permission`, optionally at an institution and in a centre. A county-wide role holds
 * everywhere; a role without a centre holds in all centres of its institution.
 */
export function can(actor: Actor, permission: Permission, where: Where = {}): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'machine')
    return (
      actor.verbs.includes(permission) &&
      (!where.institutionId || where.institutionId === actor.institutionId)
    );
  return actor.roles.some(
    (held) =>
      PERMISSIONS[held.role].includes(permission) &&
      (!where.institutionId || COUNTY_WIDE.has(held.role) || held.institutionId === where.institutionId) &&
      (!where.centerKind || held.centerKind === null || held.centerKind === where.centerKind),
  );
}

/** Throws 401 for nobody and 403 for somebody without the right. */
export function requirePermission(actor: Actor, permission: Permission, where: Where = {}): void {
  if (actor.kind === 'public') throw unauthenticated();
  if (!can(actor, permission, where)) throw forbidden(`this needs the right ${permission}`);
}

/** The same for one centre, or for a whole house where none is named: who heads one centre does not head the house. */
export function requirePermissionOver(
  actor: Actor,
  permission: Permission,
  where: { institutionId?: string; centerKind: CenterKind | null },
): void {
  const { centerKind, ...at } = where;
  if (centerKind) return requirePermission(actor, permission, { ...at, centerKind });
  const roles = actor.roles.filter((held) => held.centerKind === null);
  requirePermission({ ...actor, roles }, permission, at);
}

/** The staff id of a person; machines and the hub itself cannot do what only a person may. */
export function personId(actor: Actor): string {
  if (actor.kind !== 'staff' || !actor.id) throw forbidden('only a signed-in person may do this');
  return actor.id;
}
