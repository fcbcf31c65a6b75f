import { sql } from 'kysely';
import type { Queryable } from '../../../server/core/database.ts';

/** A sender that was heard regularly and is silent for longer than this is an alarm, in its own time of day. */
const SILENT_MINUTES = 60;
const OLD_MINUTES = 5;

/** What a person should look at: senders gone silent, queues that grow, messages that are stuck, strangers knocking. */
export async function alarms(db: Queryable, now: Date) {
  const silent = await db
    .selectFrom('device as d')
    .leftJoin('institution as i', 'i.id', 'd.institutionId')
    .select(['d.id', 'd.hl7Sender as sender', 'd.name', 'd.lastSeenAt', 'i.shortName as institutionName'])
    .where('d.kind', 'in', ['hl7', 'analyzer'])
    .where('d.state', '=', 'admitted')
    .where('d.lastSeenAt', '<', new Date(now.getTime() - SILENT_MINUTES * 60_000))
    .where('d.lastSeenAt', '>', new Date(now.getTime() - 30 * 86_400_000))
    .orderBy('d.lastSeenAt')
    .limit(100)
    .execute();
  const { rows: queues } = await sql<{ name: string; waiting: number; oldest: Date }>`
    select sender as name, count(*)::int as waiting, min(received_at) as oldest from hl7_message where state in ('received', 'waiting') group by sender
    having min(received_at) < ${new Date(now.getTime() - OLD_MINUTES * 60_000)} order by oldest limit 100`.execute(
    db,
  );
  const stuck = await db
    .selectFrom('hl7Message')
    .select([
      'state',
      'direction',
      (eb) => eb.fn.countAll<number>().as('n'),
      (eb) => eb.fn.min('receivedAt').as('oldest'),
    ])
    .where('state', 'in', ['held', 'failed', 'conflict', 'dead', 'ambiguous'])
    .groupBy(['state', 'direction'])
    .execute();
  const unknown = await db
    .selectFrom('device')
    .select(['id', 'hl7Sender as sender', 'address', 'attempts', 'firstSeenAt', 'lastSeenAt'])
    .where('kind', '=', 'hl7')
    .where('state', '=', 'unknown')
    .orderBy('lastSeenAt', 'desc')
    .limit(50)
    .execute();
  return { silent, queues, stuck, unknown };
}
