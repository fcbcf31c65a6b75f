import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { centerOf } from '../access.ts';
import { localDay } from '../rules/expiry.ts';

/** What the wall shows: how many packs stand at each step, what runs, what waits for a reading, what is late or blocked. */
export async function readBoard(ctx: Pick<Context, 'db' | 'clock'>, actor: Actor) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const now = ctx.clock.now();
  const today = localDay(now);
  const { rows: steps } = await sql<{
    state: string;
    packs: number;
    urgent: number;
    late: number;
    oldest: Date | null;
  }>`
    select state, count(*)::int as packs, count(*) filter (where urgent)::int as urgent,
      count(*) filter (where ready_at is null and coalesce(due_at, collected_at + case when urgent then interval '4 hours' else interval '24 hours' end) < ${now})::int as late, min(collected_at) as oldest
    from cssd_pack where center_id = ${centerId} and state in ('collected', 'pretreated', 'counted', 'washed', 'dried', 'inspected', 'packed', 'loaded', 'sterilized', 'released', 'stored', 'returned', 'recalled')
    group by state`.execute(ctx.db);
  const { rows: machines } = await sql<{
    code: string;
    name: string;
    kind: string;
    method: string | null;
    status: string;
    blockReason: string | null;
    running: string | null;
    runningId: string | null;
    programme: string | null;
    startedAt: Date | null;
    endsAt: Date | null;
    packs: number | null;
    bowieDickToday: string | null;
    biologicalAt: Date | null;
  }>`
    select m.code, m.name, m.kind, m.method, m.status,
      (select b.reason from cssd_machine_block b where b.machine_id = m.id and b.returned_at is null order by b.blocked_at limit 1) as block_reason,
      r.number as running, r.id as running_id, r.programme, r.started_at, r.ends_at, r.packs,
      case when m.method = 'steam-prevacuum' then coalesce((select t.outcome from cssd_machine_test t where t.machine_id = m.id and t.kind = 'bowie-dick' and t.tested_on = ${today}::date order by t.tested_at desc limit 1), 'missing') end as bowie_dick_today,
      case when m.kind = 'sterilizer' then (select l.started_at from cssd_indicator i join cssd_load l on l.id = i.load_id where l.machine_id = m.id and i.kind = 'biological' and i.outcome = 'pass' order by l.started_at desc limit 1) end as biological_at
    from cssd_machine m left join lateral (
      select l.number, l.id, g.name as programme, l.started_at, l.started_at + make_interval(mins => g.minutes) as ends_at, (select count(*)::int from cssd_pack p where p.load_id = l.id) as packs
        from cssd_load l join cssd_programme g on g.id = l.programme_id where l.machine_id = m.id and l.state = 'running'
      union all select w.number, w.id, g.name, w.started_at, w.started_at + make_interval(mins => g.minutes), (select count(*)::int from cssd_wash_load_pack wp where wp.wash_load_id = w.id)
        from cssd_wash_load w join cssd_programme g on g.id = w.programme_id where w.machine_id = m.id and w.outcome = 'pending'
      limit 1) r on true
    where m.institution_id = ${centerId} and m.kind in ('washer', 'sterilizer') order by m.kind desc, m.code`.execute(
    ctx.db,
  );
  const { rows: counts } = await sql<{
    waitingReturns: number;
    waitingRequests: number;
    pendingBiological: number;
    awaitingRelease: number;
    openRecallItems: number;
    unacknowledged: number;
    followUps: number;
    expiringSoon: number;
    expired: number;
    conflicts: number;
    printOuts: number;
  }>`
    select (select count(*)::int from cssd_return where center_id = ${centerId} and transfer_id is null) as waiting_returns,
      (select count(*)::int from orders where reporting_institution_id = ${centerId} and center_kind = 'sterilization' and status in ('requested', 'received', 'partial')) as waiting_requests,
      (select count(*)::int from cssd_indicator i join cssd_load l on l.id = i.load_id join cssd_machine m on m.id = l.machine_id where i.outcome = 'pending' and i.kind = 'biological' and m.institution_id = ${centerId}) as pending_biological,
      (select count(*)::int from cssd_load l join cssd_machine m on m.id = l.machine_id where l.state = 'ended' and l.purpose = 'production' and m.institution_id = ${centerId}) as awaiting_release,
      (select count(*)::int from cssd_recall_item i join cssd_recall r on r.id = i.recall_id where i.outcome in ('pending', 'found') and r.center_id = ${centerId}) as open_recall_items,
      (select count(*)::int from cssd_recall_notice n join cssd_recall r on r.id = n.recall_id where n.acknowledged_at is null and r.closed_at is null and r.center_id = ${centerId}) as unacknowledged,
      (select count(*)::int from cssd_release_follow_up where reported_at is null) as follow_ups,
      (select count(*)::int from cssd_pack where location_id = ${centerId} and state in ('released', 'stored') and expires_on between ${today}::date and ${today}::date + 3) as expiring_soon,
      (select count(*)::int from cssd_pack where location_id = ${centerId} and state in ('released', 'stored') and expires_on < ${today}::date) as expired,
      (select count(*)::int from cssd_scan where institution_id = ${centerId} and outcome = 'conflict' and resolved_at is null) as conflicts,
      (select count(*)::int from cssd_print_out po join cssd_machine m on m.id = po.machine_id where po.state = 'waiting' and m.institution_id = ${centerId}) as print_outs`.execute(
    ctx.db,
  );
  return { now, today, steps, machines, ...counts[0] };
}
