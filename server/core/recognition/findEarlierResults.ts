import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import { MARK, type RecognitionRange } from './ranges.ts';

export interface EarlierResult {
  /** Names the prompt in a submission: item and signed version. */
  promptId: string;
  itemCode: string;
  itemName: string;
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
  /** Values of the item where the centre has them (laboratory). */
  content: Record<string, unknown>;
  label: string | null;
  /** Recognised results need a decision; the others are shown as 未互认 for reference. */
  recognized: boolean;
  remainingDays: number;
  price: number | null;
}

/**
 * Earlier valid results of a patient (and of records linked to him by a person) for the items of a request, newest
 * first, one per item. Only results of the last signed, not voided version within the item's validity count.
 */
export async function findEarlierResults(
  db: Queryable,
  patientId: string,
  itemCodes: string[],
  at: Date,
): Promise<EarlierResult[]> {
  if (itemCodes.length === 0) return [];
  const { rows } = await sql<
    Omit<EarlierResult, 'promptId' | 'label' | 'recognized'> & { range: RecognitionRange | null }
  >`
    with person as (select ${patientId}::uuid as id union select case when patient_id = ${patientId}::uuid then other_patient_id else patient_id end
        from patient_link where state = 'linked' and ${patientId}::uuid in (patient_id, other_patient_id)),
    earlier as (
      select distinct on (i.code) i.code as item_code, c.name as item_name, s.id as signed_report_id, o.id as order_id, o.accession_number, o.center_kind::text as center,
        coalesce((select min(e.at) from order_event e where e.order_id = o.id and e.kind in ('examined', 'collected', 'acquired')), o.created_at) as examined_at, s.signed_at,
        coalesce(p.short_name, '') as institution_name, q.short_name as reporting_institution_name, s.content->>'impression' as impression, o.positive, s.content, r.validity_days, r.counts_from, c.price,
        (select l->>'range' from jsonb_array_elements(s.recognition->'items') l where l->>'code' = i.code limit 1) as range
      from orders o join person on person.id = o.patient_id join order_item i on i.order_id = o.id and i.code = any(${itemCodes}::text[])
      join recognition_item r on r.item_code = i.code and r.eligible join catalogue_item c on c.code = i.code
      join lateral (select * from signed_report s where s.order_id = o.id and s.kind <> 'partial' order by s.number desc limit 1) s on s.state = 'valid' and s.kind <> 'void'
      join institution p on p.id = o.performing_institution_id join institution q on q.id = o.reporting_institution_id
      where o.status in ('final', 'acknowledged', 'corrected') and o.final_at > ${at}::timestamptz - make_interval(days => r.validity_days + 60)
      order by i.code, s.signed_at desc)
    select item_code, item_name, signed_report_id, order_id, accession_number, center, examined_at, signed_at, institution_name, reporting_institution_name, impression, positive, content, range, price,
      validity_days - floor(extract(epoch from ${at}::timestamptz - case counts_from when 'report' then signed_at else examined_at end) / 86400)::int as remaining_days
    from earlier where (case counts_from when 'report' then signed_at else examined_at end) > ${at}::timestamptz - make_interval(days => validity_days) order by item_code`.execute(
    db,
  );
  return rows.map(({ range, ...row }) => ({
    ...row,
    promptId: `${row.itemCode}:${row.signedReportId}`,
    label: range ? MARK[range] : null,
    recognized: range !== null,
  }));
}
