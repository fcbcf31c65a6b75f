import { can, type Actor } from '../core/access/actor.ts';
import type { Permission, Role } from '../core/access/roles.ts';
import type { Transaction } from '../core/database.ts';
import { invalid } from '../core/errors.ts';

/**
 * A second person named at a station (checker, approver): must be an active person who holds this right at the centre,
 * else 422 on the field. A name alone is no second person.
 */
export async function colleague(
  trx: Transaction,
  username: string,
  right: Permission,
  centerId: string,
  field: { path: string; unknown: string; notAllowed: string },
): Promise<{ id: string; name: string }> {
  const staff = await trx
    .selectFrom('staff')
    .select(['id', 'name', 'institutionId'])
    .where('username', '=', username)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!staff)
    throw invalid(`no active person ${username}`, [
      { path: field.path, message: field.unknown, code: 'unknown-staff' },
    ]);
  const held = await trx
    .selectFrom('staffRole')
    .select(['role', 'institutionId', 'centerKind'])
    .where('staffId', '=', staff.id)
    .execute();
  const person: Actor = {
    kind: 'staff',
    id: staff.id,
    name: staff.name,
    institutionId: staff.institutionId,
    roles: held.map((one) => ({ ...one, role: one.role as Role })),
    verbs: [],
  };
  if (!can(person, right, { institutionId: centerId, centerKind: 'sterilization' }))
    throw invalid(`${staff.name} does not hold the right ${right} at this centre`, [
      { path: field.path, message: field.notAllowed, code: 'not-allowed' },
    ]);
  return staff;
}
