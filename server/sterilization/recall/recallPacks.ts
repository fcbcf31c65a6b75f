import { sql } from 'kysely';
import type { Transaction } from '../../core/database.ts';

export interface RecallScope {
  recallId: string;
  machineId: string;
  /** Start of the last load that passed; null = everything this machine ever sterilized. */
  since: Date | null;
  actorId: string;
  centerId: string;
  at: Date;
}

/**
 * The recall in one statement: loads of the machine after the last pass → their packs; the unused are taken out of
 * circulation with an event and a line of the recall each, and one notice per holder counts unused and used packs.
 */
export async function recallPacks(
  trx: Transaction,
  scope: RecallScope,
): Promise<{ recalled: number; used: number; sites: number }> {
  // Whoever holds one of these packs right now (using it, dispatching it) finishes first, so that the statement below
  // sees where it went; everybody later finds it recalled.
  await sql`select id from cssd_pack where load_id in (select id from cssd_load where machine_id = ${scope.machineId}
      and purpose = 'production' and started_at > coalesce(${scope.since}::timestamptz, '-infinity'))
    order by id for update`.execute(trx);
  const { rows } = await sql<{ recalled: number; used: number; sites: number }>`
    with suspect as (
      select id from cssd_load where machine_id = ${scope.machineId} and purpose = 'production'
        and started_at > coalesce(${scope.since}::timestamptz, '-infinity')
    ), unused as (
      select p.id, p.state as was, p.location_id, p.shelf from cssd_pack p
      where p.load_id in (select id from suspect)
        and p.state in ('sterilized', 'released', 'stored', 'dispatched', 'received', 'returned') for update
    ), taken as (
      update cssd_pack p set state = 'recalled', updated_at = ${scope.at} from unused u where p.id = u.id returning p.id, p.load_id
    ), items as (
      insert into cssd_recall_item (recall_id, pack_id, was, location_id, shelf)
      select ${scope.recallId}, u.id, u.was, u.location_id, u.shelf from unused u join taken t on t.id = u.id returning location_id
    ), events as (
      insert into cssd_pack_event (pack_id, kind, at, staff_id, institution_id, machine_id, load_id, detail)
      select t.id, 'recalled', ${scope.at}, ${scope.actorId}, ${scope.centerId}, ${scope.machineId}, t.load_id,
        jsonb_build_object('recallId', ${scope.recallId}::text) from taken t returning 1
    ), loads as (
      update cssd_load set state = 'recalled' where id in (select id from suspect) and state in ('ended', 'released') returning 1
    ), used as (
      select u.institution_id from cssd_use u join cssd_pack p on p.id = u.pack_id where p.load_id in (select id from suspect)
    ), holders as (
      select institution_id, sum(unused)::int as packs, sum(spent)::int as used_packs from (
        select location_id as institution_id, 1 as unused, 0 as spent from items union all select institution_id, 0, 1 from used) h
      group by institution_id
    ), notices as (
      insert into cssd_recall_notice (recall_id, institution_id, packs, used_packs, notified_at)
      select ${scope.recallId}, institution_id, packs, used_packs, ${scope.at} from holders returning packs, used_packs
    )
    select coalesce(sum(packs), 0)::int as recalled, coalesce(sum(used_packs), 0)::int as used, count(*)::int as sites,
      (select count(*) from events) + (select count(*) from loads) as done from notices`.execute(trx);
  return { recalled: rows[0]?.recalled ?? 0, used: rows[0]?.used ?? 0, sites: rows[0]?.sites ?? 0 };
}
