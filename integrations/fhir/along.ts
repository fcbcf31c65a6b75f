import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { badRequest } from '../../server/core/errors.ts';
import { build } from './build.ts';
import { searchDirectory } from './directory.ts';
import { loadPatients, type OrderRow } from './loadRows.ts';
import { INCLUDES, REVINCLUDES, type ResourceType } from './parameters.ts';
import { patientResource, serviceRequestResource, type Resource } from './resources.ts';
import { may } from './scopes.ts';
import type { Query } from './search.ts';

/** What the found orders bring along: `_include` and `_revinclude`. What the caller's rights do not open stays away. */
export async function along(
  ctx: Context,
  actor: Actor,
  type: ResourceType,
  orders: OrderRow[],
  query: Query,
): Promise<Resource[]> {
  const kinds = includesOf(type, query._include);
  const back = revincludesOf(type, query._revinclude);
  if (orders.length === 0) return [];
  const included: Resource[] = [];
  if ((kinds.has('subject') || kinds.has('patient')) && may(actor, 'Patient', 'r')) {
    const ids = [...new Set(orders.flatMap((order) => order.patientId ?? []))];
    included.push(...(await loadPatients(ctx.db, actor, { ids, limit: ids.length })).map(patientResource));
  }
  if (['based-on', 'basedon', 'request', 'focus'].some((kind) => kinds.has(kind)) && may(actor, 'ServiceRequest', 'r'))
    included.push(...orders.filter((order) => order.patientId).map(serviceRequestResource)); // prettier-ignore
  if (kinds.has('result') && may(actor, 'Observation', 'r'))
    included.push(...(await build(ctx, 'Observation', orders, undefined)));
  const organizations = may(actor, 'Organization', 'r') ? orders : [];
  const institutions = new Set(
    organizations.flatMap((order) => [
      ...(kinds.has('requester') ? [order.requestingInstitutionId] : []),
      ...(kinds.has('performer') ? [order.reportingInstitutionId] : []),
    ]),
  );
  for (const id of institutions)
    included.push(...(await searchDirectory(ctx.db, 'Organization', { _id: id })));
  for (const each of back)
    if (may(actor, each, 'r')) included.push(...(await build(ctx, each, orders, undefined)));
  return included;
}

function includesOf(type: ResourceType, wanted: string | undefined): Set<string> {
  const kinds = new Set<string>();
  for (const text of (wanted ?? '').split(',').filter(Boolean)) {
    const [from, name = ''] = text.split(':');
    if (from !== type || !INCLUDES[type]?.includes(name))
      throw badRequest(
        `unknown _include ${text}; ${type} offers ${(INCLUDES[type] ?? []).join(', ') || 'none'}`,
      );
    kinds.add(name);
  }
  return kinds;
}

function revincludesOf(type: ResourceType, wanted: string | undefined): Set<ResourceType> {
  const types = new Set<ResourceType>();
  for (const text of (wanted ?? '').split(',').filter(Boolean)) {
    if (!REVINCLUDES[type]?.includes(text))
      throw badRequest(
        `unknown _revinclude ${text}; ${type} offers ${(REVINCLUDES[type] ?? []).join(', ') || 'none'}`,
      );
    types.add(text.split(':')[0] as ResourceType);
  }
  return types;
}
