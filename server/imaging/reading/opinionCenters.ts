import type { Queryable } from '../../core/database.ts';

/** Imaging centres of the county that are in operation. */
export const listOpinionCenters = (db: Queryable): Promise<{ code: string; name: string }[]> =>
  db
    .selectFrom('center')
    .innerJoin('institution', 'institution.id', 'center.institutionId')
    .select(['institution.code', 'institution.name'])
    .where('center.kind', '=', 'imaging')
    .where('center.active', '=', true)
    .orderBy('institution.name')
    .limit(50)
    .execute();
