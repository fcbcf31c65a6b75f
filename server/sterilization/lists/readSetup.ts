import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { centerOf } from '../access.ts';

/** What only the centre itself edits: all programmes with their limits, print-out profiles and sources, cost rates, hours. */
export async function readSetup(ctx: Pick<Context, 'db'>, actor: Actor) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const { rows: machines } = await sql<Record<string, unknown>>`
    select m.code, m.name, m.kind, m.method, m.status, m.manufacturer, m.model, m.serial_number,
      coalesce((select jsonb_agg(jsonb_build_object('code', g.code, 'name', g.name, 'purpose', g.purpose, 'setTemperatureC', g.set_temperature_c, 'bandC', g.band_c, 'minHoldS', g.min_hold_s,
        'minPressureKpa', g.min_pressure_kpa, 'maxPressureKpa', g.max_pressure_kpa, 'minConcentrationMgL', g.min_concentration_mg_l, 'minHumidityPercent', g.min_humidity_percent,
        'maxLeakKpaMin', g.max_leak_kpa_min, 'minA0', g.min_a0, 'biologicalEvery', g.biological_every, 'infectiousRoute', g.infectious_route, 'minutes', g.minutes, 'active', g.active) order by g.active desc, g.code)
        from cssd_programme g where g.machine_id = m.id), '[]') as programmes
    from cssd_machine m where m.institution_id = ${centerId} order by m.kind desc, m.code limit 200`.execute(
    ctx.db,
  );
  const profiles = await ctx.db
    .selectFrom('cssdPrintProfile')
    .select(['code', 'name', 'encoding', 'rules', 'createdAt'])
    .orderBy('code')
    .limit(200)
    .execute();
  const { rows: sources } = await sql<Record<string, unknown>>`
    select s.id, s.kind, s.address, s.active, m.code as machine, p.code as profile,
      (select max(o.received_at) from cssd_print_out o where o.machine_id = m.id and o.source = s.kind) as last_at
    from cssd_print_source s join cssd_machine m on m.id = s.machine_id join cssd_print_profile p on p.id = s.profile_id
    where m.institution_id = ${centerId} order by m.code limit 200`.execute(ctx.db);
  const { rows: rates } = await sql<Record<string, unknown>>`
    select r.id, r.component, r.method, r.amount_fen, r.valid_from::text as valid_from, t.code as set_type_code, t.name as set_name
    from cssd_cost_rate r left join cssd_set_type t on t.id = r.set_type_id
    where r.institution_id = ${centerId} order by r.component, r.valid_from desc, t.code limit 500`.execute(
    ctx.db,
  );
  const { rows: materials } = await sql<Record<string, unknown>>`
    select m.code, m.name, m.name_en, m.shelf_life_days, m.shelf_life_days_uncontrolled, m.active,
      (select count(distinct v.set_type_id)::int from cssd_set_type_version v where v.packaging_material_id = m.id) as set_types
    from cssd_packaging_material m order by m.active desc, m.code limit 200`.execute(ctx.db);
  const { rows: instrumentTypes } = await sql<Record<string, unknown>>`
    select t.code, t.name, t.name_en, t.gtin, t.price_fen, t.picture_sha256, t.active,
      (select count(*)::int from cssd_instrument i where i.instrument_type_id = t.id) as coded
    from cssd_instrument_type t where t.institution_id = ${centerId} order by t.active desc, t.code limit 2000`.execute(
    ctx.db,
  );
  const calendars = await ctx.db
    .selectFrom('turnaroundCalendar')
    .select(['code', 'name'])
    .orderBy('code')
    .execute();
  const { rows: settings } = await sql<Record<string, unknown>>`
    select c.code as calendar, s.urgent_minutes, s.routine_minutes, s.overdue_days from cssd_center_setting s left join turnaround_calendar c on c.id = s.calendar_id where s.center_id = ${centerId}`.execute(
    ctx.db,
  );
  const setting = settings[0] ?? {
    calendar: null,
    urgentMinutes: 240,
    routineMinutes: 1440,
    overdueDays: 14,
  };
  return { machines, profiles, sources, rates, materials, instrumentTypes, calendars, setting };
}

/** A set type with all its versions: who changed what when, newest first. */
export async function readSetType(ctx: Pick<Context, 'db'>, actor: Actor, code: string) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const { rows: versions } = await sql<Record<string, unknown>>`
    select t.code, t.name, t.name_en, t.active, v.version, v.method, v.implant, v.wash_required, v.inner_indicator_class, v.weight_g, v.price_fen, v.picture_sha256, v.instructions,
      m.code as material, m.name as material_name, v.created_at, s.name as created_by, (select count(*)::int from cssd_pack p where p.set_type_version_id = v.id) as packs,
      coalesce((select jsonb_agg(jsonb_build_object('code', i.code, 'name', i.name, 'nameEn', i.name_en, 'quantity', c.quantity, 'pictureSha256', i.picture_sha256) order by c.position)
        from cssd_set_type_content c join cssd_instrument_type i on i.id = c.instrument_type_id where c.set_type_version_id = v.id), '[]') as contents
    from cssd_set_type t join cssd_set_type_version v on v.set_type_id = t.id join cssd_packaging_material m on m.id = v.packaging_material_id left join staff s on s.id = v.created_by
    where t.institution_id = ${centerId} and t.code = ${code} order by v.version desc limit 100`.execute(
    ctx.db,
  );
  if (versions.length === 0) throw notFound('set type', code);
  return { code, versions };
}
