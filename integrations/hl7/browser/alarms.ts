import { sql } from 'kysely';
import type { Queryable } from '../../../server/core/database.ts';

/** Without a limit of its own a sender is silent after this, if it usually speaks at this time of day. */
const SILENT_MINUTES = 60;
const USUAL_DAYS = 3;
const OLD_MINUTES = 5;
const MANY_WAITING = 1_000;

/** What a person should look at: senders gone silent, queues that grow, messages that are stuck, strangers knocking. */
export async function alarms(db: Queryable, now: Date) {
  const { rows: silent } = await sql<{
    id: string;
    sender: string | null;
    name: string;
    lastSeenAt: Date;
    institutionName: string | null;
    silentMinutes: number | null;
  }>`
    select d.id, d.hl7_sender as sender, d.name, d.last_seen_at, i.short_name as institution_name, d.silent_minutes
    from device d left join institution i on i.id = d.institution_id
    where d.kind in ('hl7', 'analyzer') and d.state = 'admitted' and d.silent_minutes is distinct from 0
      and d.last_seen_at < ${now}::timestamptz - make_interval(mins => coalesce(d.silent_minutes, ${SILENT_MINUTES}))
      and d.last_seen_at > ${now}::timestamptz - interval '30 days'
      -- A township that sends nothing at night is no alarm: only hours count in which it was heard on other days.
      and (d.silent_minutes is not null or (
        select count(*) from generate_series(1, 7) as day where exists (
          select 1 from hl7_message m where m.sender = d.hl7_sender and m.direction = 'in'
            and m.received_at > ${now}::timestamptz - make_interval(days => day, mins => ${SILENT_MINUTES})
            and m.received_at <= ${now}::timestamptz - make_interval(days => day))) >= ${USUAL_DAYS})
    order by d.last_seen_at limit 100`.execute(db);
  const { rows: queues } = await sql<{
    name: string;
    direction: string;
    waiting: number;
    oldest: Date;
  }>`
    select sender as name, direction, count(*)::int as waiting, min(received_at) as oldest from hl7_message
    where state in ('received', 'waiting') group by sender, direction
    having min(received_at) < ${new Date(now.getTime() - OLD_MINUTES * 60_000)} or count(*) > ${MANY_WAITING}
    order by oldest limit 100`.execute(db);
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
