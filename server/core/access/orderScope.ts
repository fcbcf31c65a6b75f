import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Actor } from './actor.ts';
import { CENTER_ROLES, COUNTY_WIDE, PERMISSIONS } from './roles.ts';

/**
 * SQL condition on `orders` (alias given): the orders this actor may see. A site role sees what its institution
 * requested or performed, a centre role what its centre reports, quality and duty office all; a break-glass or
 * referral grant opens one patient. Use it in every list and look-up.
 */
export function visibleOrders(actor: Actor, alias = 'orders'): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.join(visibleOrderParts(actor, alias), sql` or `)})`;
}

/** The alternatives of `visibleOrders`, at least one; each alone is served by an index in the order of lists. */
export function visibleOrderParts(actor: Actor, alias = 'orders'): RawBuilder<SqlBool>[] {
  const column = (name: string) => sql.raw(`${alias}.${name}`);
  const sent = (institution: string) => [
    sql<SqlBool>`${column('requesting_institution_id')} = ${institution}`,
    sql<SqlBool>`${column('performing_institution_id')} = ${institution}`,
  ];
  if (actor.kind === 'system') return [sql<SqlBool>`true`];
  if (actor.sharedOrderIds) return [sql<SqlBool>`${column('id')} = any(${actor.sharedOrderIds}::uuid[])`];
  if (actor.kind === 'machine')
    return actor.institutionId
      ? [
          ...sent(actor.institutionId),
          sql<SqlBool>`${column('reporting_institution_id')} = ${actor.institutionId}`,
        ]
      : [sql<SqlBool>`false`];

  const readers = actor.roles.filter((held) => PERMISSIONS[held.role].includes('order.read'));
  if (readers.some((held) => COUNTY_WIDE.has(held.role))) return [sql<SqlBool>`true`];
  const parts = readers.flatMap((held) => {
    if (!CENTER_ROLES.has(held.role)) return sent(held.institutionId);
    return held.centerKind
      ? sql<SqlBool>`(${column('reporting_institution_id')} = ${held.institutionId} and ${column('center_kind')} = ${held.centerKind})`
      : sql<SqlBool>`${column('reporting_institution_id')} = ${held.institutionId}`;
  });
  if (actor.grantedPatientIds?.length && readers.length > 0)
    parts.push(sql<SqlBool>`${column('patient_id')} = any(${actor.grantedPatientIds}::uuid[])`);
  return parts.length === 0 ? [sql<SqlBool>`false`] : parts;
}
