import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { readScope } from '../access.ts';
import { day } from '../inputs.ts';
import { loadCenterHours } from '../rules/centerHours.ts';
import { addDays, localDay } from '../rules/expiry.ts';
import { dueSql } from './listIncidents.ts';

export const readFiguresQuery = z.object({ from: day.optional(), to: day.optional() });

export interface Figure {
  code: string;
  value: number | null;
  unit: '%' | 'min' | 'packs' | 'loads' | 'fen' | 'instruments';
  numerator?: number;
  denominator?: number;
  better: 'higher' | 'lower' | 'none';
  formula: string;
}

const ratio = (
  code: string,
  numerator: number,
  denominator: number,
  better: Figure['better'],
  formula: string,
): Figure => ({
  code,
  value: denominator === 0 ? null : Math.round((numerator / denominator) * 1000) / 10,
  unit: '%',
  numerator,
  denominator,
  better,
  formula,
});

/** Figures of a period (China days, inclusive): turnaround, pass rates, workload, losses, waste, cost by township. */
export async function readFigures(
  ctx: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  query: z.output<typeof readFiguresQuery>,
) {
  const scope = await readScope(ctx.db, actor).catch(
    () => ({}) as { centerId?: string; institutionId?: string },
  );
  const to = query.to ?? localDay(ctx.clock.now());
  const from = query.from ?? addDays(to, -29);
  const start = sql`(${from}::date::timestamp at time zone 'Asia/Shanghai')`;
  const end = sql`((${to}::date + 1)::timestamp at time zone 'Asia/Shanghai')`;
  const within = (column: RawBuilder<unknown>) => sql`${column} >= ${start} and ${column} < ${end}`;
  const site = scope.institutionId
    ? sql`and p.owner_institution_id = ${scope.institutionId}`
    : scope.centerId
      ? sql`and p.center_id = ${scope.centerId}`
      : sql``;

  const hours = await loadCenterHours(ctx.db, scope.centerId ?? '00000000-0000-0000-0000-000000000000');
  const { rows: t } = await sql<{
    urgent: boolean;
    packs: number;
    onTime: number;
    median: number | null;
    p90: number | null;
  }>`
    select urgent, count(*)::int as packs, count(*) filter (where ready_at <= ${dueSql(hours)})::int as on_time,
      percentile_cont(0.5) within group (order by coalesce(turnaround_min, extract(epoch from ready_at - collected_at) / 60)) as median,
      percentile_cont(0.9) within group (order by coalesce(turnaround_min, extract(epoch from ready_at - collected_at) / 60)) as p90
    from cssd_pack p where ready_at is not null and ${within(sql`ready_at`)} ${site} group by urgent`.execute(
    ctx.db,
  );
  const { rows: c } = await sql<Record<string, number>>`
    select
      (select count(*) from cssd_wash_load w where outcome <> 'pending' and ${within(sql`w.started_at`)})::int as washes,
      (select count(*) from cssd_wash_load w where outcome = 'pass' and ${within(sql`w.started_at`)})::int as washes_passed,
      (select count(*) from cssd_load l where purpose = 'production' and state <> 'running' and ${within(sql`l.started_at`)})::int as loads,
      (select count(*) from cssd_load l join cssd_cycle y on y.load_id = l.id where purpose = 'production' and y.physical_outcome = 'pass' and ${within(sql`l.started_at`)}
        and not exists (select from cssd_indicator i where i.load_id = l.id and i.outcome = 'fail' and i.pack_id is null))::int as loads_passed,
      (select count(*) from cssd_indicator i where kind = 'biological' and outcome <> 'pending' and ${within(sql`i.read_at`)})::int as biological,
      (select count(*) from cssd_indicator i where kind = 'biological' and outcome = 'pass' and ${within(sql`i.read_at`)})::int as biological_passed,
      (select count(*) from cssd_pack_event e join cssd_pack p on p.id = e.pack_id where e.kind = 'rejected' and ${within(sql`e.at`)} ${site})::int as rejected,
      (select count(*) from cssd_pack_event e join cssd_pack p on p.id = e.pack_id where e.kind = 'rejected' and e.detail ->> 'defect' in ('wet') and ${within(sql`e.at`)} ${site})::int as wet,
      (select count(*) from cssd_pack_event e join cssd_pack p on p.id = e.pack_id where e.kind = 'rejected' and e.detail ->> 'defect' = 'expired' and ${within(sql`e.at`)} ${site})::int as expired,
      (select coalesce(sum(p.cost_fen), 0) from cssd_pack_event e join cssd_pack p on p.id = e.pack_id where e.kind = 'rejected' and e.detail ->> 'defect' = 'expired' and ${within(sql`e.at`)} ${site})::int as expired_fen,
      (select coalesce(sum(expected - found), 0) from cssd_count k join cssd_pack p on p.id = k.pack_id where discrepancy = 'missing' and ${within(sql`k.counted_at`)} ${site})::int as missing,
      (select coalesce(sum(damaged), 0) from cssd_count k join cssd_pack p on p.id = k.pack_id where discrepancy = 'damaged' and ${within(sql`k.counted_at`)} ${site})::int as damaged,
      (select count(*) from cssd_pack p where state = 'lost' and ${within(sql`p.updated_at`)} ${site})::int as lost,
      (select count(*) from cssd_use u join cssd_pack p on p.id = u.pack_id where ${within(sql`u.used_at`)} ${site})::int as used,
      (select count(*) from cssd_use u join cssd_pack p on p.id = u.pack_id where u.patient_id is not null and ${within(sql`u.used_at`)} ${site})::int as used_named,
      (select count(*) from cssd_pack p where ((p.state = 'received') or (p.state = 'used' and p.tray_id is not null and not exists (select from cssd_pack n where n.previous_pack_id = p.id)
          and not exists (select from cssd_pack n where n.tray_id = p.tray_id and n.id > p.id))) and p.updated_at < ${ctx.clock.now()}::timestamptz - make_interval(days => ${hours.overdueDays}) ${site})::int as overdue`.execute(
    ctx.db,
  );
  const n = c[0] ?? {};
  const value = (name: string) => n[name] ?? 0;
  const turnaround = (urgent: boolean): Figure[] => {
    const row = t.find((one) => one.urgent === urgent);
    const name = urgent ? 'urgent' : 'routine';
    return [
      ratio(
        `turnaround-${name}-on-time`,
        row?.onTime ?? 0,
        row?.packs ?? 0,
        'higher',
        `packs ready within ${urgent ? '4 h' : '24 h'} of collection ÷ packs made ready`,
      ),
      {
        code: `turnaround-${name}-median`,
        value: row?.median === null || row?.median === undefined ? null : Math.round(row.median),
        unit: 'min',
        better: 'lower',
        formula: 'median of collected → released',
      },
      {
        code: `turnaround-${name}-p90`,
        value: row?.p90 === null || row?.p90 === undefined ? null : Math.round(row.p90),
        unit: 'min',
        better: 'lower',
        formula: '90th percentile of collected → released',
      },
    ];
  };
  const count = (code: string, name: string, unit: Figure['unit'], formula: string): Figure => ({
    code,
    value: value(name),
    unit,
    better: 'lower',
    formula,
  });
  const figures: Figure[] = [
    ...turnaround(true),
    ...turnaround(false),
    ratio(
      'wash-pass',
      value('washesPassed'),
      value('washes'),
      'higher',
      'wash loads whose record passed ÷ wash loads ended',
    ),
    ratio(
      'sterilization-pass',
      value('loadsPassed'),
      value('loads'),
      'higher',
      'production loads with physical pass and no failed load indicator ÷ production loads ended',
    ),
    ratio(
      'biological-pass',
      value('biologicalPassed'),
      value('biological'),
      'higher',
      'passed ÷ read biological indicators',
    ),
    ratio('use-recorded', value('usedNamed'), value('used'), 'higher', 'uses with a patient ÷ uses'),
    ratio(
      'wet-packs',
      value('wet'),
      (t[0]?.packs ?? 0) + (t[1]?.packs ?? 0),
      'lower',
      'wet packs ÷ packs made ready',
    ),
    count('rejected', 'rejected', 'packs', 'packs rejected for any defect'),
    count('missing', 'missing', 'instruments', 'instruments missing at counts'),
    count('damaged', 'damaged', 'instruments', 'instruments damaged at counts'),
    count('lost', 'lost', 'packs', 'packs lost'),
    count(
      'overdue',
      'overdue',
      'packs',
      'packs unused, or used trays not returned, at a site longer than the centre allows',
    ),
    count('expired', 'expired', 'packs', 'packs expired unused'),
    count('expired-cost', 'expiredFen', 'fen', 'cost of packs expired unused'),
  ];
  const { rows: townships } = await sql<Record<string, unknown>>`
    select i.code, i.short_name as institution, count(*)::int as packs, coalesce(sum(p.cost_fen), 0)::int as cost_fen, coalesce(sum(v.price_fen), 0)::int as price_fen,
      round(avg(p.cost_fen))::int as cost_per_pack_fen
    from cssd_transfer f join cssd_transfer_pack x on x.transfer_id = f.id join cssd_pack p on p.id = x.pack_id join cssd_set_type_version v on v.id = p.set_type_version_id
    join institution i on i.id = f.to_institution_id where f.kind = 'sterile' and ${within(sql`f.departed_at`)} ${scope.institutionId ? sql`and f.to_institution_id = ${scope.institutionId}` : sql``}
    group by i.code, i.short_name order by count(*) desc limit 200`.execute(ctx.db);
  const { rows: setTypes } = await sql<Record<string, unknown>>`
    select t.code, t.name as set_name, count(*)::int as packs, coalesce(sum(p.cost_fen), 0)::int as cost_fen, round(avg(p.cost_fen))::int as cost_per_pack_fen, coalesce(sum(v.price_fen), 0)::int as price_fen
    from cssd_pack p join cssd_set_type t on t.id = p.set_type_id join cssd_set_type_version v on v.id = p.set_type_version_id
    where p.ready_at is not null and ${within(sql`p.ready_at`)} ${site} group by t.code, t.name order by sum(p.cost_fen) desc nulls last limit 500`.execute(
    ctx.db,
  );
  const { rows: workload } = await sql<Record<string, unknown>>`
    select s.name as staff, count(*) filter (where e.kind = 'counted')::int as counted, count(*) filter (where e.kind = 'inspected')::int as inspected, count(*) filter (where e.kind = 'packed')::int as packed,
      count(*) filter (where e.kind = 'loaded')::int as loaded, count(*) filter (where e.kind = 'released')::int as released, count(*) filter (where e.kind = 'dispatched')::int as dispatched
    from cssd_pack_event e join cssd_pack p on p.id = e.pack_id join staff s on s.id = e.staff_id
    where e.kind in ('counted', 'inspected', 'packed', 'loaded', 'released', 'dispatched') and ${within(sql`e.at`)} ${site} group by s.name order by count(*) desc limit 100`.execute(
    ctx.db,
  );
  const { rows: daily } = await sql<Record<string, unknown>>`
    select (ready_at at time zone 'Asia/Shanghai')::date::text as day, count(*)::int as packs, count(*) filter (where urgent)::int as urgent from cssd_pack p
    where ready_at is not null and ${within(sql`ready_at`)} ${site} group by 1 order by 1`.execute(ctx.db);
  const { rows: runs } = await sql<Record<string, unknown>>`
    select f.number, i.short_name as institution, f.kind, f.departed_at, f.arrived_at, c.name as courier, count(x.pack_id)::int as packs, round(extract(epoch from f.arrived_at - f.departed_at) / 60)::int as minutes
    from cssd_transfer f join institution i on i.id = case when f.kind = 'sterile' then f.to_institution_id else f.from_institution_id end
    left join cssd_transfer_pack x on x.transfer_id = f.id left join staff c on c.id = f.courier_id
    where ${within(sql`f.departed_at`)} ${scope.institutionId ? sql`and ${scope.institutionId} in (f.to_institution_id, f.from_institution_id)` : sql``}
    group by f.id, i.short_name, c.name order by f.departed_at desc limit 100`.execute(ctx.db);
  return { from, to, figures, townships, setTypes, workload, daily, runs };
}
