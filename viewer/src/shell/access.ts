import type { CenterKind, Session } from '../api/types.ts';

/** Names of the roles as the hub grants them. What the browser hides the server refuses as well. */
export type Role =
  | 'technician'
  | 'nurse'
  | 'clinician'
  | 'village-doctor'
  | 'reporter'
  | 'verifier'
  | 'center-head'
  | 'registrar'
  | 'courier'
  | 'duty-office'
  | 'quality'
  | 'regulator'
  | 'system-admin'
  | 'security-admin'
  | 'auditor';

export function has(session: Session, ...roles: Role[]): boolean {
  return session.roles.some((grant) => (roles as string[]).includes(grant.role));
}

/** Holds a right somewhere, in the words of the hub: `order.request`, `template.edit`. */
export function may(session: Session, ...permissions: string[]): boolean {
  return permissions.some((permission) => session.permissions.has(permission));
}

/** Works at a site: sends patients and input, reads results. */
export function requests(session: Session): boolean {
  return has(session, 'technician', 'nurse', 'clinician', 'village-doctor');
}

/** Works the list of this centre. */
export function worksIn(session: Session, center: CenterKind): boolean {
  return session.centers.includes(center);
}

export function administers(session: Session): boolean {
  return may(
    session,
    'admin.institution',
    'admin.staff',
    'admin.device',
    'security.grant',
    'access.review',
    'template.edit',
    'policy.edit',
    'roster.edit',
  );
}
