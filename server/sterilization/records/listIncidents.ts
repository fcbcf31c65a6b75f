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
] as const;

export const listIncidentsQuery = z.object({ kind: z.enum(INCIDENTS), from: day, to: day });

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

/** The cases behind a figure of losses, waste, delay or overdue returns: newest first, at most 500. */
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
  const { rows: items } = await sql<Incident>`${source()} order by 1 desc limit 500`.execute(ctx.db);
  return { items, nextCursor: null };

  function source(): RawBuilder<unknown> {
    if (query.kind === 'missing' || query.kind === 'damaged')
      return sql`select k.counted_at as at, ${pack}, coalesce(i.name, '') || ' ' || k.found || '/' || k.expected || case when k.damaged > 0 then ' (' || k.damaged || ')' else '' end || case when k.note = '' then '' else ' ' || k.note end as detail,
          s.name as person, i.price_fen * greatest(k.expected - k.found, k.damaged) as cost_fen
        from cssd_count k join cssd_pack p on p.id = k.pack_id ${joins} left join cssd_instrument_type i on i.id = k.instrument_type_id join staff s on s.id = k.counted_by
        where k.discrepancy = ${query.kind} and ${within(sql`k.counted_at`)} ${mine}`;
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
