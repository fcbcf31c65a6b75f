import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { tags, type ElementList } from '../../standards/dicom/index.ts';
import { runPrepared } from './runPrepared.ts';
import { matchName, matchRange, matchText, matchUids } from './matching.ts';
import { visibleStudies } from './visibleStudies.ts';

export type QueryLevel = 'study' | 'series' | 'instance';

export interface ImageQuery {
  level: QueryLevel;
  /** Matching keys: tag → value as DICOM writes it (wildcards, ranges, UID lists). Unknown keys match everything. */
  keys: ReadonlyMap<number, string>;
  fuzzy?: boolean;
  limit: number;
  offset?: number;
}

export interface ImageMatch {
  study_instance_uid: string;
  series_instance_uid?: string;
  sop_instance_uid?: string;
  elements: ElementList;
}

type Row = Record<string, string | number | string[] | null>;
type Matcher = (value: string, fuzzy: boolean) => RawBuilder<SqlBool> | undefined;

type MatchColumn = (column: RawBuilder<unknown>, value: string) => RawBuilder<SqlBool> | undefined;

/** The column's text is made once, not at each search. */
const matching = (match: MatchColumn) => {
  return (name: string): Matcher => {
    const column = sql.raw(name);
    return (value) => match(column, value);
  };
};
const text = matching(matchText);
const range = matching(matchRange);
const uids = matching(matchUids);
const whole = matching((column, value) =>
  /^\s*-?\d{1,9}\s*$/.test(value) ? sql<SqlBool>`${column} = ${Number(value)}::int` : undefined,
);

const NAME_SEARCH = sql.raw('st.patient_name_search');
const STUDY_KEYS: Record<number, Matcher> = {
  [tags.studyInstanceUid]: uids('st.study_instance_uid'),
  [tags.patientId]: text('st.patient_id_text'),
  [tags.patientName]: (value, fuzzy) => matchName(NAME_SEARCH, value, fuzzy),
  [tags.patientSex]: text('st.patient_sex'),
  [tags.patientBirthDate]: range('st.patient_birth_date'),
  [tags.studyDate]: range('st.study_date'),
  [tags.studyTime]: range('st.study_time'),
  [tags.accessionNumber]: text('st.accession_number'),
  [tags.studyId]: text('st.study_id_text'),
  [tags.studyDescription]: text('st.study_description'),
  [tags.referringPhysicianName]: text('st.referring_physician_name'),
  [tags.modalitiesInStudy]: (value) => {
    const list = value
      .split(/[\\,]/)
      .map((part) => part.trim())
      .filter((part) => part !== '' && part !== '*');
    return list.length === 0 ? undefined : sql<SqlBool>`st.modalities && ${list}::text[]`;
  },
};
const SERIES_KEYS: Record<number, Matcher> = {
  [tags.seriesInstanceUid]: uids('se.series_instance_uid'),
  [tags.modality]: text('se.modality'),
  [tags.seriesNumber]: whole('se.series_number'),
  [tags.seriesDescription]: text('se.series_description'),
  [tags.bodyPartExamined]: text('se.body_part'),
  [tags.seriesDate]: range('se.series_date'),
};
const INSTANCE_KEYS: Record<number, Matcher> = {
  [tags.sopInstanceUid]: uids('i.sop_instance_uid'),
  [tags.sopClassUid]: uids('i.sop_class_uid'),
  [tags.instanceNumber]: whole('i.instance_number'),
};
const seriesByStudy = text('s2.modality');

const MATCHERS: Record<QueryLevel, Record<number, Matcher>> = {
  study: STUDY_KEYS,
  series: { ...STUDY_KEYS, ...SERIES_KEYS },
  instance: { ...STUDY_KEYS, ...SERIES_KEYS, ...INSTANCE_KEYS },
};

/** Whether an attribute narrows a search at this level; others are ignored. */
export const isMatchingKey = (level: QueryLevel, tag: number): boolean =>
  tag in MATCHERS[level] || (level === 'study' && tag === tags.modality);

/**
 * Studies, series or instances that match and that the actor may see, newest study first, bounded by `limit`. One
 * prepared statement per set of keys. Also the query of C-FIND and of C-MOVE, C-GET.
 */
export async function findImages(
  ctx: Pick<Context, 'pool'>,
  actor: Actor,
  query: ImageQuery,
): Promise<ImageMatch[]> {
  const where: RawBuilder<SqlBool>[] = [];
  const matchers = MATCHERS[query.level];
  for (const [tag, value] of query.keys) {
    const condition =
      query.level === 'study' && tag === tags.modality
        ? existsSeries(value)
        : matchers[tag]?.(value, query.fuzzy ?? false);
    if (condition) where.push(condition);
  }
  where.push(visibleStudies(actor, 'st'));
  const rows = await runPrepared<Row>(ctx.pool, statementOf(query, where));
  return rows.map((row) => ({
    study_instance_uid: String(row.study_instance_uid),
    ...(row.series_instance_uid && { series_instance_uid: String(row.series_instance_uid) }),
    ...(row.sop_instance_uid && { sop_instance_uid: String(row.sop_instance_uid) }),
    elements: [
      ...studyElements(row),
      ...(query.level !== 'study' ? seriesElements(row) : []),
      ...(query.level === 'instance' ? instanceElements(row) : []),
    ],
  }));
}

function existsSeries(value: string): RawBuilder<SqlBool> | undefined {
  const condition = seriesByStudy(value, false);
  return (
    condition && sql<SqlBool>`exists (select 1 from series s2 where s2.study_id = st.id and ${condition})`
  );
}

const STUDY_SELECT = sql`st.study_instance_uid, st.patient_id_text, st.patient_name, st.patient_sex, st.patient_birth_date, st.study_date, st.study_time, st.accession_number, st.study_id_text,
  st.study_description, st.referring_physician_name, st.modalities`;

function statementOf(query: ImageQuery, where: RawBuilder<SqlBool>[]) {
  const condition = sql.join(where, sql` and `);
  const limit = sql`limit ${query.limit} offset ${query.offset ?? 0}`;
  if (query.level === 'study')
    return sql`select page.*, c.series, c.instances from (select st.id as study_row, ${STUDY_SELECT} from study st where ${condition} order by st.study_date desc nulls last, st.id desc ${limit}) page
      cross join lateral (select count(*)::int as series, coalesce(sum((select count(*) from instance i where i.series_id = s.id and i.superseded_at is null)), 0)::int as instances from series s where s.study_id = page.study_row) c`;
  const seriesSelect = sql`${STUDY_SELECT}, se.series_instance_uid, se.modality, se.series_number, se.series_description, se.body_part, se.laterality, se.series_date, se.series_time`;
  if (query.level === 'series')
    return sql`select ${seriesSelect}, (select count(*)::int from instance i where i.series_id = se.id and i.superseded_at is null) as instances
      from study st join series se on se.study_id = st.id where ${condition} order by st.study_date desc nulls last, st.id desc, se.series_number nulls last, se.id ${limit}`;
  return sql`select ${seriesSelect}, i.sop_instance_uid, i.sop_class_uid, i.instance_number, i.pixel_rows, i.pixel_columns, i.bits_allocated, i.number_of_frames, i.transfer_syntax
    from study st join series se on se.study_id = st.id join instance i on i.series_id = se.id and i.superseded_at is null
    where ${condition} order by st.study_date desc nulls last, st.id desc, se.series_number nulls last, se.id, i.instance_number nulls last, i.id ${limit}`;
}

const t = (row: Row, name: string): string => String(row[name] ?? '');
const n = (row: Row, name: string): number | undefined =>
  typeof row[name] === 'number' ? row[name] : undefined;

function studyElements(row: Row): ElementList {
  return [
    [tags.studyDate, t(row, 'study_date')],
    [tags.studyTime, t(row, 'study_time')],
    [tags.accessionNumber, t(row, 'accession_number')],
    [tags.instanceAvailability, 'ONLINE'],
    [tags.modalitiesInStudy, Array.isArray(row.modalities) ? row.modalities : []],
    [tags.referringPhysicianName, t(row, 'referring_physician_name')],
    [tags.studyDescription, t(row, 'study_description')],
    [tags.patientName, t(row, 'patient_name')],
    [tags.patientId, t(row, 'patient_id_text')],
    [tags.patientBirthDate, t(row, 'patient_birth_date')],
    [tags.patientSex, t(row, 'patient_sex')],
    [tags.studyInstanceUid, t(row, 'study_instance_uid')],
    [tags.studyId, t(row, 'study_id_text')],
    ...(row.series !== undefined
      ? ([
          [tags.numberOfStudyRelatedSeries, n(row, 'series')],
          [tags.numberOfStudyRelatedInstances, n(row, 'instances')],
        ] as ElementList)
      : []),
  ];
}

function seriesElements(row: Row): ElementList {
  return [
    [tags.modality, t(row, 'modality')],
    [tags.seriesDescription, t(row, 'series_description')],
    [tags.bodyPartExamined, t(row, 'body_part')],
    [tags.seriesInstanceUid, t(row, 'series_instance_uid')],
    [tags.seriesNumber, n(row, 'series_number')],
    [tags.laterality, t(row, 'laterality')],
    [tags.seriesDate, t(row, 'series_date')],
    [tags.seriesTime, t(row, 'series_time')],
    ...(row.instances !== undefined
      ? ([[tags.numberOfSeriesRelatedInstances, n(row, 'instances')]] as ElementList)
      : []),
  ];
}

function instanceElements(row: Row): ElementList {
  return [
    [tags.sopClassUid, t(row, 'sop_class_uid')],
    [tags.sopInstanceUid, t(row, 'sop_instance_uid')],
    [tags.instanceNumber, n(row, 'instance_number')],
    [tags.rows, n(row, 'pixel_rows')],
    [tags.columns, n(row, 'pixel_columns')],
    [tags.bitsAllocated, n(row, 'bits_allocated')],
    [tags.numberOfFrames, n(row, 'number_of_frames')],
    [0x00083002, t(row, 'transfer_syntax'), 'UI'],
  ];
}
