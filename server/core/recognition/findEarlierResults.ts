import { sql } from 'kysely';
import type { PanelOverlap } from '../center.ts';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { MARK, type RecognitionRange } from './ranges.ts';

/** One measured value of an earlier result. */
export interface EarlierValue {
  name: string;
  value: string;
  unit: string | null;
  flag: string | null;
}

export interface EarlierResult {
  /** Names the prompt in a submission: item and signed version. */
  promptId: string;
  itemCode: string;
  itemName: string;
  /** The item it was measured under when that is another one: part of a panel. */
  sourceItemName: string | null;
  signedReportId: string;
  orderId: string;
  accessionNumber: string;
  center: string;
  examinedAt: Date;
  signedAt: Date;
  institutionName: string;
  reportingInstitutionName: string;
  impression: string | null;
  positive: boolean | null;
  /** Measured values of the item (laboratory), at most forty. */
  values: EarlierValue[];
  label: string | null;
  /** All that the item asks for was measured; otherwise only `values` of it. */
  complete: boolean;
  /** Recognised and complete results need a decision; the others are shown for reference. */
  recognized: boolean;
  remainingDays: number;
  price: number | null;
}

type Row = Omit<EarlierResult, 'promptId' | 'label' | 'recognized' | 'values'> & {
  range: RecognitionRange | null;
  lines: Line[] | null;
  sourceCode: string;
  tests: string[] | null;
};

interface Line extends EarlierValue {
  code: string;
  panelCode?: string;
}

const LONGEST_VALIDITY_DAYS = 400;
const MOST_VALUES = 40;

/**
 * Earlier valid results of a patient (and of records linked to him by a person) for the items of a request: per item
 * the newest that answers all of it, measured under that item or within another panel; where there is none, those that
 * answer part of it. Only results of the last signed, not voided version within the item's validity count;
 * those of sensitive tests and protected persons are not put before others.
 */
export async function findEarlierResults(
  ctx: Pick<Context, 'centers'>,
  db: Queryable,
  patientId: string,
  itemCodes: string[],
  at: Date,
): Promise<EarlierResult[]> {
  if (itemCodes.length === 0) return [];
  const persons = await linkedPersons(db, patientId);
  // What follows takes longer to plan than to run: it is asked only where there can be an answer.
  if (!(await hasResults(db, persons))) return [];
  const overlaps = await findOverlaps(ctx, db, persons, itemCodes, at);
  const { rows } = await sql<Row>`
    with overlap as (select * from jsonb_to_recordset(${JSON.stringify(overlaps)}::jsonb) as x("itemCode" text, "orderId" uuid, "sourceCode" text, tests text[], complete boolean)),
    candidate as (
      select i.code as item_code, o.id as order_id, i.code as source_code, null::text[] as tests, true as complete
        from orders o join order_item i on i.order_id = o.id and i.code = any(${itemCodes}::text[]) where o.patient_id = any(${persons}::uuid[])
      union all select "itemCode", "orderId", "sourceCode", tests, complete from overlap),
    earlier as (
      select distinct on (k.item_code, case when k.complete then null else o.id end) k.item_code, c.name as item_name, k.source_code, k.tests, k.complete, case when k.source_code <> k.item_code then b.name end as source_item_name,
        s.id as signed_report_id, o.id as order_id, o.accession_number, o.center_kind::text as center,
        coalesce((select min(e.at) from order_event e where e.order_id = o.id and e.kind in ('examined', 'collected', 'acquired')), o.created_at) as examined_at, s.signed_at,
        coalesce(p.short_name, '') as institution_name, q.short_name as reporting_institution_name, s.content->>'impression' as impression, o.positive, s.content->'results' as lines, r.validity_days, r.counts_from, c.price,
        (select l->>'range' from jsonb_array_elements(s.recognition->'items') l where l->>'code' = k.source_code limit 1) as range
      from candidate k join orders o on o.id = k.order_id
      join recognition_item r on r.item_code = k.source_code and r.eligible join catalogue_item c on c.code = k.item_code join catalogue_item b on b.code = k.source_code
      join lateral (select * from signed_report s where s.order_id = o.id and s.kind <> 'partial' order by s.number desc limit 1) s on s.state = 'valid' and s.kind <> 'void'
      join institution p on p.id = o.performing_institution_id join institution q on q.id = o.reporting_institution_id
      where o.status in ('final', 'acknowledged', 'corrected') and not o.sensitive and o.final_at > ${at}::timestamptz - make_interval(days => r.validity_days + 60)
      order by k.item_code, case when k.complete then null else o.id end, s.signed_at desc)
    select item_code, item_name, source_code, source_item_name, tests, complete, signed_report_id, order_id, accession_number, center, examined_at, signed_at, institution_name, reporting_institution_name, impression, positive, lines, range, price,
      validity_days - floor(extract(epoch from ${at}::timestamptz - case counts_from when 'report' then signed_at else examined_at end) / 86400)::int as remaining_days
    from earlier where (case counts_from when 'report' then signed_at else examined_at end) > ${at}::timestamptz - make_interval(days => validity_days)
    order by item_code, complete desc, signed_at desc limit 100`.execute(db);
  const answered = new Set(rows.filter((row) => row.complete).map((row) => row.itemCode));
  return rows
    .filter((row) => row.complete || !answered.has(row.itemCode))
    .map(({ range, lines, sourceCode, tests, ...row }) => ({
      ...row,
      promptId: `${row.itemCode}:${row.signedReportId}`,
      values: valuesOf(lines ?? [], sourceCode, tests),
      label: range ? MARK[range] : null,
      recognized: range !== null && row.complete,
    }));
}

async function linkedPersons(db: Queryable, patientId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select ${patientId}::uuid as id union select case when patient_id = ${patientId}::uuid then other_patient_id else patient_id end
    from patient_link where state = 'linked' and ${patientId}::uuid in (patient_id, other_patient_id)`.execute(
    db,
  );
  return rows.map((row) => row.id);
}

async function findOverlaps(
  { centers }: Pick<Context, 'centers'>,
  db: Queryable,
  persons: string[],
  itemCodes: string[],
  at: Date,
): Promise<PanelOverlap[]> {
  const since = new Date(at.getTime() - LONGEST_VALIDITY_DAYS * 86_400_000);
  const found: PanelOverlap[] = [];
  for (const center of centers)
    found.push(...((await center.findPanelOverlaps?.(db, persons, itemCodes, since)) ?? []));
  return found;
}

const valuesOf = (lines: Line[], sourceCode: string, tests: string[] | null): EarlierValue[] =>
  lines
    .filter((line) => (tests ? tests.includes(line.code) : (line.panelCode ?? sourceCode) === sourceCode))
    .slice(0, MOST_VALUES)
    .map(({ name, value, unit, flag }) => ({ name, value, unit, flag }));

async function hasResults(db: Queryable, persons: string[]): Promise<boolean> {
  const { rows } =
    await sql`select 1 from orders where patient_id = any(${persons}::uuid[]) and final_at is not null limit 1`.execute(
      db,
    );
  return rows.length > 0;
}
