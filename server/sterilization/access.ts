import { can, requirePermission, type Actor } from '../core/access/actor.ts';
import type { Permission } from '../core/access/roles.ts';
import type { Queryable } from '../core/database.ts';
import { forbidden, notFound } from '../core/errors.ts';

/**
 * Which right of the core each kind of act in sterile supply asks for. Work at the stations, site work (return, receive,
 * use), driving, and what only an authorised person may do: release, recall, machine return.
 */
export const RIGHTS = {
  work: 'bench.work',
  site: 'specimen.collect',
  drive: 'specimen.transport',
  authorise: 'report.verify',
  catalogue: 'template.edit',
  read: 'order.read',
} as const satisfies Record<string, Permission>;

/** The sterile supply centre at which this actor holds the right. Throws 403 when there is none. */
export async function centerOf(db: Queryable, actor: Actor, right: keyof typeof RIGHTS): Promise<string> {
  const centers = await db
    .selectFrom('center')
    .select('institutionId')
    .where('kind', '=', 'sterilization')
    .where('active', '=', true)
    .execute();
  const own = [...centers].sort(
    (a, b) =>
      Number(b.institutionId === actor.institutionId) - Number(a.institutionId === actor.institutionId),
  );
  for (const { institutionId } of own)
    if (can(actor, RIGHTS[right], { institutionId, centerKind: 'sterilization' })) return institutionId;
  throw forbidden(`this needs the right ${RIGHTS[right]} at a sterile supply centre`);
}

/** The site for which a person at a township or ward acts. */
export function siteOf(actor: Actor, institutionId?: string): string {
  const site = institutionId ?? actor.institutionId;
  if (!site) throw forbidden('this needs a person of a site', 'needs-institution');
  requirePermission(actor, RIGHTS.site, { institutionId: site });
  return site;
}

/** The site may look at its own packs, the centre at all of its own. Returns what narrows a list. */
export async function readScope(
  db: Queryable,
  actor: Actor,
): Promise<{ centerId?: string; institutionId?: string }> {
  const center = await centerOf(db, actor, 'read').catch(() => undefined);
  if (center) return { centerId: center };
  if (actor.institutionId && can(actor, RIGHTS.read, { institutionId: actor.institutionId }))
    return { institutionId: actor.institutionId };
  if (can(actor, 'quality.read')) return {};
  throw notFound('sterile supply');
}
