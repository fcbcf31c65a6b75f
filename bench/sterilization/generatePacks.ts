import type { Pool } from 'pg';

/** Kinds of the events of one circulation, in order. */
const KINDS = [
  'collected',
  'counted',
  'washing',
  'washed',
  'dried',
  'inspected',
  'packed',
  'loaded',
  'sterilized',
  'released',
  'dispatched',
  'received',
  'used',
];

/**
 * Fills `events` synthetic pack events by SQL over five years: one circulation per 13 events, 20 packs a load, the
 * centre's trays and 600 coded instruments in turn, each used pack on one of 40,000 patients. The newest packs stand
 * unused at the sites, so that a recall has something to find.
 */
export async function generatePacks(
  pool: Pool,
  centerId: string,
  events: number,
): Promise<{ packs: number; loads: number }> {
  const packs = Math.ceil(events / KINDS.length);
  const loads = Math.ceil(packs / 20);
  const client = await pool.connect();
  const run = (text: string, values: unknown[] = []) => client.query(text, values);
  try {
    await run(`set session_replication_role = replica`); // foreign keys and guards hold by construction
    await run(`set synchronous_commit = off`);
    await run(`set maintenance_work_mem = '512MB'`);
    // Built once after the rows instead of row by row; the same index as the migration makes.
    await run(`drop index cssd_pack_event_pack_id_id_idx`);
    await run(
      `insert into patient (name, name_pinyin, sex, birth_date) select '患者' || n, 'huanzhe' || n, (array['M','F'])[1 + n % 2]::sex, date '1930-01-01' + n % 30000 from generate_series(1, 40000) n`,
    );
    await run(`create temp table person as select id, row_number() over (order by id) - 1 as n from patient`);
    await run(
      `create temp table site as select id, row_number() over (order by code) - 1 as n from institution where kind in ('township', 'community')`,
    );
    await run(`create temp table tray as select t.id, t.set_type_id, v.id as version_id, v.packaging_material_id as material, row_number() over (order by t.code) - 1 as n
      from cssd_tray t join cssd_set_type_version v on v.set_type_id = t.set_type_id`);
    await run(`create temp table worker as select id from staff where username = 'cssd1'`);
    await run(
      `insert into cssd_instrument (institution_id, code, instrument_type_id) select $1, 'BENCH-I-' || n, (select id from cssd_instrument_type order by code limit 1) from generate_series(1, 600) n`,
      [centerId],
    );
    await run(
      `create temp table tool as select id, row_number() over (order by code) - 1 as n from cssd_instrument where code like 'BENCH-I-%'`,
    );
    await run(
      `create temp table run as select uuidv7() as id, uuidv7() as wash_id, uuidv7() as release_id, g as n, now() - ($1 - g) * interval '5 years' / $1 as at from generate_series(1, $1::int) g`,
      [loads],
    );
    for (const column of ['person (n)', 'site (n)', 'tray (n)', 'tool (n)', 'run (n)'])
      await run(`create index on ${column}`);
    await run(`analyze person, site, tray, tool, run`);
    await run(
      `insert into cssd_load (id, number, machine_id, programme_id, purpose, method, run_of_day, state, started_at, started_by, ended_at)
       select r.id, 'BENCH-' || r.n, m.id, p.id, 'production', 'steam-gravity', r.n, 'released', r.at, w.id, r.at + interval '50 min'
       from run r cross join worker w join cssd_machine m on m.code = (array['S1', 'S2'])[1 + r.n % 2] and m.institution_id = $1 join cssd_programme p on p.machine_id = m.id and p.code = 'S134'`,
      [centerId],
    );
    await run(
      `insert into cssd_cycle (load_id, source, parameters, physical_outcome, recorded_by) select r.id, 'entered', '{"holdS":300}', 'pass', w.id from run r cross join worker w`,
    );
    await run(
      `insert into cssd_indicator (load_id, kind, outcome, control, placed_at, placed_by, read_at, read_by) select r.id, 'biological', 'pass', 'growth', r.at, w.id, r.at + interval '1 day', w.id from run r cross join worker w where r.n % 15 < 2`,
    );
    await run(
      `insert into cssd_wash_load (id, number, machine_id, programme_id, started_at, started_by, ended_at, ended_by, a0, outcome)
       select r.wash_id, 'BENCH-W' || r.n, m.id, p.id, r.at - interval '4 h', w.id, r.at - interval '3 h', w.id, 700, 'pass' from run r cross join worker w join cssd_machine m on m.code = 'W1' and m.institution_id = $1 join cssd_programme p on p.machine_id = m.id and p.code = 'P1'`,
      [centerId],
    );
    await run(`insert into cssd_release (id, load_id, kind, has_implant, biological_required, physical_outcome, outer_indicator_id, outer_outcome, released_at, released_by, document_sha256, record_sha256)
      select r.release_id, r.id, 'normal', false, false, 'pass', r.id, 'pass', r.at + interval '1 h', w.id, repeat('0', 64), repeat('0', 64) from run r cross join worker w`);
    await run(
      `create temp table bundle as select uuidv7() as id, g as n, 1 + (g - 1) / 20 as load_n, g % (select count(*) from tray) as tray_n, g % (select count(*) from site) as site_n, (g * 7919::bigint) % 40000 as person_n, g <= $1 - 4000 as spent from generate_series(1, $1::int) g`,
      [packs],
    );
    await run(`create index on bundle (n)`);
    await run(
      `insert into cssd_pack (id, code, center_id, set_type_id, set_type_version_id, tray_id, owner_institution_id, state, collected_at, wash_load_id, packaging_material_id, packed_at, packed_by, checked_by, load_id, sterilized_on, expires_on, release_id, location_id, ready_at, cost_fen)
       select b.id, 'P' || lpad(b.n::text, 13, '0'), $1, t.set_type_id, t.version_id, case when b.spent then t.id end, s.id, case when b.spent then 'used' else 'received' end, r.at - interval '6 h', r.wash_id, t.material, r.at - interval '1 h', w.id, w.id, r.id, r.at::date, r.at::date + 180, r.release_id, s.id, r.at + interval '1 h', 970
       from bundle b join run r on r.n = b.load_n join tray t on t.n = b.tray_n join site s on s.n = b.site_n cross join worker w`,
      [centerId],
    );
    await run(`insert into cssd_use (pack_id, load_id, expires_on, patient_id, visit, institution_id, used_at, used_by, inner_outcome)
      select b.id, r.id, r.at::date + 180, p.id, 'V' || b.n, s.id, r.at + interval '2 days', w.id, 'pass' from bundle b join run r on r.n = b.load_n join person p on p.n = b.person_n join site s on s.n = b.site_n cross join worker w where b.spent`);
    await run(
      `insert into cssd_pack_instrument (pack_id, instrument_id) select b.id, t.id from bundle b join tool t on t.n = b.n % 600`,
    );
    await run(
      `insert into cssd_pack_event (pack_id, kind, at, staff_id, institution_id, load_id)
       select b.id, k.kind, r.at + (k.step - 8) * interval '30 min', w.id, $1, case when k.step >= 8 then r.id end
       from bundle b join run r on r.n = b.load_n cross join worker w cross join unnest($2::text[]) with ordinality k (kind, step) where b.spent or k.kind <> 'used'`,
      [centerId, KINDS],
    );
    await run(`create index cssd_pack_event_pack_id_id_idx on cssd_pack_event (pack_id, id)`);
    await run(`set session_replication_role = default`);
    // What autovacuum does within minutes, and the end of the fill's own writing: what follows is measured, not the fill.
    await run(
      `vacuum (freeze, analyze) cssd_pack, cssd_pack_event, cssd_use, cssd_pack_instrument, cssd_load, cssd_indicator, cssd_release, cssd_cycle, cssd_wash_load`,
    );
    await run(`checkpoint`);
  } finally {
    client.release();
  }
  return { packs, loads };
}
