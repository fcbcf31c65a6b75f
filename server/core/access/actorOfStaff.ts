import type { Queryable } from '../database.ts';
import type { Actor, HeldRole } from './actor.ts';

/** A person by user name as an actor, with the roles held now; for content made on somebody's behalf (demo). */
export async function actorOfStaff(db: Queryable, username: string): Promise<Actor> {
  const staff = await db
    .selectFrom('staff')
    .select(['id', 'name', 'institutionId'])
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  const roles = await db
    .selectFrom('staffRole')
    .select(['role', 'institutionId', 'centerKind'])
    .where('staffId', '=', staff.id)
    .where('revokedAt', 'is', null)
    .execute();
  return {
    kind: 'staff',
    id: staff.id,
    name: staff.name,
    institutionId: staff.institutionId,
    roles: roles as HeldRole[],
    verbs: [],
  };
}
