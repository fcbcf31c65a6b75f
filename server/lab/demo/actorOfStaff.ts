import type { Actor, HeldRole } from '../../core/access/actor.ts';
import type { Queryable } from '../../core/database.ts';

/** A demo person as an actor. */
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
