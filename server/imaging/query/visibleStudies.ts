import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { can, type Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { CENTER_ROLES, COUNTY_WIDE, PERMISSIONS } from '../../core/access/roles.ts';

/**
 * SQL condition on `study` (alias given): the studies this actor may see. Those of orders that he sees; a site also
 * what it sent itself; who decides on unmatched input also what is joined to nothing.
 */
export function visibleStudies(actor: Actor, alias = 'st'): RawBuilder<SqlBool> {
  if (actor.kind === 'system') return sql<SqlBool>`true`;
  const column = (name: string) => sql.raw(`${alias}.${name}`);
  const parts: RawBuilder<SqlBool>[] = [];
  const sites =
    actor.kind === 'machine'
      ? [actor.institutionId]
      : actor.roles.filter(readsAtSite).map((held) => held.institutionId);
  for (const site of new Set(sites))
    if (site) parts.push(sql<SqlBool>`${column('institution_id')} = ${site}`);
  parts.push(sql<SqlBool>`exists (select 1 from study_order so join orders o on o.id = so.order_id
    where so.study_id = ${column('id')} and so.undone_at is null and ${visibleOrders(actor, 'o')})`);
  if (can(actor, 'unmatched.decide'))
    parts.push(
      sql<SqlBool>`not exists (select 1 from study_order so where so.study_id = ${column('id')} and so.undone_at is null)`,
    );
  return sql<SqlBool>`(${sql.join(parts, sql` or `)})`;
}

const readsAtSite = ({ role }: Actor['roles'][number]): boolean =>
  PERMISSIONS[role].includes('input.read') && !CENTER_ROLES.has(role) && !COUNTY_WIDE.has(role);
