import type { Queryable } from '../../core/database.ts';
import {
  loadsByIds,
  namesOf,
  packsByIds,
  resultsOfLoads,
  usesOfPacks,
  washLoadsByIds,
  type LoadResult,
  type TraceRow,
} from './traceSql.ts';

/**
 * Everything a trace says of these packs, in the order given. Reads each table once for the whole set (six statements
 * whatever the number of packs), so that neither planning nor row-by-row look-ups grow with the answer.
 */
export async function describePacks(db: Queryable, ids: string[]): Promise<TraceRow[]> {
  if (ids.length === 0) return [];
  const [packRows, useRows] = await Promise.all([packsByIds(ids).execute(db), usesOfPacks(ids).execute(db)]);
  const packs = new Map(packRows.rows.map((row) => [row.id, row]));
  const uses = new Map(useRows.rows.map((row) => [row.packId, row]));
  const loadIds = distinct(packRows.rows.map((pack) => pack.loadId));
  const [loadRows, resultRows, washRows] = await Promise.all([
    loadsByIds(loadIds).execute(db),
    resultsOfLoads(loadIds).execute(db),
    washLoadsByIds(distinct(packRows.rows.map((pack) => pack.washLoadId))).execute(db),
  ]);
  const loads = new Map(loadRows.rows.map((row) => [row.id, row]));
  const washes = new Map(washRows.rows.map((row) => [row.id, row]));
  const physical = new Map<string, string>();
  const biological = new Map<string, string>();
  const releases = new Map<string, LoadResult>();
  for (const row of resultRows.rows) {
    if (row.kind === 'physical') physical.set(row.loadId, row.value);
    else if (row.kind === 'release') releases.set(row.loadId, row);
    else if (weight(row.value) > weight(biological.get(row.loadId))) biological.set(row.loadId, row.value);
  }
  const { rows: names } = await namesOf({
    setType: distinct(packRows.rows.map((pack) => pack.setTypeId)),
    tray: distinct(packRows.rows.map((pack) => pack.trayId)),
    machine: distinct(loadRows.rows.map((load) => load.machineId)),
    programme: distinct(loadRows.rows.map((load) => load.programmeId)),
    staff: distinct([
      ...packRows.rows.flatMap((pack) => [pack.packedBy, pack.checkedBy]),
      ...loadRows.rows.map((load) => load.startedBy),
      ...resultRows.rows.map((row) => row.by),
      ...useRows.rows.map((use) => use.usedBy),
    ]),
    institution: distinct([
      ...packRows.rows.map((pack) => pack.locationId),
      ...useRows.rows.map((use) => use.institutionId),
    ]),
    patient: distinct(useRows.rows.map((use) => use.patientId)),
  }).execute(db);
  const named = new Map(names.map((row) => [row.id, row.name]));
  const name = (id: string | null | undefined) => (id ? (named.get(id) ?? null) : null);
  return ids.flatMap((id) => {
    const pack = packs.get(id);
    if (!pack) return [];
    const use = uses.get(id);
    const load = pack.loadId ? loads.get(pack.loadId) : undefined;
    const release = load && pack.releaseId ? releases.get(load.id) : undefined;
    const wash = pack.washLoadId ? washes.get(pack.washLoadId) : undefined;
    return [
      {
        packId: pack.id,
        code: pack.code,
        setName: name(pack.setTypeId) ?? '',
        trayCode: name(pack.trayId),
        state: pack.state,
        sterilizedOn: pack.sterilizedOn,
        expiresOn: pack.expiresOn,
        loadId: load?.id ?? null,
        loadNumber: load?.number ?? null,
        loadState: load?.state ?? null,
        machine: name(load?.machineId),
        programme: name(load?.programmeId),
        physicalOutcome: load ? (physical.get(load.id) ?? null) : null,
        biologicalOutcome: load ? (biological.get(load.id) ?? null) : null,
        washNumber: wash?.number ?? null,
        washA0: wash?.a0 ?? null,
        packedBy: name(pack.packedBy),
        checkedBy: name(pack.checkedBy),
        operator: name(load?.startedBy),
        releasedBy: name(release?.by),
        releaseKind: release?.value ?? null,
        patientId: use?.patientId ?? null,
        patientName: name(use?.patientId),
        visit: use?.visit ?? null,
        procedureName: use?.procedureName ?? null,
        usedAt: use?.usedAt ?? null,
        institutionName: name(use?.institutionId ?? pack.locationId),
        usedBy: name(use?.usedBy),
      },
    ];
  });
}

const distinct = (ids: (string | null)[]): string[] => [...new Set(ids.filter((id) => id !== null))];

/** Of several indicators of a load the worst counts, and a read one before one that is still pending. */
const weight = (outcome: string | undefined): number =>
  outcome === 'fail' ? 3 : outcome === 'pass' ? 2 : outcome === undefined ? 0 : 1;
