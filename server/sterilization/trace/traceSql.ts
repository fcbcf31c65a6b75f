import { sql, type RawBuilder } from 'kysely';

/** What one circulation says of itself in every trace: set, load, cycle, release, use, and who had it in hand. */
export interface TraceRow {
  packId: string;
  code: string;
  setName: string;
  trayCode: string | null;
  state: string;
  sterilizedOn: string | null;
  expiresOn: string | null;
  loadId: string | null;
  loadNumber: string | null;
  loadState: string | null;
  machine: string | null;
  programme: string | null;
  physicalOutcome: string | null;
  biologicalOutcome: string | null;
  washNumber: string | null;
  washA0: number | null;
  packedBy: string | null;
  checkedBy: string | null;
  operator: string | null;
  releasedBy: string | null;
  releaseKind: string | null;
  patientId: string | null;
  patientName: string | null;
  visit: string | null;
  procedureName: string | null;
  usedAt: Date | null;
  institutionName: string | null;
  usedBy: string | null;
}

// Names are looked up row by row, not joined: with a dozen joins the planner thinks longer than the answer takes.
const columns = sql`
  p.id as pack_id, p.code, (select name from cssd_set_type where id = p.set_type_id) as set_name, (select code from cssd_tray where id = p.tray_id) as tray_code,
  p.state, p.sterilized_on::text as sterilized_on, p.expires_on::text as expires_on, l.id as load_id, l.number as load_number, l.state as load_state,
  (select code from cssd_machine where id = l.machine_id) as machine, (select name from cssd_programme where id = l.programme_id) as programme,
  (select physical_outcome from cssd_cycle where load_id = l.id) as physical_outcome,
  (select i.outcome from cssd_indicator i where i.load_id = l.id and i.kind = 'biological' and i.pack_id is null order by i.outcome = 'fail' desc, i.outcome = 'pass' desc limit 1) as biological_outcome,
  (select number from cssd_wash_load where id = p.wash_load_id) as wash_number, (select a0 from cssd_wash_load where id = p.wash_load_id) as wash_a0,
  (select name from staff where id = p.packed_by) as packed_by, (select name from staff where id = p.checked_by) as checked_by, (select name from staff where id = l.started_by) as operator,
  (select s.name from cssd_release r join staff s on s.id = r.released_by where r.id = p.release_id) as released_by, (select kind from cssd_release where id = p.release_id) as release_kind,
  u.patient_id, (select name from patient where id = u.patient_id) as patient_name, u.visit, u.procedure_name, u.used_at,
  (select short_name from institution where id = coalesce(u.institution_id, p.location_id)) as institution_name, (select name from staff where id = u.used_by) as used_by`;

/** From a patient backwards: every pack used on him. */
export const packsOfPatient = (patientId: string, limit: number): RawBuilder<TraceRow> => sql<TraceRow>`
  select ${columns} from cssd_use u join cssd_pack p on p.id = u.pack_id left join cssd_load l on l.id = p.load_id
  where u.patient_id = ${patientId} order by u.used_at desc limit ${limit}`;

const alongUse = sql`left join cssd_load l on l.id = p.load_id left join cssd_use u on u.pack_id = p.id`;

/** From an instrument forwards: every circulation it was in, and the patient of each. */
export const packsOfInstrument = (instrumentId: string, limit: number): RawBuilder<TraceRow> => sql<TraceRow>`
  select ${columns} from cssd_pack_instrument pi join cssd_pack p on p.id = pi.pack_id ${alongUse}
  where pi.instrument_id = ${instrumentId} order by p.id desc limit ${limit}`;

export const packsOfTray = (trayId: string, limit: number): RawBuilder<TraceRow> =>
  sql<TraceRow>`select ${columns} from cssd_pack p ${alongUse} where p.tray_id = ${trayId} order by p.id desc limit ${limit}`;

export const packsOfLoad = (loadId: string, limit: number): RawBuilder<TraceRow> =>
  sql<TraceRow>`select ${columns} from cssd_pack p ${alongUse} where p.load_id = ${loadId} order by p.code limit ${limit}`;

export const packsOfImplant = (
  gtin: string,
  lot: string | null,
  limit: number,
): RawBuilder<TraceRow> => sql<TraceRow>`
  select ${columns} from cssd_pack_implant im join cssd_pack p on p.id = im.pack_id ${alongUse}
  where im.gtin = ${gtin} and (${lot}::text is null or im.lot = ${lot}) order by p.id desc limit ${limit}`;

export const onePack = (packId: string): RawBuilder<TraceRow> =>
  sql<TraceRow>`select ${columns} from cssd_pack p ${alongUse} where p.id = ${packId}`;

export interface EventRow {
  packId: string;
  kind: string;
  at: Date;
  deviceAt: Date | null;
  staff: string;
  institution: string;
  station: string;
  machine: string | null;
  detail: Record<string, unknown>;
}

/** Events of these packs in the server's order. */
export const eventsOf = (packIds: string[]): RawBuilder<EventRow> => sql<EventRow>`
  select e.pack_id, e.kind, e.at, e.device_at, s.name as staff, o.short_name as institution, e.station, m.code as machine, e.detail
  from cssd_pack_event e join staff s on s.id = e.staff_id join institution o on o.id = e.institution_id left join cssd_machine m on m.id = e.machine_id
  where e.pack_id = any(${packIds}::uuid[]) order by e.id limit 20000`;

export interface InstrumentRow {
  packId: string;
  code: string;
  name: string;
  kind: 'instrument' | 'implant';
  lot: string;
}

export const instrumentsOf = (packIds: string[]): RawBuilder<InstrumentRow> => sql<InstrumentRow>`
  select pi.pack_id, i.code, t.name, 'instrument' as kind, i.lot from cssd_pack_instrument pi join cssd_instrument i on i.id = pi.instrument_id
    join cssd_instrument_type t on t.id = i.instrument_type_id where pi.pack_id = any(${packIds}::uuid[])
  union all select im.pack_id, im.gtin || case when im.serial_number = '' then '' else ' / ' || im.serial_number end, im.gtin, 'implant', im.lot
    from cssd_pack_implant im where im.pack_id = any(${packIds}::uuid[])`;
