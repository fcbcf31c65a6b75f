import { sql } from 'kysely';
import type { PanelOverlap } from '../../core/center.ts';
import type { Queryable } from '../../core/database.ts';

/** Released tests of these patients that a panel to be ordered holds too, measured under another item. */
export async function findPanelOverlaps(
  db: Queryable,
  patientIds: string[],
  itemCodes: string[],
  since: Date,
): Promise<PanelOverlap[]> {
  const { rows } = await sql<PanelOverlap>`
    with wanted as (select panel_code as item_code, array_agg(test_code) as tests from lab_panel_test where panel_code = any(${itemCodes}::text[]) group by panel_code),
    measured as (
      select w.item_code, t.order_id, t.panel_code as source_code, array_agg(t.test_code order by t.test_code) as tests, count(*) = cardinality(w.tests) as complete
      from orders o join lab_order_test t on t.order_id = o.id and t.state = 'released' join wanted w on t.test_code = any(w.tests) and t.panel_code <> w.item_code
      where o.patient_id = any(${patientIds}::uuid[]) and o.center_kind = 'lab' and o.status in ('final', 'acknowledged', 'corrected') and o.final_at > ${since}
      group by w.item_code, w.tests, t.order_id, t.panel_code)
    select * from measured order by order_id desc limit 200`.execute(db);
  return rows;
}
