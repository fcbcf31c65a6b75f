import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import type { Programme } from '../machines.ts';

/**
 * Must this load carry a biological indicator? Every load with implants and every load of a method that demands it;
 * else when the last passed one of the machine is older than its interval (steam weekly, plasma daily).
 */
export async function biologicalDue(
  db: Queryable,
  programme: Programme,
  hasImplant: boolean,
  now: Date,
): Promise<boolean> {
  if (hasImplant || programme.biologicalEvery === 'load') return true;
  if (programme.biologicalEvery === 'none') return false;
  const { rows } = await sql<{ fresh: boolean }>`
    select exists (select from cssd_indicator i join cssd_load l on l.id = i.load_id
      where l.machine_id = ${programme.machineId} and i.kind = 'biological' and i.outcome <> 'fail'
        and ${
          programme.biologicalEvery === 'day'
            ? sql`l.started_on = (${now}::timestamptz at time zone 'Asia/Shanghai')::date`
            : sql`l.started_at > ${now}::timestamptz - interval '7 days'`
        }) as fresh`.execute(db);
  return !(rows[0]?.fresh ?? false);
}
