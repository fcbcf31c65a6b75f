import { sql, type RawBuilder } from 'kysely';
import { can, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import { forbidden, notFound } from '../../core/errors.ts';
import { readScope } from '../access.ts';
import { looksLikeGs1, parseGs1 } from '../formats/gs1.ts';
import { findPackId } from '../packs.ts';
import { describePacks } from './describePacks.ts';
import {
  eventsOf,
  instrumentsOf,
  packIdsOfImplant,
  packIdsOfInstrument,
  packIdsOfLoad,
  packIdsOfPatient,
  packIdsOfTray,
  packIdsOfWashLoad,
  type EventRow,
  type InstrumentRow,
  type TraceRow,
} from './traceSql.ts';

const LIMIT = 5000;

export interface Trace {
  subject: {
    kind: 'patient' | 'instrument' | 'tray' | 'implant' | 'load' | 'wash-load' | 'pack';
    id: string;
    label: string;
  };
  packs: (TraceRow & { instruments: InstrumentRow[]; events: EventRow[] })[];
  truncated: boolean;
}

/** From a patient backwards: every pack, instrument, load, cycle and person. Reading is audited with the patient. */
export async function tracePatient(
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  patientId: string,
): Promise<Trace> {
  const scope = await readScope(ctx.db, actor);
  const patient = await ctx.db
    .selectFrom('patient')
    .select(['id', 'name'])
    .where('id', '=', patientId)
    .executeTakeFirst();
  if (!patient) throw notFound('patient', patientId);
  const rows = await rowsOf(ctx.db, packIdsOfPatient(patientId, LIMIT));
  // A site traces only the patients it has used packs on itself.
  if (scope.institutionId) {
    const own = await ctx.db
      .selectFrom('cssdUse')
      .select('packId')
      .where('patientId', '=', patientId)
      .where('institutionId', '=', scope.institutionId)
      .executeTakeFirst();
    if (!own) throw notFound('patient', patientId);
  }
  await recordAudit(ctx.db, actor, {
    action: 'sterilization.trace',
    subjectType: 'patient',
    subjectId: patientId,
    patientId,
    detail: { packs: rows.length },
  });
  return complete(ctx.db, { kind: 'patient', id: patientId, label: patient.name }, rows);
}

/**
 * From whatever was scanned, forwards: a pack, an instrument, a tray, an implant's UDI or a load number, to every patient.
 */
export async function traceCode(ctx: Pick<Context, 'db'>, actor: Actor, code: string): Promise<Trace> {
  const scope = await readScope(ctx.db, actor);
  const found = await resolve(ctx.db, code.trim());
  let { rows } = found;
  if (scope.institutionId) {
    rows = await visibleToSite(ctx.db, rows, scope.institutionId);
    if (rows.length === 0) throw notFound('code', code.slice(0, 60));
  }
  if (rows.some((row) => row.patientId !== null) && !can(actor, 'patient.read'))
    throw forbidden('tracing to patients needs the right patient.read');
  await recordAudit(ctx.db, actor, {
    action: 'sterilization.trace',
    subjectType: `cssd-${found.subject.kind}`,
    subjectId: found.subject.id,
    detail: { code: code.slice(0, 100), packs: rows.length },
  });
  return complete(ctx.db, found.subject, rows);
}

async function resolve(
  db: Queryable,
  code: string,
): Promise<{ subject: Trace['subject']; rows: TraceRow[] }> {
  const gs1 = looksLikeGs1(code) ? parseGs1(code) : undefined;
  const candidates = [
    code,
    gs1?.grai,
    gs1?.giai,
    gs1?.gtin && gs1.serialNumber ? `${gs1.gtin}.${gs1.serialNumber}` : undefined,
  ].filter((one) => one !== undefined);
  if (/^P\d{8,14}$/.test(code)) {
    const id = await findPackId(db, code);
    return { subject: { kind: 'pack', id, label: code }, rows: await describePacks(db, [id]) };
  }
  const instrument = await db
    .selectFrom('cssdInstrument')
    .innerJoin('cssdInstrumentType', 'cssdInstrumentType.id', 'cssdInstrument.instrumentTypeId')
    .select(['cssdInstrument.id', 'cssdInstrument.code', 'cssdInstrumentType.name'])
    .where('cssdInstrument.code', 'in', candidates)
    .executeTakeFirst();
  if (instrument)
    return {
      subject: { kind: 'instrument', id: instrument.id, label: `${instrument.name} ${instrument.code}` },
      rows: await rowsOf(db, packIdsOfInstrument(instrument.id, LIMIT)),
    };
  const tray = await db
    .selectFrom('cssdTray')
    .select(['id', 'code'])
    .where('code', 'in', candidates)
    .executeTakeFirst();
  if (tray)
    return {
      subject: { kind: 'tray', id: tray.id, label: tray.code },
      rows: await rowsOf(db, packIdsOfTray(tray.id, LIMIT)),
    };
  const load = await db
    .selectFrom('cssdLoad')
    .select(['id', 'number'])
    .where('number', '=', code)
    .executeTakeFirst();
  if (load)
    return {
      subject: { kind: 'load', id: load.id, label: load.number },
      rows: await rowsOf(db, packIdsOfLoad(load.id, LIMIT)),
    };
  const wash = await db
    .selectFrom('cssdWashLoad')
    .select(['id', 'number'])
    .where('number', '=', code)
    .executeTakeFirst();
  if (wash)
    return {
      subject: { kind: 'wash-load', id: wash.id, label: wash.number },
      rows: await rowsOf(db, packIdsOfWashLoad(wash.id, LIMIT)),
    };
  if (gs1?.gtin) {
    const rows = await rowsOf(db, packIdsOfImplant(gs1.gtin, gs1.lot ?? null, LIMIT));
    if (rows.length > 0)
      return {
        subject: { kind: 'implant', id: gs1.gtin, label: `${gs1.gtin} ${gs1.lot ?? ''}`.trim() },
        rows,
      };
  }
  throw notFound('code', code.slice(0, 60));
}

const rowsOf = async (db: Queryable, ids: RawBuilder<{ id: string }>): Promise<TraceRow[]> =>
  describePacks(
    db,
    (await ids.execute(db)).rows.map((row) => row.id),
  );

/** A site sees packs that it owns, holds, used or that were on their way to it. */
async function visibleToSite(db: Queryable, rows: TraceRow[], institutionId: string): Promise<TraceRow[]> {
  if (rows.length === 0) return rows;
  const { rows: visible } = await sql<{ id: string }>`
    select p.id from cssd_pack p where p.id = any(${rows.map((row) => row.packId)}::uuid[])
      and (p.owner_institution_id = ${institutionId} or p.location_id = ${institutionId}
        or exists (select from cssd_use u where u.pack_id = p.id and u.institution_id = ${institutionId}))`.execute(
    db,
  );
  const ids = new Set(visible.map((row) => row.id));
  return rows.filter((row) => ids.has(row.packId));
}

async function complete(db: Queryable, subject: Trace['subject'], rows: TraceRow[]): Promise<Trace> {
  const ids = rows.map((row) => row.packId);
  const detailed = ids.slice(0, 60); // histories of the latest; the list itself is whole
  const [{ rows: events }, { rows: instruments }] = await Promise.all([
    eventsOf(detailed).execute(db),
    instrumentsOf(detailed).execute(db),
  ]);
  const byPack = <T extends { packId: string }>(all: T[]) => Map.groupBy(all, (one) => one.packId);
  const eventsByPack = byPack(events);
  const instrumentsByPack = byPack(instruments);
  return {
    subject,
    packs: rows.map((row) => ({
      ...row,
      events: eventsByPack.get(row.packId) ?? [],
      instruments: instrumentsByPack.get(row.packId) ?? [],
    })),
    truncated: rows.length >= LIMIT,
  };
}
