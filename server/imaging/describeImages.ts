import { sql } from 'kysely';
import type { Queryable } from '../core/database.ts';
import type { Order } from '../core/order/order.ts';

/** One series as the case page and the viewer list it. */
export interface SeriesDescription {
  seriesInstanceUid: string;
  modality: string | null;
  seriesNumber: number | null;
  description: string | null;
  bodyPart: string | null;
  laterality: string | null;
  instances: number;
  frames: number;
  /** First object in order of instance number, for a thumbnail. */
  firstInstanceUid: string;
  /** Bytes of `GET /api/imaging/series/:uid/preview`, null while nothing was derived. */
  previewSize: number | null;
  thumbnail: boolean;
}

export interface StudyDescription {
  studyInstanceUid: string;
  state: 'receiving' | 'settled';
  studyDate: string | null;
  studyTime: string | null;
  description: string | null;
  modalities: string[];
  patientName: string | null;
  patientId: string | null;
  patientSex: string | null;
  patientBirthDate: string | null;
  /** Set where the text is written in another character set than it says: a person should look. */
  characterSetFlag: string | null;
  senderAe: string | null;
  acquiredAt: Date | null;
  how: string;
  instances: number;
  series: SeriesDescription[];
}

/** `input` of `GET /api/orders/:id` for imaging: studies with their series, the grade, and other studies of the patient. */
export interface ImagingInput {
  studies: StudyDescription[];
  /** 甲乙丙 as A, B, C, by the last reader who graded. */
  grade: { grade: string; faults: string[]; note: string | null; gradedBy: string; gradedAt: Date } | null;
  /** Second opinions asked on this case, and the case that this one is an opinion on. */
  secondOpinions: {
    orderId: string;
    accessionNumber: string;
    status: string;
    reportingInstitutionName: string;
    question: string;
    dueAt: Date | null;
    /** The opinion, once it is signed. */
    impression: string | null;
    signedBy: string | null;
  }[];
  opinionOn: { orderId: string; accessionNumber: string; question: string; askedBy: string } | null;
  teaching: boolean;
  /** SOP Instance UIDs of the last structured report of measurements of this case, one per study. */
  measurementReports: string[];
}

/** What has come for an order: its studies and series, in order of number. */
export async function describeImages(db: Queryable, order: Order): Promise<Record<string, unknown>> {
  const [studies, grade, secondOpinions, opinionOn, teaching] = [
    await listStudies(db, order.id),
    await readGrade(db, order.id),
    await listSecondOpinions(db, order.id),
    await readOpinionOn(db, order.id),
    await db
      .selectFrom('teachingMark')
      .select('staffId')
      .where('orderId', '=', order.id)
      .limit(1)
      .executeTakeFirst(),
  ];
  return {
    studies,
    grade,
    secondOpinions,
    opinionOn,
    teaching: teaching !== undefined,
    measurementReports: await listMeasurementReports(db, order.id),
  } satisfies ImagingInput;
}

async function listMeasurementReports(db: Queryable, orderId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('measurementReport')
    .select('sopInstanceUid')
    .distinctOn('studyId')
    .where('orderId', '=', orderId)
    .orderBy('studyId')
    .orderBy('writtenAt', 'desc')
    .execute();
  return rows.map((row) => row.sopInstanceUid);
}

async function readGrade(db: Queryable, orderId: string): Promise<ImagingInput['grade']> {
  const row = await db
    .selectFrom('imageGrade')
    .innerJoin('staff', 'staff.id', 'imageGrade.gradedBy')
    .select(['grade', 'faults', 'note', 'staff.name as gradedBy', 'gradedAt'])
    .where('orderId', '=', orderId)
    .where('supersededAt', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

async function listSecondOpinions(db: Queryable, orderId: string): Promise<ImagingInput['secondOpinions']> {
  const { rows } = await sql<ImagingInput['secondOpinions'][number]>`
    select o.id as order_id, o.accession_number, o.status::text as status, i.short_name as reporting_institution_name, so.question, o.due_at,
      sr.content->>'impression' as impression, s.name as signed_by
    from second_opinion so join orders o on o.id = so.opinion_order_id join institution i on i.id = o.reporting_institution_id
    left join lateral (select content, signer_id from signed_report where order_id = o.id and state = 'valid' order by number desc limit 1) sr on true
    left join staff s on s.id = sr.signer_id
    where so.order_id = ${orderId} order by o.created_at limit 20`.execute(db);
  return rows;
}

async function readOpinionOn(db: Queryable, orderId: string): Promise<ImagingInput['opinionOn']> {
  const row = await db
    .selectFrom('secondOpinion')
    .innerJoin('orders', 'orders.id', 'secondOpinion.orderId')
    .innerJoin('staff', 'staff.id', 'secondOpinion.askedBy')
    .select([
      'orders.id as orderId',
      'orders.accessionNumber',
      'secondOpinion.question',
      'staff.name as askedBy',
    ])
    .where('secondOpinion.opinionOrderId', '=', orderId)
    .executeTakeFirst();
  return row ?? null;
}

async function listStudies(db: Queryable, orderId: string): Promise<StudyDescription[]> {
  const { rows } = await sql<StudyDescription>`
    select st.study_instance_uid, st.state, st.study_date, st.study_time, st.study_description as description, st.modalities, st.patient_display_name as patient_name,
      st.patient_id_text as patient_id, st.patient_sex, st.patient_birth_date, st.character_set_flag, st.sender_ae, st.acquired_at, so.how,
      coalesce((select sum((s->>'instances')::int)::int from jsonb_array_elements(series.list) s), 0) as instances, series.list as series
    from study_order so join study st on st.id = so.study_id
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object('seriesInstanceUid', s.series_instance_uid, 'modality', s.modality, 'seriesNumber', s.series_number, 'description', s.series_description,
        'bodyPart', s.body_part, 'laterality', s.laterality, 'instances', c.instances, 'frames', c.frames, 'firstInstanceUid', c.first_uid, 'previewSize', d.preview_size, 'thumbnail', d.thumbnail_address is not null) order by s.series_number nulls last, s.id), '[]') as list
      from series s cross join lateral (
        select count(*)::int as instances, coalesce(sum(i.number_of_frames), 0)::int as frames, (array_agg(i.sop_instance_uid order by i.instance_number nulls last, i.id))[1] as first_uid
        from instance i where i.series_id = s.id and i.superseded_at is null) c
      left join series_derived d on d.series_id = s.id
      where s.study_id = st.id and c.instances > 0) series
    where so.order_id = ${orderId} and so.undone_at is null
    order by st.id limit 50`.execute(db);
  return rows;
}
