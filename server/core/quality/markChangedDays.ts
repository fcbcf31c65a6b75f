import { sql } from 'kysely';
import type { Transaction } from '../database.ts';
import type { Indicator } from './indicator/indicator.ts';

const ORDERS_PER_RUN = 20_000;
/** What is found by its own time may have been committed this much later. */
const OVERLAP_MS = 10 * 60_000;

interface Place {
  xid: string;
  seq: number;
  at: Date;
}

/**
 * Marks the local days whose figures a change may have moved: every day on which an order that was touched since the
 * last run was made, accepted or signed, ended a clock or had a critical value. Tails the event stream below
 * pg_snapshot_xmin, so that a change committed late is seen; what is no event of an order (decisions, scores, grades) is
 * found by its own time.
 */
export async function markChangedDays(
  trx: Transaction,
  indicators: readonly Indicator[],
  now: Date,
): Promise<void> {
  const place =
    await sql<Place>`select xid::text as xid, seq, at from indicator_watermark for update`.execute(trx);
  const from = place.rows[0];
  const reached = await sql<{ xid: string; seq: number }>`
    with page as materialized (select xid, seq, order_id from stream_event where xid < pg_snapshot_xmin(pg_current_snapshot()) and ${from ? sql`(xid, seq) > (${from.xid}::xid8, ${from.seq}::bigint)` : sql`at > ${now}::timestamptz - interval '1 day'`} order by xid, seq limit ${ORDERS_PER_RUN}),
    changed as (select distinct order_id from page where order_id is not null),
    times as (select t.at from changed join orders o on o.id = changed.order_id cross join lateral (values (o.created_at), (o.received_at), (o.final_at)) t(at)
      union all select c.stopped_at from changed join order_clock c on c.order_id = changed.order_id
      union all select v.found_at from changed join critical_value v on v.order_id = changed.order_id),
    marked as (insert into indicator_dirty_day (day) select distinct (at at time zone 'Asia/Shanghai')::date from times where at is not null on conflict do nothing)
    select xid::text as xid, seq from page order by xid desc, seq desc limit 1`.execute(trx);
  const since = new Date((from?.at ?? now).getTime() - OVERLAP_MS);
  const others = indicators.flatMap((indicator) => indicator.changed?.(since) ?? []);
  if (others.length > 0)
    await sql`insert into indicator_dirty_day (day) select distinct (at at time zone 'Asia/Shanghai')::date from (${sql.join(others, sql` union all `)}) t(at) where at is not null on conflict do nothing`.execute(
      trx,
    );
  const last = reached.rows[0];
  const to = last ?? from ?? { xid: '0', seq: 0 };
  await sql`insert into indicator_watermark (xid, seq, at) values (${to.xid}::xid8, ${to.seq}, ${now})
    on conflict (one) do update set xid = excluded.xid, seq = excluded.seq, at = excluded.at`.execute(trx);
}
