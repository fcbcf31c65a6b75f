import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Actor } from './actor.ts';
import { CENTER_ROLES, COUNTY_WIDE, PERMISSIONS } from './roles.ts';

/**
 * SQL condition on `orders` (alias given): the orders this actor may see. A site role sees what its institution
 * requested or performed, a centre role what its centre reports, quality and duty office all; break-glass opens one
 * patient, a referral the results of one that are not sensitive (ADR 12). Results of sensitive tests and of protected
 * persons are seen at a site by who asked for them, and by everybody there until a critical value is answered for. Use
 * it in every list and look-up.
 */
export function visibleOrders(actor: Actor, alias = 'orders'): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.join(visibleOrderParts(actor, alias), sql` or `)})`;
}

/** The alternatives of `visibleOrders`, at least one; each alone is served by an index in the order of lists. */
export function visibleOrderParts(actor: Actor, alias = 'orders'): RawBuilder<SqlBool>[] {
  const column = (name: string) => sql.raw(`${alias}.${name}`);
  const at = (institution: string) => [
    sql<SqlBool>`${column('requesting_institution_id')} = ${institution}`,
    sql<SqlBool>`${column('performing_institution_id')} = ${institution}`,
  ];
  if (actor.kind === 'system') return [sql<SqlBool>`true`];
  if (actor.sharedOrderIds) return [sql<SqlBool>`${column('id')} = any(${actor.sharedOrderIds}::uuid[])`];
  if (actor.kind === 'machine')
    return actor.institutionId
      ? [
          ...at(actor.institutionId),
          sql<SqlBool>`${column('reporting_institution_id')} = ${actor.institutionId}`,
        ]
      : [sql<SqlBool>`false`];

  const readers = actor.roles.filter((held) => PERMISSIONS[held.role].includes('order.read'));
  if (readers.some((held) => COUNTY_WIDE.has(held.role))) return [sql<SqlBool>`true`];
  const open = openToSite(actor, column);
  const parts = readers.flatMap((held) => {
    if (!CENTER_ROLES.has(held.role))
      return at(held.institutionId).map((part) => sql<SqlBool>`(${part} and ${open})`);
    return held.centerKind
      ? sql<SqlBool>`(${column('reporting_institution_id')} = ${held.institutionId} and ${column('center_kind')} = ${held.centerKind})`
      : sql<SqlBool>`${column('reporting_institution_id')} = ${held.institutionId}`;
  });
  if (actor.grantedPatientIds?.length && readers.length > 0)
    parts.push(sql<SqlBool>`${column('patient_id')} = any(${actor.grantedPatientIds}::uuid[])`);
  if (actor.referredPatientIds?.length)
    parts.push(
      sql<SqlBool>`(${column('patient_id')} = any(${actor.referredPatientIds}::uuid[]) and not ${column('sensitive')})`,
    );
  return parts.length === 0 ? [sql<SqlBool>`false`] : parts;
}

/** Statuses in which an order has no result yet: specimens are drawn and images taken by whoever works there. */
const WITHOUT_RESULT = [
  'requested',
  'awaiting-decision',
  'acquired',
  'received',
  'claimed',
  'returned',
  'cancelled',
];

function openToSite(actor: Actor, column: (name: string) => RawBuilder<unknown>): RawBuilder<SqlBool> {
  return sql<SqlBool>`(not ${column('sensitive')} or ${column('status')}::text = any(${WITHOUT_RESULT}::text[])
    or exists (select from request asked where asked.id = ${column('request_id')}
      and (asked.requested_by = ${actor.id}::uuid or asked.requested_by is null and asked.requested_by_name = ${actor.name}))
    or exists (select from critical_value called where called.order_id = ${column('id')} and called.state in ('open', 'notified', 'acknowledged')))`;
}
