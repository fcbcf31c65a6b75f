import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { notFound } from '../../server/core/errors.ts';
import { reportResource } from './build.ts';
import { loadOrders, loadSigned, loadStudies } from './loadRows.ts';
import type { Resource } from './resources.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** All signed versions of a report, newest first; 404 when the caller may not see the order or nothing is signed. */
export async function reportVersions(ctx: Context, actor: Actor, id: string): Promise<Resource[]> {
  const [order] = UUID.test(id) ? await loadOrders(ctx.db, actor, { id, limit: 1 }) : [];
  const signed = order ? await loadSigned(ctx.db, [order.id], false) : [];
  if (!order || signed.length === 0) throw notFound('DiagnosticReport', id);
  const studies = await loadStudies(ctx.db, [order.id]);
  return signed.map((row) => reportResource(order, row, studies)).reverse();
}

/** R4 §3.1.0.9: a Bundle of type history. */
export function historyBundle(base: string, self: string, versions: Resource[]) {
  return {
    resourceType: 'Bundle',
    type: 'history',
    total: versions.length,
    link: [{ relation: 'self', url: self }],
    entry: versions.map((resource, index) => {
      const { versionId, lastUpdated } = resource.meta as { versionId: string; lastUpdated: string };
      const first = index === versions.length - 1;
      return {
        fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
        resource,
        request: {
          method: first ? 'POST' : 'PUT',
          url: first ? resource.resourceType : `${resource.resourceType}/${resource.id}`,
        },
        response: { status: first ? '201' : '200', etag: `W/"${versionId}"`, lastModified: lastUpdated },
      };
    }),
  };
}
