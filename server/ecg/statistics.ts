import { sql } from 'kysely';
import type { Queryable } from '../core/database.ts';

export interface SiteStatistics {
  institutionId: string;
  institutionName: string;
  uploads: number;
  unreadable: number;
  leadOff: number;
  noise: number;
  limbReversal: number;
  saturation: number;
  signed: number;
  medianMinutes: number | null;
  p90Minutes: number | null;
  onTime: number;
  criticalFlags: number;
}

/**
 * Per site: recordings, their quality, and the time from upload to signature in a period [from, to). A file that could
 * not be read is counted as such, also where a person made it a document of a case.
 */
export async function siteStatistics(db: Queryable, from: Date, to: Date): Promise<SiteStatistics[]> {
  const { rows } = await sql<SiteStatistics>`
    with recordings as (
      select r.id, r.institution_id, a.quality, exists (select 1 from ecg_flag f where f.recording_id = r.id and f.tier = 'critical') as critical
      from ecg_recording r left join lateral (select quality from ecg_analysis a where a.recording_id = r.id order by computed_at desc limit 1) a on true
      where r.received_at >= ${from} and r.received_at < ${to} and r.format <> 'document'),
    marks as (
      select institution_id, count(*)::int as uploads, count(*) filter (where critical)::int as critical_flags,
        count(*) filter (where quality @> '[{"kind":"lead-off"}]')::int as lead_off, count(*) filter (where quality @> '[{"kind":"noise"}]')::int as noise,
        count(*) filter (where quality @> '[{"kind":"limb-reversal"}]')::int as limb_reversal, count(*) filter (where quality @> '[{"kind":"saturation"}]')::int as saturation
      from recordings group by institution_id),
    bad as (select institution_id, count(*)::int as unreadable from unmatched_input where center_kind = 'ecg' and kind = 'unreadable' and created_at >= ${from} and created_at < ${to} group by institution_id),
    times as (
      select o.requesting_institution_id as institution_id, extract(epoch from o.final_at - e.at) / 60 as minutes,
        not exists (select 1 from order_clock c where c.order_id = o.id and c.kind = 'service' and c.state = 'breached') as on_time
      from orders o join lateral (select at from order_event e where e.order_id = o.id and e.kind = 'acquired' order by seq limit 1) e on true
      where o.center_kind = 'ecg' and o.final_at >= ${from} and o.final_at < ${to}),
    signed as (
      select institution_id, count(*)::int as signed, percentile_cont(0.5) within group (order by minutes) as median_minutes, percentile_cont(0.9) within group (order by minutes) as p90_minutes,
        count(*) filter (where on_time)::int as on_time
      from times group by institution_id)
    select i.id as institution_id, i.short_name as institution_name, coalesce(m.uploads, 0) as uploads, coalesce(b.unreadable, 0) as unreadable, coalesce(m.lead_off, 0) as lead_off,
      coalesce(m.noise, 0) as noise, coalesce(m.limb_reversal, 0) as limb_reversal, coalesce(m.saturation, 0) as saturation, coalesce(s.signed, 0) as signed,
      round(s.median_minutes::numeric, 1)::float8 as median_minutes, round(s.p90_minutes::numeric, 1)::float8 as p90_minutes, coalesce(s.on_time, 0) as on_time, coalesce(m.critical_flags, 0) as critical_flags
    from institution i left join marks m on m.institution_id = i.id left join bad b on b.institution_id = i.id left join signed s on s.institution_id = i.id
    where m.uploads > 0 or b.unreadable > 0 or s.signed > 0 order by uploads desc, institution_name limit 200`.execute(
    db,
  );
  return rows;
}
