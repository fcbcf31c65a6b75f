import type { Context } from '../context.ts';
import { PERMISSIONS, type Permission } from './roles.ts';

/**
 * The signed-in person as the pages know him: roles, permissions, and the centres of the county. A password that
 * somebody else gave out must be changed by who signed in `byPassword`.
 */
export async function describePerson(ctx: Context, staffId: string, byPassword: boolean) {
  const found = await ctx.db
    .selectFrom('staff')
    .innerJoin('institution', 'institution.id', 'staff.institutionId')
    .select([
      'staff.id',
      'staff.username',
      'staff.name',
      'staff.nameEn',
      'staff.title',
      'staff.settings',
      'staff.mustChangePassword',
      'staff.totpConfirmedAt',
      'institution.id as institutionId',
      'institution.code as institutionCode',
      'institution.name as institutionName',
      'institution.kind as institutionKind',
    ])
    .where('staff.id', '=', staffId)
    .executeTakeFirstOrThrow();
  const staff = { ...found, mustChangePassword: byPassword && found.mustChangePassword };
  const roles = await ctx.db
    .selectFrom('staffRole')
    .innerJoin('institution', 'institution.id', 'staffRole.institutionId')
    .select([
      'staffRole.role',
      'staffRole.centerKind',
      'staffRole.institutionId',
      'institution.shortName as institutionName',
    ])
    .where('staffId', '=', staffId)
    .where('revokedAt', 'is', null)
    .execute();
  const permissions = new Set<Permission>();
  for (const held of roles)
    for (const permission of PERMISSIONS[held.role as keyof typeof PERMISSIONS] ?? [])
      permissions.add(permission);
  const centers = await ctx.db
    .selectFrom('center')
    .innerJoin('institution', 'institution.id', 'center.institutionId')
    .select([
      'center.kind',
      'center.institutionId',
      'institution.shortName as institutionName',
      'center.twoPerson',
      'center.twoPersonEmergency',
      'center.dutyPhone',
    ])
    .where('center.active', '=', true)
    .execute();
  return {
    user: staff,
    ...staff,
    roles,
    permissions: [...permissions].sort(),
    centers,
    demo: ctx.config.demo,
  };
}
