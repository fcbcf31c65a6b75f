import type { Actor } from '../core/access/actor.ts';
import type { Queryable } from '../core/database.ts';

/** Pathologists of the actor's centre, for consultations. */
export async function listColleagues(db: Queryable, actor: Actor) {
  const items = await db
    .selectFrom('staff as s')
    .innerJoin('staffRole as r', 'r.staffId', 's.id')
    .select(['s.id', 's.name', 's.title'])
    .distinct()
    .where('s.active', '=', true)
    .where('r.revokedAt', 'is', null)
    .where('r.role', 'in', ['reporter', 'verifier', 'center-head'])
    .where('r.institutionId', '=', actor.institutionId ?? '00000000-0000-0000-0000-000000000000')
    .where((eb) => eb.or([eb('r.centerKind', '=', 'pathology'), eb('r.centerKind', 'is', null)]))
    .where('s.id', '!=', actor.id ?? '00000000-0000-0000-0000-000000000000')
    .orderBy('s.name')
    .limit(200)
    .execute();
  return { items };
}
