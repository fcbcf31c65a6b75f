import type { Pool } from 'pg';
import { generateOrders } from '../worklist/generateOrders.ts';

/**
 * Fills a record of five years behind `count` orders: service clocks (one in twenty breached), readings, corrections
 * (1 %), returns (3 %), critical values (0.5 %), recognition prompts (5 %). Everything by SQL, at 155 s between orders.
 */
export async function generateRecord(pool: Pool, count: number): Promise<void> {
  await generateOrders(pool, count);
  const client = await pool.connect();
  try {
    await client.query('set session_replication_role = replica'); // foreign keys hold by construction
    await client.query(
      `create temp table numbered as select id, center_kind, patient_id, requesting_institution_id, received_at, final_at, row_number() over (order by id) as n from orders`,
    );
    await client.query(`insert into order_clock (order_id, policy_id, kind, state, started_at, stopped_at, elapsed_minutes)
      select o.id, p.id, 'service', case when o.n % 20 = 0 then 'breached' else 'met' end, o.received_at, o.final_at, 10 + o.n % 90
      from numbered o join (select distinct on (center_kind) center_kind, id from turnaround_policy where kind = 'service' order by center_kind, code) p on p.center_kind = o.center_kind where o.final_at is not null`);
    await client.query(`insert into order_event (order_id, kind, at, actor_name) select o.id, e.kind, o.final_at, 'bench' from numbered o
      cross join lateral (select 'acknowledged' as kind where o.n % 25 <> 0 union all select 'corrected' where o.n % 100 = 0 union all select 'returned' where o.n % 33 = 0) e where o.final_at is not null`);
    await client.query(`insert into critical_value (order_id, finding, found_at, state, notified_at, acknowledged_at)
      select id, 'bench', final_at, 'acknowledged', final_at + interval '4 minutes', final_at + (4 + n % 11) * interval '1 minute' from numbered where n % 200 = 0 and final_at is not null`);
    await client.query(`insert into recognition_prompt (patient_id, item_code, signed_report_id, source_order_id, institution_id, prompted_at, decision, reason, saving, decided_at)
      select patient_id, 'DR-CHEST', uuidv7(), id, requesting_institution_id, final_at, case when n % 3 = 0 then 'repeat' else 'adopt' end, case when n % 3 = 0 then 'condition-changed' end, 75, final_at from numbered where n % 20 = 0 and final_at is not null`);
    await client.query('analyze order_clock, order_event, critical_value, recognition_prompt');
  } finally {
    await client.query('set session_replication_role = default');
    client.release();
  }
}
