import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../../core/http.ts';
import { centerOf } from '../access.ts';
import { describePacks } from '../trace/describePacks.ts';
import { packIdsOfLoad } from '../trace/traceSql.ts';

export const listLoadsQuery = pageQuery.extend({
  kind: z.enum(['sterilization', 'wash']).default('sterilization'),
  /** `open` = running, or ended and not yet released. */
  state: z.enum(['open', 'all']).default('open'),
  machine: z.string().max(40).optional(),
});

/** Sterilization or wash loads of the centre, newest first. */
export async function listLoads(
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  query: z.output<typeof listLoadsQuery>,
) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const after = decodeCursor(query.cursor, 2);
  const wash = query.kind === 'wash';
  const table = wash ? sql`cssd_wash_load` : sql`cssd_load`;
  const open = wash
    ? sql<boolean>`l.outcome = 'pending'`
    : sql<boolean>`(l.state = 'running' or l.state = 'ended' and l.purpose = 'production')`;
  const where = [sql<boolean>`m.institution_id = ${centerId}`];
  if (query.state === 'open') where.push(open);
  if (query.machine) where.push(sql<boolean>`m.code = ${query.machine}`);
  if (after) where.push(sql<boolean>`(l.started_at, l.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const own = wash
    ? sql`l.outcome as state, 'wash' as purpose, null as method, false as has_implant, l.a0, l.outcome as physical_outcome, null as biological_outcome, null as outer_outcome, null as release_kind,
        (select count(*)::int from cssd_wash_load_pack wp where wp.wash_load_id = l.id) as packs`
    : sql`l.state, l.purpose, l.method, l.has_implant, null::numeric as a0, cy.physical_outcome,
        (select i.outcome from cssd_indicator i where i.load_id = l.id and i.kind = 'biological' and i.pack_id is null order by i.outcome limit 1) as biological_outcome,
        (select i.outcome from cssd_indicator i where i.load_id = l.id and i.kind = 'outer-chemical' and i.pack_id is null order by i.outcome limit 1) as outer_outcome,
        (select r.kind from cssd_release r where r.load_id = l.id) as release_kind,
        (select count(*)::int from cssd_pack p where p.load_id = l.id) as packs`;
  const { rows } = await sql<{
    id: string;
    number: string;
    machine: string;
    machineName: string;
    programme: string;
    minutes: number;
    startedAt: Date;
    cursorKey: string;
    endedAt: Date | null;
    operator: string;
    state: string;
    purpose: string;
    method: string | null;
    hasImplant: boolean;
    a0: number | null;
    physicalOutcome: string | null;
    biologicalOutcome: string | null;
    outerOutcome: string | null;
    releaseKind: string | null;
    packs: number;
  }>`
    select l.id, l.number, m.code as machine, m.name as machine_name, g.name as programme, g.minutes, l.started_at, l.started_at::text as cursor_key, l.ended_at, s.name as operator, ${own}
    from ${table} l join cssd_machine m on m.id = l.machine_id join cssd_programme g on g.id = l.programme_id join staff s on s.id = l.started_by
    left join cssd_cycle cy on ${wash ? sql`cy.wash_load_id` : sql`cy.load_id`} = l.id
    where ${sql.join(where, sql` and `)} order by l.started_at desc, l.id desc limit ${query.limit + 1}`.execute(
    ctx.db,
  );
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > query.limit && last ? encodeCursor([last.cursorKey, last.id]) : null,
  };
}

/** One sterilization load with cycle, curve, limits, indicators, packs and release. */
export async function readLoad(ctx: Pick<Context, 'db'>, actor: Actor, id: string) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const { rows } = await sql<Record<string, unknown>>`
    select l.id, l.number, l.state, l.purpose, l.method, l.has_implant, l.started_at, l.ended_at, l.run_of_day, m.code as machine, m.name as machine_name, m.status as machine_status,
      s.name as operator, row_to_json(g) as programme,
      case when cy.id is null then null else jsonb_build_object('source', cy.source, 'parameters', cy.parameters, 'curve', cy.curve, 'outcome', cy.physical_outcome, 'findings', cy.findings, 'printOutId', cy.print_out_id) end as cycle,
      case when r.id is null then null else jsonb_build_object('id', r.id, 'kind', r.kind, 'at', r.released_at, 'by', rs.name, 'reason', r.reason) end as release,
      case when f.release_id is null then null else jsonb_build_object('dueAt', f.due_at, 'reportedAt', f.reported_at, 'outcome', f.outcome, 'reportedTo', f.reported_to) end as follow_up
    from cssd_load l join cssd_machine m on m.id = l.machine_id join cssd_programme gp on gp.id = l.programme_id
    join lateral (select gp.code, gp.name, gp.purpose, gp.set_temperature_c as "setTemperatureC", gp.band_c as "bandC", gp.min_hold_s as "minHoldS", gp.min_pressure_kpa as "minPressureKpa",
      gp.max_pressure_kpa as "maxPressureKpa", gp.min_concentration_mg_l as "minConcentrationMgL", gp.biological_every as "biologicalEvery", gp.minutes) g on true
    join staff s on s.id = l.started_by left join cssd_cycle cy on cy.load_id = l.id left join cssd_release r on r.load_id = l.id left join staff rs on rs.id = r.released_by
    left join cssd_release_follow_up f on f.release_id = r.id where l.id = ${id} and m.institution_id = ${centerId}`.execute(
    ctx.db,
  );
  const load = rows[0];
  if (!load) throw notFound('load', id);
  const indicators = await ctx.db
    .selectFrom('cssdIndicator')
    .leftJoin('staff', 'staff.id', 'cssdIndicator.readBy')
    .select([
      'cssdIndicator.id',
      'kind',
      'lot',
      'outcome',
      'control',
      'packId',
      'readAt',
      'staff.name as readBy',
      'note',
    ])
    .where('loadId', '=', id)
    .orderBy('placedAt')
    .execute();
  const { rows: packIds } = await packIdsOfLoad(id, 500).execute(ctx.db);
  const packs = await describePacks(
    ctx.db,
    packIds.map((row) => row.id),
  );
  const tests = await ctx.db
    .selectFrom('cssdMachineTest')
    .innerJoin('staff', 'staff.id', 'cssdMachineTest.readBy')
    .select([
      'cssdMachineTest.id',
      'kind',
      'outcome',
      'leakKpaMin',
      'lot',
      'testedAt',
      'staff.name as readBy',
      'note',
    ])
    .where('loadId', '=', id)
    .orderBy('testedAt')
    .execute();
  return { ...load, indicators, packs, tests };
}
