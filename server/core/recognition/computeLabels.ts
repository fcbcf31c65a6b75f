import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import type { Order } from '../order/order.ts';
import { MARK, RANGES, type RecognitionRange } from './ranges.ts';

export interface RecognitionLabel {
  /** Printed top right when every item is recognised: the narrowest of their ranges, e.g. 县HR. */
  mark?: string;
  items: { code: string; range: RecognitionRange | null; evidenceId: string | null }[];
}

/**
 * The recognition label of an order's result: per item, whether it is in the catalogue without exception and whether
 * the site that examined (or measured) held valid quality evidence on the examination date. Stored with the version
 * at signing and never computed anew for it.
 */
export async function computeLabels(
  ctx: Pick<Context, 'clock'>,
  db: Queryable,
  order: Order,
): Promise<RecognitionLabel> {
  const { rows } = await sql<{ code: string; range: RecognitionRange | null; evidenceId: string | null }>`
    with facts as (select (coalesce((select min(at) from order_event where order_id = ${order.id} and kind in ('examined', 'collected', 'acquired')), ${ctx.clock.now()}::timestamptz) at time zone 'Asia/Shanghai')::date as day)
    select i.code, e.recognition_range as range, e.id as evidence_id from order_item i
    left join recognition_item r on r.item_code = i.code and r.eligible
    left join lateral (select q.id, q.recognition_range from quality_evidence q, facts where r.item_code is not null and q.institution_id = ${measuringSite(order)}
        and (q.item_code = i.code or q.item_code is null) and (q.center_kind is null or q.center_kind = ${order.centerKind}::center_kind)
        and facts.day between q.valid_from and q.valid_to and q.revoked_at is null
      order by array_position(${[...RANGES]}::text[], q.recognition_range), q.id limit 1) e on true
    where i.order_id = ${order.id} order by i.code`.execute(db);
  const ranges = rows.map((row) => row.range);
  const narrowest = ranges.includes(null)
    ? -1
    : Math.max(...ranges.map((range) => RANGES.indexOf(range ?? 'county')));
  const range = RANGES[narrowest];
  return { ...(range && { mark: MARK[range] }), items: rows };
}

/** Who made the image or trace; for specimens, who measured them. */
export const measuringSite = (
  order: Pick<Order, 'centerKind' | 'performingInstitutionId' | 'reportingInstitutionId'>,
): string =>
  order.centerKind === 'imaging' || order.centerKind === 'ecg'
    ? order.performingInstitutionId
    : order.reportingInstitutionId;
