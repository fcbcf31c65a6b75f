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

/** Many ids as one parameter: an array of hundreds costs the driver more than the answer. */
const list = (ids: string[]): RawBuilder<string[]> => sql`string_to_array(${ids.join(',')}, ',')::uuid[]`;

/** Which packs a subject leads to, newest first: index-only where the index knows the order. */
export const packIdsOfPatient = (patientId: string, limit: number): RawBuilder<{ id: string }> =>
  sql`select pack_id as id from cssd_use where patient_id = ${patientId} order by used_at desc limit ${limit}`;

export const packIdsOfInstrument = (instrumentId: string, limit: number): RawBuilder<{ id: string }> =>
  sql`select pack_id as id from cssd_pack_instrument where instrument_id = ${instrumentId} order by pack_id desc limit ${limit}`;

export const packIdsOfTray = (trayId: string, limit: number): RawBuilder<{ id: string }> =>
  sql`select id from cssd_pack where tray_id = ${trayId} order by id desc limit ${limit}`;

export const packIdsOfLoad = (loadId: string, limit: number): RawBuilder<{ id: string }> =>
  sql`select id from cssd_pack where load_id = ${loadId} order by code limit ${limit}`;

export const packIdsOfWashLoad = (washLoadId: string, limit: number): RawBuilder<{ id: string }> =>
  sql`select id from cssd_pack where wash_load_id = ${washLoadId} order by code limit ${limit}`;

export const packIdsOfImplant = (
  gtin: string,
  lot: string | null,
  limit: number,
): RawBuilder<{ id: string }> =>
  sql`select distinct pack_id as id from cssd_pack_implant where gtin = ${gtin} and (${lot}::text is null or lot = ${lot}) order by pack_id desc limit ${limit}`;

export interface PackFacts {
  id: string;
  code: string;
  state: string;
  setTypeId: string;
  trayId: string | null;
  sterilizedOn: string | null;
  expiresOn: string | null;
  loadId: string | null;
  washLoadId: string | null;
  releaseId: string | null;
  packedBy: string | null;
  checkedBy: string | null;
  locationId: string;
}
export interface UseFacts {
  packId: string;
  patientId: string | null;
  visit: string;
  procedureName: string;
  usedAt: Date;
  usedBy: string;
  institutionId: string;
}
export interface LoadFacts {
  id: string;
  number: string;
  state: string;
  machineId: string;
  programmeId: string;
  startedBy: string;
}
export interface LoadResult {
  loadId: string;
  /** `physical` and `biological` with an outcome, or `release` with its kind and who released. */
  kind: 'physical' | 'biological' | 'release';
  value: string;
  by: string | null;
}

// Whole sets of ids at once: a bitmap of heap pages in their order, read ahead, instead of one descent per row and name.
export const packsByIds = (ids: string[]): RawBuilder<PackFacts> => sql<PackFacts>`
  select id, code, state, set_type_id, tray_id, sterilized_on::text as sterilized_on, expires_on::text as expires_on, load_id, wash_load_id, release_id,
    packed_by, checked_by, location_id from cssd_pack where id = any(${list(ids)})`;

export const usesOfPacks = (ids: string[]): RawBuilder<UseFacts> => sql<UseFacts>`
  select pack_id, patient_id, visit, procedure_name, used_at, used_by, institution_id from cssd_use where pack_id = any(${list(ids)})`;

export const loadsByIds = (ids: string[]): RawBuilder<LoadFacts> => sql<LoadFacts>`
  select id, number, state, machine_id, programme_id, started_by from cssd_load where id = any(${list(ids)})`;

export const resultsOfLoads = (ids: string[]): RawBuilder<LoadResult> => sql<LoadResult>`
  select load_id, 'physical' as kind, physical_outcome as value, null::uuid as by from cssd_cycle where load_id = any(${list(ids)})
  union all select load_id, 'biological', outcome, null from cssd_indicator where load_id = any(${list(ids)}) and kind = 'biological' and pack_id is null
  union all select load_id, 'release', kind, released_by from cssd_release where load_id = any(${list(ids)})`;

export const washLoadsByIds = (
  ids: string[],
): RawBuilder<{ id: string; number: string; a0: number | null }> =>
  sql<{
    id: string;
    number: string;
    a0: number | null;
  }>`select id, number, a0 from cssd_wash_load where id = any(${list(ids)})`;

/** Names of everything else a trace speaks of, by id. */
export const namesOf = (ids: Record<NamedKind, string[]>): RawBuilder<{ id: string; name: string }> => sql<{
  id: string;
  name: string;
}>`
  select id, name from cssd_set_type where id = any(${list(ids.setType)})
  union all select id, code from cssd_tray where id = any(${list(ids.tray)})
  union all select id, code from cssd_machine where id = any(${list(ids.machine)})
  union all select id, name from cssd_programme where id = any(${list(ids.programme)})
  union all select id, name from staff where id = any(${list(ids.staff)})
  union all select id, short_name from institution where id = any(${list(ids.institution)})
  union all select id, name from patient where id = any(${list(ids.patient)})`;
export type NamedKind = 'setType' | 'tray' | 'machine' | 'programme' | 'staff' | 'institution' | 'patient';

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
  where e.pack_id = any(${list(packIds)}) order by e.id limit 20000`;

export interface InstrumentRow {
  packId: string;
  code: string;
  name: string;
  kind: 'instrument' | 'implant';
  lot: string;
}

export const instrumentsOf = (packIds: string[]): RawBuilder<InstrumentRow> => sql<InstrumentRow>`
  select pi.pack_id, i.code, t.name, 'instrument' as kind, i.lot from cssd_pack_instrument pi join cssd_instrument i on i.id = pi.instrument_id
    join cssd_instrument_type t on t.id = i.instrument_type_id where pi.pack_id = any(${list(packIds)})
  union all select im.pack_id, im.gtin || case when im.serial_number = '' then '' else ' / ' || im.serial_number end, im.gtin, 'implant', im.lot
    from cssd_pack_implant im where im.pack_id = any(${list(packIds)})`;
