import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { pinyin } from 'pinyin-pro';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { tags, type DataSet, type ElementList } from '../../standards/dicom/index.ts';
import { hubPatientNumber } from '../../core/patient/loadOrderPatient.ts';
import { likePattern, matchRange, matchText } from '../query/matching.ts';
import { plainModality } from './plainModality.ts';
import { studyUidOfOrder } from './studyUid.ts';

const MOST = 500;

/** The appointment; an order without one that still waits is due today, whatever the day it was written. */
const START = sql`coalesce(o.scheduled_at, greatest(o.created_at, date_trunc('day', now(), 'Asia/Shanghai')))`;
const LOCAL_START = sql`(${START} at time zone 'Asia/Shanghai')`;

interface EntryRow {
  id: string;
  accessionNumber: string;
  placerOrderNumber: string | null;
  itemName: string;
  modality: string | null;
  bodyPart: string | null;
  priority: string;
  scheduled: Date;
  patientId: string;
  name: string;
  sex: string;
  birthDate: string | null;
  hospitalNumber: string | null;
  requestedByName: string | null;
  institutionName: string;
  clinicalInfo: string | null;
  status: string;
}

/**
 * Modality worklist (PS3.4 Annex K): orders that wait to be examined at the institution of the device, matched by the
 * keys of the request. Emergencies come first, then by time.
 */
export async function findWorklistEntries(
  ctx: Pick<Context, 'db' | 'keys'>,
  actor: Actor,
  institutionId: string,
  identifier: DataSet,
): Promise<ElementList[]> {
  const step = identifier.sequence(tags.scheduledProcedureStepSequence)[0];
  const key = (tag: number, from: DataSet | undefined = identifier) => from?.strings(tag).join('\\') ?? '';
  const where: RawBuilder<SqlBool>[] = [sql<SqlBool>`o.performing_institution_id = ${institutionId}`];
  const add = (condition: RawBuilder<SqlBool> | undefined) => condition && where.push(condition);
  add(matchText(sql`o.accession_number`, key(tags.accessionNumber)));
  add(matchText(sql`o.accession_number`, key(tags.requestedProcedureId)));
  add(matchText(sql`o.placer_order_number`, key(tags.placerOrderNumber)));
  add(matchEntryName(key(tags.patientName)));
  add(
    matchStart(
      key(tags.scheduledProcedureStepStartDate, step),
      key(tags.scheduledProcedureStepStartTime, step),
    ),
  );
  const modality = key(tags.modality, step);
  if (modality && modality !== '*')
    add(
      sql<SqlBool>`o.modality = any(${modality.split('\\').flatMap((name) => [name, plainModality(name)])}::text[])`,
    );
  const patientId = key(tags.patientId);
  if (patientId && !/^[*]+$/.test(patientId)) add(matchEntryPatientId(ctx, patientId));
  const { rows } = await sql<EntryRow>`
    select o.id, o.accession_number, o.placer_order_number, o.item_name, o.modality, o.body_part, o.priority::text, ${START} as scheduled, p.id as patient_id, p.name, p.sex::text,
      p.birth_date, (select value_encrypted from patient_identifier pi where pi.patient_id = p.id and pi.type = 'mrn' and pi.issuer_id = o.requesting_institution_id order by pi.id desc limit 1) as hospital_number,
      r.requested_by_name, i.name as institution_name, r.clinical_info, o.status::text
    from orders o join patient p on p.id = o.patient_id join request r on r.id = o.request_id join institution i on i.id = o.requesting_institution_id
    where o.center_kind = 'imaging' and o.status in ('requested', 'acquired', 'returned') and ${sql.join(where, sql` and `)}
    order by o.lane, scheduled, o.id limit ${MOST}`.execute(ctx.db);
  await recordAudit(ctx.db, actor, { action: 'worklist.query', detail: { rows: rows.length } });
  const asked = modality.split('\\')[0] ?? '';
  return rows.map((row) =>
    entry(
      row,
      row.hospitalNumber ? ctx.keys.decrypt(row.hospitalNumber) : hubPatientNumber(row.patientId),
      asked,
      key(tags.scheduledStationAeTitle, step),
    ),
  );
}

/** Each component group that is asked for (`LIANG^DAYONG=梁^大勇`) must be the name or its pinyin. */
function matchEntryName(value: string): RawBuilder<SqlBool> | undefined {
  const groups = value
    .split('=')
    .map((group) => group.toLowerCase().replace(/[\^\s]+/g, ''))
    .filter((group) => group !== '' && !/^\*+$/.test(group))
    .slice(0, 3);
  if (groups.length === 0) return undefined;
  return sql<SqlBool>`(${sql.join(
    groups.map(
      (text) =>
        sql<SqlBool>`(lower(p.name) like ${likePattern(text)} or split_part(p.name_pinyin, ' ', 1) like ${likePattern(text)})`,
    ),
    sql` and `,
  )})`;
}

/**
 * Start date and time of an appointment; ranges of both together are one span (PS3.4 §K.2.2.2.1). An order without an
 * appointment is due whenever its patient comes, so it matches any time of its day.
 */
function matchStart(date: string, time: string): RawBuilder<SqlBool> | undefined {
  const day = matchRange(sql`to_char(${LOCAL_START}, 'YYYYMMDD')`, date);
  const range = /^(\d{0,6})(?:\.\d+)?-(\d{0,6})(?:\.\d+)?$/.exec(time.trim());
  const dates = /^(\d{8}|)-(\d{8}|)$/.exec(date.trim());
  const span = (edge: string, fill: string) => edge.padEnd(6, fill);
  if (range && dates) {
    const at = sql`to_char(${LOCAL_START}, 'YYYYMMDDHH24MISS')`;
    const parts = [
      ...(dates[1] ? [sql<SqlBool>`${at} >= ${dates[1] + span(range[1] ?? '', '0')}`] : []),
      ...(dates[2] ? [sql<SqlBool>`${at} <= ${dates[2] + span(range[2] ?? '', '9')}`] : []),
    ];
    return parts.length === 0
      ? undefined
      : sql<SqlBool>`((o.scheduled_at is null and ${day ?? sql<SqlBool>`true`}) or (${sql.join(parts, sql` and `)}))`;
  }
  const clock = matchRange(
    sql`to_char(${LOCAL_START}, 'HH24MISS')`,
    range
      ? `${range[1] ? span(range[1], '0') : ''}-${range[2] ? span(range[2], '9') : ''}`
      : time.trim().slice(0, 6),
  );
  const atTime = clock && sql<SqlBool>`(o.scheduled_at is null or ${clock})`;
  return day && atTime ? sql<SqlBool>`${day} and ${atTime}` : (day ?? atTime);
}

function matchEntryPatientId(ctx: Pick<Context, 'keys'>, value: string): RawBuilder<SqlBool> {
  const hashes = ['mrn', 'id-card', 'passport'].map((type) =>
    ctx.keys.lookup(`${type}:${type === 'mrn' ? value.trim() : value.trim().toUpperCase()}`),
  );
  const ownNumber = /^P([0-9A-F]{12})$/i.exec(value.trim())?.[1]?.toLowerCase() ?? '-';
  return sql<SqlBool>`(exists (select 1 from patient_identifier pi where pi.patient_id = p.id and pi.value_hash = any(${hashes}::text[])) or right(replace(p.id::text, '-', ''), 12) = ${ownNumber})`;
}

const digits = (at: Date): string =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().replace(/[-:T]/g, '');
const PRIORITY: Record<string, string> = { emergency: 'STAT', urgent: 'HIGH', routine: 'ROUTINE' };

function entry(row: EntryRow, patientId: string, askedModality: string, stationAe: string): ElementList {
  const modality =
    askedModality && plainModality(askedModality) === row.modality ? askedModality : (row.modality ?? 'OT');
  const time = digits(row.scheduled);
  return [
    [tags.accessionNumber, row.accessionNumber],
    [tags.referringPhysicianName, row.requestedByName ?? ''],
    [tags.institutionName, row.institutionName],
    [tags.patientName, worklistName(row.name)],
    [tags.patientId, patientId],
    [tags.patientBirthDate, row.birthDate?.replaceAll('-', '') ?? ''],
    [tags.patientSex, row.sex === 'M' || row.sex === 'F' || row.sex === 'O' ? row.sex : ''],
    [tags.studyInstanceUid, studyUidOfOrder(row.id)],
    [tags.requestingPhysician, row.requestedByName ?? ''],
    [tags.requestedProcedureDescription, row.itemName.slice(0, 64)],
    [tags.requestedProcedureId, row.accessionNumber],
    [tags.requestedProcedurePriority, PRIORITY[row.priority] ?? 'ROUTINE'],
    [tags.placerOrderNumber, row.placerOrderNumber ?? ''],
    [tags.medicalAlerts, ''],
    [tags.allergies, ''],
    [
      tags.scheduledProcedureStepSequence,
      [
        [
          [tags.modality, modality],
          [tags.scheduledStationAeTitle, stationAe && !/[*?]/.test(stationAe) ? stationAe : ''],
          [tags.scheduledProcedureStepStartDate, time.slice(0, 8)],
          [tags.scheduledProcedureStepStartTime, time.slice(8, 14)],
          [tags.scheduledPerformingPhysicianName, ''],
          [tags.scheduledProcedureStepDescription, row.itemName.slice(0, 64)],
          [tags.scheduledProcedureStepId, row.accessionNumber],
          [tags.scheduledProcedureStepStatus, 'SCHEDULED'],
        ],
      ],
    ],
  ];
}

const TWO_CHARACTER_SURNAMES = new Set([
  '欧阳',
  '司马',
  '上官',
  '诸葛',
  '东方',
  '夏侯',
  '皇甫',
  '尉迟',
  '公孙',
  '慕容',
  '令狐',
  '宇文',
  '长孙',
  '司徒',
  '司空',
  '端木',
  '百里',
  '呼延',
  '南宫',
  '独孤',
]);

/** A name as worklists carry it, pinyin and Hanzi: `OUYANG^NA=欧阳^娜`. */
export function worklistName(name: string): string {
  const plain = name.trim();
  if (!/\p{Script=Han}/u.test(plain)) return plain.replace(/\s+/g, '^');
  const characters = [...plain];
  const family = characters.length > 2 && TWO_CHARACTER_SURNAMES.has(characters.slice(0, 2).join('')) ? 2 : 1;
  const readings = pinyin(plain, { toneType: 'none', type: 'array', mode: 'surname', v: true }).map((part) =>
    part.toUpperCase().replace(/[^A-Z]/g, ''),
  );
  const split = (parts: string[]) =>
    [parts.slice(0, family).join(''), parts.slice(family).join('')].filter(Boolean).join('^');
  return `${split(readings)}=${split(characters)}`;
}
