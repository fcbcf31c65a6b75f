import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';

/** Set types with their latest version and list, machines with programmes, materials, routes: what forms choose from. */
export async function readCatalogue(db: Queryable) {
  const { rows: setTypes } = await sql<Record<string, unknown>>`
    select t.id, t.code, t.name, t.name_en, t.active, v.version, v.method, v.implant, v.wash_required, v.inner_indicator_class, v.weight_g, v.price_fen, v.picture_sha256, v.instructions,
      m.code as material, m.name as material_name,
      coalesce((select jsonb_agg(jsonb_build_object('code', i.code, 'name', i.name, 'nameEn', i.name_en, 'quantity', c.quantity) order by c.position)
        from cssd_set_type_content c join cssd_instrument_type i on i.id = c.instrument_type_id where c.set_type_version_id = v.id), '[]') as contents
    from cssd_set_type t join lateral (select * from cssd_set_type_version v where v.set_type_id = t.id order by version desc limit 1) v on true
    join cssd_packaging_material m on m.id = v.packaging_material_id order by t.code limit 1000`.execute(db);
  const { rows: machines } = await sql<Record<string, unknown>>`
    select m.id, m.code, m.name, m.kind, m.method, m.status, m.manufacturer, m.model,
      (select jsonb_agg(jsonb_build_object('code', g.code, 'name', g.name, 'purpose', g.purpose, 'minutes', g.minutes, 'setTemperatureC', g.set_temperature_c, 'bandC', g.band_c, 'minHoldS', g.min_hold_s,
        'minA0', g.min_a0, 'biologicalEvery', g.biological_every, 'infectiousRoute', g.infectious_route) order by g.code) from cssd_programme g where g.machine_id = m.id and g.active) as programmes
    from cssd_machine m order by m.kind desc, m.code limit 200`.execute(db);
  const materials = await db
    .selectFrom('cssdPackagingMaterial')
    .selectAll()
    .where('active', '=', true)
    .orderBy('code')
    .execute();
  const { rows: routes } = await sql<Record<string, unknown>>`
    select r.id, r.code, r.name, r.departs_at::text as departs_at, r.weekdays,
      (select jsonb_agg(jsonb_build_object('code', i.code, 'name', i.short_name) order by s.position) from cssd_route_stop s join institution i on i.id = s.institution_id where s.route_id = r.id) as stops
    from cssd_route r order by r.code limit 100`.execute(db);
  const instrumentTypes = await db
    .selectFrom('cssdInstrumentType')
    .select(['code', 'name', 'nameEn', 'gtin', 'pictureSha256', 'priceFen'])
    .where('active', '=', true)
    .orderBy('code')
    .limit(2000)
    .execute();
  return { setTypes, machines, materials, routes, instrumentTypes };
}
