import { sql } from 'kysely';
import type { Actor } from '../core/access/actor.ts';
import { visibleOrders } from '../core/access/orderScope.ts';
import type { Queryable } from '../core/database.ts';
import type { Order } from '../core/order/order.ts';

export interface EarlierRecording {
  id: string;
  orderId: string;
  accessionNumber: string;
  institutionName: string;
  receivedAt: Date;
  acquiredAt: string | null;
  format: string;
  durationMs: number;
  status: string;
  measurements: Record<string, number>;
  impression: string | null;
}

/** Every other recording of the same patient in the county, newest first; the reader of one case may compare all. */
export async function earlierRecordings(
  db: Queryable,
  _actor: Actor,
  order: Order,
): Promise<EarlierRecording[]> {
  if (!order.patientId) return [];
  const { rows } = await sql<EarlierRecording>`
    select r.id, o.id as order_id, o.accession_number, i.short_name as institution_name, r.received_at, r.acquired_device_text as acquired_at, r.format, r.duration_ms, o.status::text as status,
      coalesce(c.measurements, a.measurements, '{}') as measurements, (select sr.content->>'impression' from signed_report sr where sr.order_id = o.id order by number desc limit 1) as impression
    from orders o join ecg_recording_order ro on ro.order_id = o.id and ro.undone_at is null join ecg_recording r on r.id = ro.recording_id join institution i on i.id = r.institution_id
      left join lateral (select measurements from ecg_analysis a where a.recording_id = r.id order by computed_at desc limit 1) a on true
      left join lateral (select measurements from ecg_correction c where c.recording_id = r.id order by corrected_at desc limit 1) c on true
    where o.patient_id = ${order.patientId} and o.center_kind = 'ecg'
      and not exists (select 1 from ecg_recording_order own where own.order_id = ${order.id} and own.recording_id = r.id and own.undone_at is null)
    order by r.received_at desc limit 50`.execute(db);
  return rows;
}

export interface WorklistMark {
  orderId: string;
  tier: string;
  rules: string[];
  heartRateBpm: number | null;
  quality: string[];
  synthetic: boolean;
}

/** What the worklist shows beside each open case: flags not yet decided, rate, quality. */
export async function worklistMarks(db: Queryable, actor: Actor): Promise<WorklistMark[]> {
  const { rows } = await sql<WorklistMark>`
    select o.id as order_id, coalesce(f.tier, 'none') as tier, coalesce(f.rules, '{}') as rules, (a.measurements->>'heartRateBpm')::float8 as heart_rate_bpm,
      coalesce((select array_agg(distinct q->>'kind') from jsonb_array_elements(a.quality) q), '{}') as quality, r.synthetic
    from orders o join ecg_recording_order ro on ro.order_id = o.id and ro.undone_at is null join ecg_recording r on r.id = ro.recording_id
      left join lateral (select measurements, quality from ecg_analysis a where a.recording_id = r.id order by computed_at desc limit 1) a on true
      left join lateral (select min(case tier when 'critical' then '0' when 'notable' then '1' else '2' end) as rank,
        (array_agg(tier order by case tier when 'critical' then 0 when 'notable' then 1 else 2 end))[1] as tier,
        array_agg(rule_code order by case tier when 'critical' then 0 when 'notable' then 1 else 2 end) as rules from ecg_flag f where f.recording_id = r.id and f.state <> 'dismissed') f on true
    where o.center_kind = 'ecg' and o.status in ('requested', 'awaiting-decision', 'acquired', 'received', 'claimed', 'preliminary', 'partial', 'returned') and ${visibleOrders(actor, 'o')}
    order by o.due_at nulls last limit 500`.execute(db);
  return rows;
}
