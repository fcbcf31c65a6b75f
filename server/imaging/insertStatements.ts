import type { DataSet } from '../standards/dicom/index.ts';
import { readStudyFacts, type InstanceFacts } from './instanceFacts.ts';
import type { Sender } from './sender.ts';

/** The object's own columns. */
export interface InstanceRow extends InstanceFacts {
  transferSyntax: string;
  objectAddress: string;
  objectSize: number;
  dataSetOffset: number;
  remarks: string[];
}

const INSTANCE_COLUMNS =
  'series_id, sop_instance_uid, sop_class_uid, instance_number, transfer_syntax, object_address, object_size, data_set_offset, pixel_offset, pixel_length, pixel_rows, pixel_columns, number_of_frames, bits_allocated, samples_per_pixel, photometric, sender_ae, device_id, remarks, received_at';
const INSTANCE_TYPES = [
  'text',
  'text',
  'int',
  'text',
  'text',
  'bigint',
  'int',
  'bigint',
  'bigint',
  'int',
  'int',
  'int',
  'int',
  'int',
  'text',
  'text',
  'uuid',
  'text[]',
  'timestamptz',
];
const ON_CONFLICT = 'on conflict (sop_instance_uid) where superseded_at is null do nothing';

const placeholders = (from: number) =>
  INSTANCE_TYPES.map((type, index) => `$${from + index}::${type}`).join(', ');

/** One object of a series whose id is known. */
export const KNOWN_SERIES = {
  name: 'imaging-insert-instance',
  text: `insert into instance (${INSTANCE_COLUMNS}) values ($1::bigint, ${placeholders(2)}) ${ON_CONFLICT} returning id`,
};

const STUDY_COLUMNS: [string, string][] = [
  ['study_instance_uid', 'text'],
  ['institution_id', 'uuid'],
  ['device_id', 'uuid'],
  ['sender_ae', 'text'],
  ['patient_id_text', 'text'],
  ['patient_name', 'text'],
  ['patient_display_name', 'text'],
  ['patient_name_search', 'text'],
  ['patient_sex', 'text'],
  ['patient_birth_date', 'text'],
  ['other_patient_ids', 'text[]'],
  ['accession_number', 'text'],
  ['placer_order_number', 'text'],
  ['study_id_text', 'text'],
  ['study_date', 'text'],
  ['study_time', 'text'],
  ['study_description', 'text'],
  ['referring_physician_name', 'text'],
  ['modalities', 'text[]'],
  ['body_part', 'text'],
  ['character_set_flag', 'text'],
  ['acquired_device_at', 'timestamptz'],
  ['created_at', 'timestamptz'],
];
const SERIES_COLUMNS: [string, string][] = [
  ['series_instance_uid', 'text'],
  ['modality', 'text'],
  ['series_number', 'int'],
  ['series_description', 'text'],
  ['body_part', 'text'],
  ['laterality', 'text'],
  ['protocol_name', 'text'],
  ['station_name', 'text'],
  ['manufacturer', 'text'],
  ['series_date', 'text'],
  ['series_time', 'text'],
];
const SERIES_FROM = STUDY_COLUMNS.length + 1;
const INSTANCE_FROM = SERIES_FROM + SERIES_COLUMNS.length;
const AUDIT_FROM = INSTANCE_FROM + INSTANCE_TYPES.length;

/**
 * Study, series and instance in one statement, with the audit row of this arrival and study and the jobs that join and
 * settle a new study. A study of another institution, or a series of another study, takes nothing in.
 */
export const ALL = {
  name: 'imaging-insert-all',
  text: `with st as (
    insert into study (${STUDY_COLUMNS.map(([name]) => name).join(', ')})
    values (${STUDY_COLUMNS.map(([, type], index) => `$${index + 1}::${type}`).join(', ')})
    on conflict (study_instance_uid) do nothing returning id
  ), st2 as (
    select id, true as fresh, 'receiving' as state, $2::uuid as institution_id, $5::text as patient_id_text, $6::text as patient_name from st
    union all
    select id, false, state, institution_id, patient_id_text, patient_name from study where study_instance_uid = $1::text and not exists (select from st)
  ), ok as (
    select * from st2 where institution_id = $2::uuid and (patient_id_text is null or $5::text is null or patient_id_text = $5::text
      or patient_name is not distinct from $6::text)
  ), se as (
    insert into series (study_id, ${SERIES_COLUMNS.map(([name]) => name).join(', ')})
    select ok.id, ${SERIES_COLUMNS.map(([, type], index) => `$${SERIES_FROM + index}::${type}`).join(', ')} from ok
    on conflict (series_instance_uid) do nothing returning id, study_id
  ), se2 as (
    select id, study_id, true as fresh from se
    union all
    select id, study_id, false from series where series_instance_uid = $${SERIES_FROM}::text and not exists (select from se)
  ), ins as (
    insert into instance (${INSTANCE_COLUMNS})
    select se2.id, ${placeholders(INSTANCE_FROM)} from se2 join ok on ok.id = se2.study_id
    ${ON_CONFLICT} returning id
  ), md as (
    update study set modalities = study.modalities || $${SERIES_FROM + 1}::text from ok, se2
    where study.id = ok.id and not ok.fresh and se2.fresh and $${SERIES_FROM + 1}::text is not null and not study.modalities @> array[$${SERIES_FROM + 1}::text]
  ), jobs as (
    insert into job (kind, key, payload, run_at)
    select j.kind, st.id::text, jsonb_build_object('studyId', st.id), now() + make_interval(secs => j.seconds)
    from st, (values ('imaging.join', 3), ('imaging.settle', 20)) j (kind, seconds)
    on conflict do nothing
  ), audit as (
    insert into audit_event (actor_kind, actor_id, actor_name, institution_id, action, subject_type, subject_id, address, request_id, detail)
    select $${AUDIT_FROM}::text, $${AUDIT_FROM + 1}::text, $${AUDIT_FROM + 2}::text, $2::uuid, 'study.receive', 'study', $1::text, $${AUDIT_FROM + 3}::text,
      $${AUDIT_FROM + 4}::text, jsonb_build_object('senderAe', $4::text) from ins where $${AUDIT_FROM + 5}::boolean
  )
  select st2.id as study_id, st2.fresh, st2.state, (select count(*) from ok) as own, se2.id as series_id, se2.study_id as series_study_id, (select count(*) from ins) as inserted
  from st2 left join se2 on true`,
};

/** Parameters of both statements, in the order of their columns. */
export function instanceValues(sender: Sender, row: InstanceRow, now: Date): unknown[] {
  return [
    row.sopInstanceUid,
    row.sopClassUid,
    row.instanceNumber,
    row.transferSyntax,
    row.objectAddress,
    row.objectSize,
    row.dataSetOffset,
    row.pixelOffset,
    row.pixelLength,
    row.rows,
    row.columns,
    row.numberOfFrames,
    row.bitsAllocated,
    row.samplesPerPixel,
    row.photometric,
    sender.aeTitle,
    sender.deviceId,
    row.remarks,
    now,
  ];
}

/** Of `ALL`, before those of the object. */
export function studyValues(sender: Sender, row: InstanceRow, dataSet: DataSet, now: Date): unknown[] {
  const facts = readStudyFacts(dataSet, row.patientName);
  return [
    row.studyInstanceUid,
    sender.institutionId,
    sender.deviceId,
    sender.aeTitle,
    row.patientId,
    row.patientName,
    facts.displayName,
    facts.nameSearch,
    facts.sex,
    facts.birthDate,
    facts.otherPatientIds,
    facts.accessionNumber,
    facts.placerOrderNumber,
    facts.studyId,
    facts.studyDate,
    facts.studyTime,
    facts.description,
    facts.referringPhysician,
    row.modality ? [row.modality] : [],
    facts.bodyPart,
    facts.characterSetFlag,
    facts.acquiredDeviceAt,
    now,
    row.seriesInstanceUid,
    row.modality,
    facts.seriesNumber,
    facts.seriesDescription,
    facts.bodyPart,
    facts.laterality,
    facts.protocolName,
    facts.stationName,
    facts.manufacturer,
    facts.seriesDate,
    facts.seriesTime,
  ];
}

/** Of `ALL`, behind them: `write` where this arrival has no audit row of the study yet. */
export function auditValues({ actor }: Sender, write: boolean): unknown[] {
  return [actor.kind, actor.id, actor.name, actor.address ?? null, actor.requestId ?? null, write];
}
