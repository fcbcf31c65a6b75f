import type { Queryable } from '../../core/database.ts';

/** Every step of a tube on one timeline, its box included. */
export async function readWay(db: Queryable, containerId: string) {
  const steps = await db
    .selectFrom('labContainerEvent as e')
    .leftJoin('institution as i', 'i.id', 'e.institutionId')
    .select(['e.id', 'e.kind', 'e.at', 'e.actorName', 'e.detail', 'i.shortName as institutionName'])
    .where('e.containerId', '=', containerId)
    .orderBy('e.at')
    .orderBy('e.id')
    .limit(500)
    .execute();
  const temperatures = await db
    .selectFrom('labBoxTemperature as t')
    .innerJoin('labContainer as c', 'c.boxId', 't.boxId')
    .select(['t.at', 't.celsius', 't.source'])
    .where('c.id', '=', containerId)
    .orderBy('t.at')
    .limit(2000)
    .execute();
  return { steps, temperatures };
}
