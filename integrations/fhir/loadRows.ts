import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '../../server/core/access/actor.ts';
import { visibleOrders } from '../../server/core/access/orderScope.ts';
import type { Queryable } from '../../server/core/database.ts';
import type { DateRange } from './readDate.ts';
import type { StudyRow } from './resources.ts';

export interface PatientRow {
  id: string;
  name: string;
  sex: string;
  birthDate: string | null;
  identifiers: { type: string; value: string }[];
}

export interface OrderRow {
  id: string;
  requestId: string;
  center: string;
  accessionNumber: string;
  placerOrderNumber: string | null;
  patientId: string | null;
  patientName: string | null;
  itemName: string;
  status: string;
  priority: string;
  dueAt: Date | null;
  createdAt: Date;
  /** The exact creation time for the cursor: a Date would lose its microseconds. */
  createdKey: string;
  updatedAt: Date;
  examinedAt: Date | null;
  clinicalInfo: string | null;
  requestingInstitutionId: string;
  requestingName: string;
  reportingInstitutionId: string;
  reportingName: string;
  items: { code: string; name: string }[];
}

export interface LabLine {
  code: string;
  name: string;
  value: string;
  unit: string | null;
  range: string | null;
  flag: string | null;
  loinc: string | null;
  numeric: boolean;
  measuredAt: string | null;
}

export interface SignedRow {
  id: string;
  orderId: string;
  number: number;
  kind: string;
  state: string;
  content: Record<string, unknown>;
  results: LabLine[];
  recognition: { mark?: string };
  signedAt: Date;
  signerId: string;
  signer: string;
  reporterId: string | null;
  reporter: string | null;
  replacesId: string | null;
  pdfAddress: string | null;
}

export interface OrderFilter {
  /** Only orders with tubes or specimens. */
  withSpecimen?: boolean;
  /** Orders of patients; packs of sterile supply have none. */
  withPatient?: boolean;
  id?: string | undefined;
  ids?: string[] | undefined;
  requestId?: string | undefined;
  patientId?: string | undefined;
  patientIdentifierHashes?: string[] | undefined;
  accession?: string | undefined;
  placer?: string | undefined;
  signedOnly?: boolean | undefined;
  center?: string | undefined;
  statuses?: string[] | undefined;
  reportStatuses?: string[] | undefined;
  itemCodes?: string[] | undefined;
  created?: DateRange[] | undefined;
  updated?: DateRange[] | undefined;
  examined?: DateRange[] | undefined;
  /** When the last version was signed. */
  issued?: DateRange[] | undefined;
  /** Exact text of the last row's key. */
  after?: { at: string; id: string } | undefined;
  limit: number;
}

type Condition = RawBuilder<boolean>;

const EXAMINED = sql`(select min(e.at) from order_event e where e.order_id = o.id and e.kind in ('examined', 'collected', 'acquired'))`;
const LAST_SIGNED = sql`(select max(s.signed_at) from signed_report s where s.order_id = o.id)`;
/** FHIR status of the last signed version, as `reportStatus` tells it of a row. */
const REPORT_STATUS = sql`(select case when s.state = 'void' or s.kind = 'void' then 'entered-in-error' when s.kind = 'partial' then 'partial' when s.kind = 'addendum' then 'appended' when s.kind = 'correction' then 'corrected' else 'final' end from signed_report s where s.order_id = o.id order by s.number desc limit 1)`;

function conditions(filter: OrderFilter): Condition[] {
  const where: Condition[] = [];
  const add = (condition: Condition) => where.push(condition);
  const within = (value: RawBuilder<unknown>, ranges: DateRange[] = []) => {
    for (const { from, to } of ranges) {
      if (from) add(sql<boolean>`${value} >= ${from}`);
      if (to) add(sql<boolean>`${value} < ${to}`);
    }
  };
  if (filter.id) add(sql<boolean>`o.id = ${filter.id}`);
  if (filter.ids) add(sql<boolean>`o.id = any(${filter.ids}::uuid[])`);
  if (filter.requestId) add(sql<boolean>`o.request_id = ${filter.requestId}`);
  if (filter.patientId) add(sql<boolean>`o.patient_id = ${filter.patientId}`);
  if (filter.patientIdentifierHashes)
    add(
      sql<boolean>`o.patient_id in (select patient_id from patient_identifier where value_hash = any(${filter.patientIdentifierHashes}::text[]))`,
    );
  if (filter.accession) add(sql<boolean>`o.accession_number = ${filter.accession}`);
  if (filter.placer) add(sql<boolean>`o.placer_order_number = ${filter.placer}`);
  if (filter.center) add(sql<boolean>`o.center_kind = ${filter.center}::center_kind`);
  if (filter.signedOnly) add(sql<boolean>`exists (select 1 from signed_report s where s.order_id = o.id)`);
  if (filter.withPatient) add(sql<boolean>`o.patient_id is not null`);
  if (filter.statuses) add(sql<boolean>`o.status = any(${filter.statuses}::order_status[])`);
  if (filter.reportStatuses) add(sql<boolean>`${REPORT_STATUS} = any(${filter.reportStatuses}::text[])`);
  if (filter.itemCodes)
    add(sql<boolean>`exists (select 1 from order_item i where i.order_id = o.id and i.code = any(${filter.itemCodes}::text[]))`); // prettier-ignore
  if (filter.withSpecimen)
    add(
      sql<boolean>`(exists (select 1 from lab_container k where k.order_id = o.id and k.state <> 'planned') or exists (select 1 from pathology_specimen k where k.order_id = o.id))`,
    );
  within(sql`o.created_at`, filter.created);
  within(sql`o.updated_at`, filter.updated);
  within(EXAMINED, filter.examined);
  within(LAST_SIGNED, filter.issued);
  if (filter.after)
    add(sql<boolean>`(o.created_at, o.id) < (${filter.after.at}::timestamptz, ${filter.after.id}::uuid)`);
  return where;
}

/** Orders in the caller's scope, newest first, one row more than the limit to tell that there is more. */
export async function loadOrders(db: Queryable, actor: Actor, filter: OrderFilter): Promise<OrderRow[]> {
  const where = [visibleOrders(actor, 'o'), ...conditions(filter)];
  const { rows } =
    await sql<OrderRow>`select o.id, o.request_id, o.center_kind::text as center, o.accession_number, o.placer_order_number, o.patient_id, o.patient_name, o.item_name, o.status::text as status, o.priority::text as priority, o.due_at, o.created_at, o.created_at::text as created_key, o.updated_at,
      ${EXAMINED} as examined_at, r.clinical_info, o.requesting_institution_id, q.name as requesting_name, o.reporting_institution_id, p.name as reporting_name,
      (select coalesce(json_agg(json_build_object('code', i.code, 'name', i.name)), '[]') from order_item i where i.order_id = o.id) as items
    from orders o join request r on r.id = o.request_id join institution q on q.id = o.requesting_institution_id join institution p on p.id = o.reporting_institution_id
    where ${sql.join(where, sql` and `)} order by o.created_at desc, o.id desc limit ${filter.limit + 1}`.execute(
      db,
    );
  return rows;
}

/** Signed versions of orders, oldest first; `id` picks one version (and through it its order). */
export async function loadSigned(db: Queryable, orderIds: string[], lastOnly: boolean): Promise<SignedRow[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await sql<
    Omit<SignedRow, 'results'>
  >`select ${lastOnly ? sql`distinct on (s.order_id)` : sql``} s.id, s.order_id, s.number, s.kind, s.state, s.content, s.recognition, s.signed_at, s.signer_id, a.name as signer, s.reporter_id, b.name as reporter, s.replaces_id, s.pdf_address
    from signed_report s join staff a on a.id = s.signer_id left join staff b on b.id = s.reporter_id where s.order_id = any(${orderIds}::uuid[]) order by s.order_id, s.number ${lastOnly ? sql`desc` : sql``}`.execute(
    db,
  );
  return rows.map((row) => ({
    ...row,
    results: Array.isArray(row.content.results) ? (row.content.results as LabLine[]) : [],
  }));
}

export async function orderOfSigned(db: Queryable, signedId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('signedReport')
    .select('orderId')
    .where('id', '=', signedId)
    .executeTakeFirst();
  return row?.orderId;
}

export async function loadStudies(db: Queryable, orderIds: string[], uid?: string): Promise<StudyRow[]> {
  if (orderIds.length === 0 && !uid) return [];
  const { rows } =
    await sql<StudyRow>`select s.study_instance_uid as uid, j.order_id, s.modalities, s.acquired_at as started_at,
      (select coalesce(json_agg(json_build_object('uid', e.series_instance_uid, 'modality', e.modality, 'description', e.series_description, 'instances', (select count(*) from instance i where i.series_id = e.id)) order by e.series_number), '[]') from series e where e.study_id = s.id) as series
    from study s join study_order j on j.study_id = s.id and j.undone_at is null where ${uid ? sql`s.study_instance_uid = ${uid}` : sql`j.order_id = any(${orderIds}::uuid[])`} order by s.study_instance_uid limit 400`.execute(
      db,
    );
  return rows;
}

export async function loadPatients(
  db: Queryable,
  actor: Actor,
  filter: {
    id?: string | undefined;
    ids?: string[] | undefined;
    identifierHashes?: string[] | undefined;
    /** The beginning of the name. */
    name?: string | undefined;
    birthDate?: string | undefined;
    limit: number;
  },
): Promise<PatientRow[]> {
  const where: Condition[] = [];
  if (filter.id) where.push(sql<boolean>`p.id = ${filter.id}`);
  if (filter.ids) where.push(sql<boolean>`p.id = any(${filter.ids}::uuid[])`);
  if (filter.identifierHashes)
    where.push(sql<boolean>`p.id in (select patient_id from patient_identifier where value_hash = any(${filter.identifierHashes}::text[]))`); // prettier-ignore
  if (filter.name) where.push(sql<boolean>`p.name like ${`${filter.name.replace(/[\\%_]/g, '\\$&')}%`}`);
  if (filter.birthDate) where.push(sql<boolean>`p.birth_date = ${filter.birthDate}::date`);
  if (where.length === 0) return [];
  const { rows } =
    await sql<PatientRow>`select p.id, p.name, p.sex::text as sex, p.birth_date, (select coalesce(json_agg(json_build_object('type', i.type, 'value', i.value_masked)), '[]') from patient_identifier i where i.patient_id = p.id) as identifiers
    from patient p where ${sql.join(where, sql` and `)}
      and exists (select 1 from orders o where o.patient_id = p.id and ${visibleOrders(actor, 'o')}) order by p.name, p.id limit ${filter.limit}`.execute(
      db,
    );
  return rows;
}
