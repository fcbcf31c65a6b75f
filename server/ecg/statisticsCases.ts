import { sql } from 'kysely';
import type { Queryable } from '../core/database.ts';

/** Columns of the statistics that name recordings. */
export const statisticsFigures = [
  'uploads',
  'unreadable',
  'lead-off',
  'noise',
  'limb-reversal',
  'saturation',
  'critical',
  'signed',
  'p90',
  'on-time',
  'late',
] as const;

export interface StatisticsCase {
  id: string;
  at: string;
  orderId: string | null;
  accessionNumber: string | null;
  status: string | null;
  format: string | null;
  /** Minutes from upload to signature, or why a file could not be read. */
  minutes: number | null;
  reason: string | null;
}

/** The cases behind one figure of one site in [from, to), newest first, at most 200. */
export async function statisticsCases(
  db: Queryable,
  input: { institutionId: string; figure: (typeof statisticsFigures)[number]; from: Date; to: Date },
): Promise<StatisticsCase[]> {
  const { institutionId, figure, from, to } = input;
  if (figure === 'unreadable') {
    const { rows } = await sql<StatisticsCase>`
      select id, created_at as at, order_id, null as accession_number, state as status, null as format, null::float8 as minutes, reason from unmatched_input
      where center_kind = 'ecg' and kind = 'unreadable' and institution_id = ${institutionId} and created_at >= ${from} and created_at < ${to}
      order by created_at desc limit 200`.execute(db);
    return rows;
  }
  if (figure === 'signed' || figure === 'p90' || figure === 'on-time' || figure === 'late') {
    const { rows } = await sql<StatisticsCase>`
      with times as (
        select o.id, o.final_at, o.accession_number, o.status, extract(epoch from o.final_at - e.at) / 60 as minutes,
          not exists (select 1 from order_clock c where c.order_id = o.id and c.kind = 'service' and c.state = 'breached') as on_time
        from orders o join lateral (select at from order_event e where e.order_id = o.id and e.kind = 'acquired' order by seq limit 1) e on true
        where o.center_kind = 'ecg' and o.requesting_institution_id = ${institutionId} and o.final_at >= ${from} and o.final_at < ${to})
      select id, final_at as at, id as order_id, accession_number, status, null as format, round(minutes::numeric, 1)::float8 as minutes, null as reason
      from times
      where ${figure} = 'signed' or (${figure} = 'on-time' and on_time) or (${figure} = 'late' and not on_time)
        or (${figure} = 'p90' and minutes >= (select percentile_cont(0.9) within group (order by minutes) from times))
      order by times.minutes desc limit 200`.execute(db);
    return rows;
  }
  const { rows } = await sql<StatisticsCase>`
    select r.id, r.received_at as at, o.id as order_id, o.accession_number, o.status, r.format, null::float8 as minutes, null as reason
    from ecg_recording r
    left join lateral (select ro.order_id from ecg_recording_order ro where ro.recording_id = r.id and ro.undone_at is null order by ro.joined_at desc limit 1) j on true
    left join orders o on o.id = j.order_id
    left join lateral (select quality from ecg_analysis a where a.recording_id = r.id order by computed_at desc limit 1) a on true
    where r.institution_id = ${institutionId} and r.received_at >= ${from} and r.received_at < ${to} and r.format <> 'document'
      and (${figure} = 'uploads' or (${figure} = 'critical' and exists (select 1 from ecg_flag f where f.recording_id = r.id and f.tier = 'critical'))
        or a.quality @> jsonb_build_array(jsonb_build_object('kind', ${figure}::text)))
    order by r.received_at desc limit 200`.execute(db);
  return rows;
}
