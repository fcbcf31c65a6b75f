import { sql } from 'kysely';
import type { Actor } from '../../server/core/access/actor.ts';
import { visibleOrders } from '../../server/core/access/orderScope.ts';
import type { Queryable } from '../../server/core/database.ts';
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
  id?: string | undefined;
  ids?: string[] | undefined;
  patientId?: string | undefined;
  patientIdentifierHash?: string | undefined;
  accession?: string | undefined;
  placer?: string | undefined;
  signedOnly?: boolean | undefined;
  center?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  after?: { at: string; id: string } | undefined;
  limit: number;
}

/** Orders in the caller's scope, newest first, one row more than the limit to tell that there is more. */
export async function loadOrders(db: Queryable, actor: Actor, filter: OrderFilter): Promise<OrderRow[]> {
  const where = [visibleOrders(actor, 'o')];
  const add = (condition: ReturnType<typeof sql<boolean>>) => where.push(condition as (typeof where)[number]);
  if (filter.id) add(sql<boolean>`o.id = ${filter.id}`);
  if (filter.ids) add(sql<boolean>`o.id = any(${filter.ids}::uuid[])`);
  if (filter.patientId) add(sql<boolean>`o.patient_id = ${filter.patientId}`);
  if (filter.patientIdentifierHash)
    add(
      sql<boolean>`o.patient_id in (select patient_id from patient_identifier where value_hash = ${filter.patientIdentifierHash})`,
    );
  if (filter.accession) add(sql<boolean>`o.accession_number = ${filter.accession}`);
  if (filter.placer) add(sql<boolean>`o.placer_order_number = ${filter.placer}`);
  if (filter.center) add(sql<boolean>`o.center_kind = ${filter.center}::center_kind`);
  if (filter.signedOnly) add(sql<boolean>`o.final_at is not null`);
  if (filter.withSpecimen)
    add(
      sql<boolean>`(exists (select 1 from lab_container k where k.order_id = o.id and k.state <> 'planned') or exists (select 1 from pathology_specimen k where k.order_id = o.id))`,
    );
  if (filter.from) add(sql<boolean>`o.created_at >= ${filter.from}`);
  if (filter.to) add(sql<boolean>`o.created_at < ${filter.to}`);
  if (filter.after)
    add(sql<boolean>`(o.created_at, o.id) < (${filter.after.at}::timestamptz, ${filter.after.id}::uuid)`);
  const { rows } =
    await sql<OrderRow>`select o.id, o.request_id, o.center_kind::text as center, o.accession_number, o.placer_order_number, o.patient_id, o.patient_name, o.item_name, o.status::text as status, o.priority::text as priority, o.due_at, o.created_at, o.updated_at,
      (select min(e.at) from order_event e where e.order_id = o.id and e.kind in ('examined', 'collected', 'acquired')) as examined_at, r.clinical_info, o.requesting_institution_id, q.name as requesting_name, o.reporting_institution_id, p.name as reporting_name,
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
    from study s join study_order j on j.study_id = s.id and j.undone_at is null where ${uid ? sql`s.study_instance_uid = ${uid}` : sql`j.order_id = any(${orderIds}::uuid[])`} limit 400`.execute(
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
    identifierHash?: string | undefined;
    limit: number;
  },
): Promise<PatientRow[]> {
  const { rows } =
    await sql<PatientRow>`select p.id, p.name, p.sex::text as sex, p.birth_date, (select coalesce(json_agg(json_build_object('type', i.type, 'value', i.value_masked)), '[]') from patient_identifier i where i.patient_id = p.id) as identifiers
    from patient p where ${filter.id ? sql`p.id = ${filter.id}` : filter.ids ? sql`p.id = any(${filter.ids}::uuid[])` : filter.identifierHash ? sql`p.id in (select patient_id from patient_identifier where value_hash = ${filter.identifierHash})` : sql`false`}
      and exists (select 1 from orders o where o.patient_id = p.id and ${visibleOrders(actor, 'o')}) limit ${filter.limit}`.execute(
      db,
    );
  return rows;
}
