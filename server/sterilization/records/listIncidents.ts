import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { readScope } from '../access.ts';
import { day } from '../inputs.ts';
import { loadCenterHours } from '../rules/centerHours.ts';

export const INCIDENTS = [
  'late',
  'rejected',
  'wet',
  'expired',
  'missing',
  'damaged',
  'lost',
  'overdue',
  'ready',
  'delivered',
  'run',
  'work',
  'wash-failed',
  'load-failed',
  'biological-failed',
  'unrecorded',
] as const;

export const listIncidentsQuery = z.object({
  kind: z.enum(INCIDENTS),
  from: day,
  to: day,
  /** Which part of the figure: a receiving site, a set type, a run, a person and his act, urgent packs. */
  institution: z.string().max(40).optional(),
  setType: z.string().max(32).optional(),
  number: z.string().max(40).optional(),
  staff: z.string().max(60).optional(),
  act: z.enum(['counted', 'inspected', 'packed', 'loaded', 'released', 'dispatched']).optional(),
  urgent: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
});

export interface Incident {
  at: Date;
  code: string;
  setName: string;
  trayCode: string | null;
  owner: string;
  location: string;
  detail: string;
  person: string | null;
  costFen: number | null;
}

/** The cases behind a figure (packs, loads, uses): newest first, at most 2000. */
export async function listIncidents(
  ctx: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  query: z.output<typeof listIncidentsQuery>,
): Promise<{ items: Incident[]; nextCursor: null }> {
  const scope = await readScope(ctx.db, actor);
  const hours = await loadCenterHours(ctx.db, scope.centerId ?? '00000000-0000-0000-0000-000000000000');
  const within = (column: RawBuilder<unknown>) =>
    sql`${column} >= (${query.from}::date::timestamp at time zone 'Asia/Shanghai') and ${column} < ((${query.to}::date + 1)::timestamp at time zone 'Asia/Shanghai')`;
  const mine = scope.institutionId
    ? sql`and p.owner_institution_id = ${scope.institutionId}`
    : scope.centerId
      ? sql`and p.center_id = ${scope.centerId}`
      : sql``;
  const pack = sql`p.code, t.name as set_name, y.code as tray_code, o.short_name as owner, l.short_name as location`;
  const joins = sql`join cssd_set_type t on t.id = p.set_type_id left join cssd_tray y on y.id = p.tray_id join institution o on o.id = p.owner_institution_id join institution l on l.id = p.location_id`;
  const { rows: items } = await sql<Incident>`${source()} order by 1 desc limit 2000`.execute(ctx.db);
  return { items, nextCursor: null };

  function source(): RawBuilder<unknown> {
    if (query.kind === 'missing' || query.kind === 'damaged')
      return sql`select k.counted_at as at, ${pack}, coalesce(i.name, '') || ' ' || k.found || '/' || k.expected || case when k.damaged > 0 then ' (' || k.damaged || ')' else '' end || case when k.note = '' then '' else ' ' || k.note end as detail,
          s.name as person, i.price_fen * greatest(k.expected - k.found, k.damaged) as cost_fen
        from cssd_count k join cssd_pack p on p.id = k.pack_id ${joins} left join cssd_instrument_type i on i.id = k.instrument_type_id join staff s on s.id = k.counted_by
        where k.discrepancy = ${query.kind} and ${within(sql`k.counted_at`)} ${mine}`;
    if (query.kind === 'ready')
      return sql`select p.ready_at as at, ${pack}, coalesce(p.turnaround_min, round(extract(epoch from p.ready_at - p.collected_at) / 60))::int || ' min' as detail, null as person, p.cost_fen
        from cssd_pack p ${joins} where p.ready_at is not null and ${within(sql`p.ready_at`)} ${mine}
          ${query.setType ? sql`and t.code = ${query.setType}` : sql``} ${query.urgent === undefined ? sql`` : sql`and p.urgent = ${query.urgent}`}`;
    if (query.kind === 'delivered' || query.kind === 'run')
      return sql`select f.departed_at as at, ${pack}, f.number as detail, c.name as person, p.cost_fen
        from cssd_transfer f join cssd_transfer_pack x on x.transfer_id = f.id join cssd_pack p on p.id = x.pack_id ${joins}
        join institution r on r.id = f.to_institution_id left join staff c on c.id = f.courier_id
        where ${within(sql`f.departed_at`)} ${scope.institutionId ? sql`and ${scope.institutionId} in (f.to_institution_id, f.from_institution_id)` : sql``}
          ${query.kind === 'run' ? sql`and f.number = ${query.number ?? ''}` : sql`and f.kind = 'sterile' and r.code = ${query.institution ?? ''}`}`;
    if (query.kind === 'work')
      return sql`select e.at, ${pack}, e.station as detail, s.name as person, p.cost_fen
        from cssd_pack_event e join cssd_pack p on p.id = e.pack_id ${joins} join staff s on s.id = e.staff_id
        where e.kind = ${query.act ?? 'packed'} and s.name = ${query.staff ?? ''} and ${within(sql`e.at`)} ${mine}`;
    if (query.kind === 'unrecorded')
      return sql`select u.used_at as at, ${pack}, u.visit as detail, s.name as person, p.cost_fen
        from cssd_use u join cssd_pack p on p.id = u.pack_id ${joins} join staff s on s.id = u.used_by
        where u.patient_id is null and ${within(sql`u.used_at`)} ${mine}`;
    const load = sql`g.name as set_name, m.code as tray_code, '' as owner, h.short_name as location`;
    const machine = sql`join cssd_machine m on m.id = l.machine_id join cssd_programme g on g.id = l.programme_id join institution h on h.id = m.institution_id join staff s on s.id = l.started_by`;
    const ours = scope.centerId ? sql`and m.institution_id = ${scope.centerId}` : sql``;
    if (query.kind === 'wash-failed')
      return sql`select l.started_at as at, l.number as code, ${load}, 'A0 ' || coalesce(l.a0::text, '—') || ' ' || l.finding as detail, s.name as person, null::int as cost_fen
        from cssd_wash_load l ${machine} where l.outcome = 'fail' and ${within(sql`l.started_at`)} ${ours}`;
    if (query.kind === 'load-failed')
      return sql`select l.started_at as at, l.number as code, ${load},
          concat_ws(' ', case when y.physical_outcome = 'fail' then 'physical' end, (select string_agg(distinct i.kind, ' ') from cssd_indicator i where i.load_id = l.id and i.outcome = 'fail' and i.pack_id is null)) as detail, s.name as person, null::int as cost_fen
        from cssd_load l ${machine} left join cssd_cycle y on y.load_id = l.id
        where l.purpose = 'production' and l.state <> 'running' and ${within(sql`l.started_at`)} ${ours}
          and (y.physical_outcome is distinct from 'pass' or exists (select from cssd_indicator i where i.load_id = l.id and i.outcome = 'fail' and i.pack_id is null))`;
    if (query.kind === 'biological-failed')
      return sql`select i.read_at as at, l.number as code, ${load}, concat_ws(' ', i.lot, i.note) as detail, r.name as person, null::int as cost_fen
        from cssd_indicator i join cssd_load l on l.id = i.load_id ${machine} left join staff r on r.id = i.read_by
        where i.kind = 'biological' and i.outcome = 'fail' and ${within(sql`i.read_at`)} ${ours}`;
    if (query.kind === 'late')
      return sql`select p.ready_at as at, ${pack}, coalesce(p.turnaround_min, round(extract(epoch from p.ready_at - p.collected_at) / 60))::int || ' min' as detail, null as person, null::int as cost_fen
        from cssd_pack p ${joins} where p.ready_at is not null and p.ready_at > ${dueSql(hours)} and ${within(sql`p.ready_at`)} ${mine}`;
    if (query.kind === 'lost')
      return sql`select p.updated_at as at, ${pack}, '' as detail, (select s.name from cssd_pack_event e join staff s on s.id = e.staff_id where e.pack_id = p.id order by e.id desc limit 1) as person,
          (select coalesce(sum(c.quantity * i.price_fen), 0)::int from cssd_set_type_content c join cssd_instrument_type i on i.id = c.instrument_type_id where c.set_type_version_id = p.set_type_version_id) as cost_fen
        from cssd_pack p ${joins} where p.state = 'lost' and ${within(sql`p.updated_at`)} ${mine}`;
    if (query.kind === 'overdue')
      return sql`select p.updated_at as at, ${pack}, (extract(epoch from ${ctx.clock.now()}::timestamptz - p.updated_at) / 86400)::int || ' d' as detail, null as person, null::int as cost_fen
        from cssd_pack p ${joins} where ((p.state = 'received') or (p.state = 'used' and p.tray_id is not null and not exists (select from cssd_pack n where n.previous_pack_id = p.id)
            and not exists (select from cssd_pack n where n.tray_id = p.tray_id and n.id > p.id)))
          and p.updated_at < ${ctx.clock.now()}::timestamptz - make_interval(days => ${hours.overdueDays}) ${mine}`;
    const defect = query.kind === 'rejected' ? sql`` : sql`and e.detail ->> 'defect' = ${query.kind}`;
    return sql`select e.at, ${pack}, coalesce(e.detail ->> 'defect', '') as detail, s.name as person, p.cost_fen
      from cssd_pack_event e join cssd_pack p on p.id = e.pack_id ${joins} join staff s on s.id = e.staff_id
      where e.kind = 'rejected' ${defect} and ${within(sql`e.at`)} ${mine}`;
  }
}

/** Due time of a pack in SQL: as fixed at collection, for older packs by the clock on the wall. */
export const dueSql = (hours: { urgentMinutes: number; routineMinutes: number }): RawBuilder<Date> =>
  sql`coalesce(p.due_at, p.collected_at + make_interval(mins => case when p.urgent then ${hours.urgentMinutes}::int else ${hours.routineMinutes}::int end))`;
