import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

/** Every event of an order in order of time, with names as they were. */
export async function readTimeline(db: Queryable, orderId: string) {
  const items = await db
    .selectFrom('orderEvent')
    .leftJoin('institution', 'institution.id', 'orderEvent.institutionId')
    .select([
      'orderEvent.seq',
      'orderEvent.kind',
      'orderEvent.at',
      'orderEvent.deviceAt',
      'orderEvent.actorName',
      'orderEvent.reason',
      'orderEvent.detail',
      'institution.shortName as institutionName',
    ])
    .where('orderEvent.orderId', '=', orderId)
    .orderBy('orderEvent.at')
    .orderBy('orderEvent.seq')
    .limit(2_000)
    .execute();
  const clocks = await db
    .selectFrom('orderClock')
    .innerJoin('turnaroundPolicy as p', 'p.id', 'orderClock.policyId')
    .select([
      'p.code',
      'p.name',
      'p.kind',
      'p.mark',
      'p.targetMinutes',
      'p.startEvent',
      'p.stopEvent',
      'orderClock.state',
      'orderClock.startedAt',
      'orderClock.stoppedAt',
      'orderClock.pausedMinutes',
      'orderClock.elapsedMinutes',
      'orderClock.dueAt',
      'orderClock.warnAt',
    ])
    .where('orderClock.orderId', '=', orderId)
    .orderBy(sql`order_clock.due_at nulls last`)
    .execute();
  return { items, clocks };
}
