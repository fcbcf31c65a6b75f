import { can, type Actor } from '../core/access/actor.ts';
import { actorOfStaff } from '../core/access/actorOfStaff.ts';
import type { Permission } from '../core/access/roles.ts';
import type { Queryable } from '../core/database.ts';
import { invalid } from '../core/errors.ts';

/**
 * A second person named at a station (checker, approver): must be an active person who holds this right at the centre,
 * else 422 on the field. A name alone is no second person.
 */
export async function colleague(
  db: Queryable,
  username: string,
  right: Permission,
  centerId: string,
  path: string,
): Promise<Actor & { id: string }> {
  const staff = await db
    .selectFrom('staff')
    .select('id')
    .where('username', '=', username)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!staff) throw invalid(`no active person ${username}`, [{ path, code: 'unknown-staff' }]);
  const person = await actorOfStaff(db, username);
  if (!can(person, right, { institutionId: centerId, centerKind: 'sterilization' }))
    throw invalid(`${person.name} does not hold the right ${right} at this centre`, [
      { path, code: 'not-allowed', params: { name: person.name } },
    ]);
  return { ...person, id: staff.id };
}
