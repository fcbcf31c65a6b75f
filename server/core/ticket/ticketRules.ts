import { sql } from 'kysely';
import type { CenterKind } from '../../../db/types.ts';
import type { Queryable } from '../database.ts';
import { indicatorsOf } from '../quality/indicators.ts';
import { fellBeyondChance } from '../quality/judge.ts';
import type { Center } from '../center.ts';
import type { TicketCause } from './raiseTicket.ts';

/** Numbers of a rule as the county set them; each with its bounds and what it is without a setting. */
export const RULE_SETTINGS: Record<
  string,
  Record<string, { least: number; most: number; initial: number }>
> = {
  'breach-cluster': {
    count: { least: 2, most: 1_000, initial: 5 },
    hours: { least: 1, most: 720, initial: 24 },
  },
  'unread-cluster': { count: { least: 2, most: 1_000, initial: 3 } },
  'critical-overdue': { minutes: { least: 5, most: 1_440, initial: 30 } },
  'indicator-fall': {
    points: { least: 1, most: 50, initial: 5 },
    minimum: { least: 5, most: 10_000, initial: 20 },
    sigma: { least: 2, most: 5, initial: 3 },
    months: { least: 1, most: 12, initial: 6 },
  },
  'evidence-expiry': { days: { least: 1, most: 365, initial: 30 } },
};

type Settings = Record<string, number>;
type Detect = (db: Queryable, centers: readonly Center[], now: Date, settings: Settings) => Promise<TicketCause[]>; // prettier-ignore

/** What each rule finds now; a rule reads the record and changes nothing. */
export const TICKET_RULES: Record<string, Detect> = {
  'breach-cluster': findBreachClusters,
  'unread-cluster': findUnreadClusters,
  'critical-overdue': findOverdueCriticalValues,
  'indicator-fall': findFallingIndicators,
  'evidence-expiry': findExpiringEvidence,
};

/** As many breaches of one promise at one site within the hours; breaches before the last closing do not count again. */
async function findBreachClusters(
  db: Queryable,
  _centers: readonly Center[],
  now: Date,
  settings: Settings,
): Promise<TicketCause[]> {
  const { rows } = await sql<{
    key: string;
    policy: string;
    site: string;
    institutionId: string;
    centerKind: CenterKind;
    count: number;
    latest: Date;
    orders: string[];
  }>`
    with found as (select 'breach-cluster:' || p.code || ':' || o.requesting_institution_id as key, p.name as policy, p.center_kind::text as center_kind, o.requesting_institution_id as institution_id, c.order_id, c.breached_at
      from order_clock c join turnaround_policy p on p.id = c.policy_id join orders o on o.id = c.order_id where c.breached_at > ${now}::timestamptz - make_interval(hours => ${settings.hours ?? 24}) and c.breached_at <= ${now})
    select f.key, f.policy, f.center_kind, f.institution_id, i.short_name as site, count(*)::int as count, max(f.breached_at) as latest, (array_agg(f.order_id order by f.breached_at desc))[1:50] as orders
    from found f join institution i on i.id = f.institution_id left join ticket t on t.source_key = f.key where f.breached_at > coalesce(t.closed_at, '-infinity') group by 1, 2, 3, 4, 5 having count(*) >= ${settings.count ?? 5} limit 200`.execute(
    db,
  );
  return rows.map((row) => ({
    ruleCode: 'breach-cluster',
    sourceKey: row.key,
    title: `${row.site} ${row.policy}:${settings.hours ?? 24} 小时内超时 ${row.count} 例`,
    institutionId: row.institutionId,
    centerKind: row.centerKind,
    latestAt: row.latest,
    detail: { count: row.count, orderIds: row.orders },
  }));
}

/** Reports of one site that nobody read in a month, by their single tickets; those before the last closing do not count again. */
async function findUnreadClusters(
  db: Queryable,
  _centers: readonly Center[],
  _now: Date,
  settings: Settings,
): Promise<TicketCause[]> {
  const { rows } = await sql<{
    key: string;
    month: string;
    site: string;
    institutionId: string;
    count: number;
    latest: Date;
    orders: string[];
  }>`
    with found as (select 'unread-cluster:' || t.institution_id || ':' || m.month as key, m.month, t.institution_id, t.order_id, t.created_at
      from ticket t cross join lateral (select to_char(t.created_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month) m
      where t.kind = 'unread' and t.state <> 'closed' and t.institution_id is not null)
    select f.key, f.month, f.institution_id, i.short_name as site, count(*)::int as count, max(f.created_at) as latest, (array_agg(f.order_id order by f.created_at desc))[1:500] as orders
    from found f join institution i on i.id = f.institution_id left join ticket t on t.source_key = f.key where f.created_at > coalesce(t.closed_at, '-infinity') group by 1, 2, 3, 4 having count(*) >= ${settings.count ?? 3} limit 200`.execute(
    db,
  );
  return rows.map((row) => ({
    ruleCode: 'unread-cluster',
    sourceKey: row.key,
    title: `${row.site} ${row.month}:报告超时未阅读确认 ${row.count} 份`,
    institutionId: row.institutionId,
    centerKind: null,
    latestAt: row.latest,
    detail: { count: row.count, orderIds: row.orders },
  }));
}

/** Critical values without acknowledgement after the minutes. */
async function findOverdueCriticalValues(
  db: Queryable,
  _centers: readonly Center[],
  now: Date,
  settings: Settings,
): Promise<TicketCause[]> {
  const { rows } = await sql<{
    id: string;
    orderId: string;
    accessionNumber: string;
    institutionId: string;
    centerKind: CenterKind;
    foundAt: Date;
  }>`
    select v.id, v.order_id, o.accession_number, o.requesting_institution_id as institution_id, o.center_kind::text as center_kind, v.found_at from critical_value v join orders o on o.id = v.order_id
    where v.state in ('open', 'notified') and v.tier = 'critical' and v.found_at <= ${now}::timestamptz - make_interval(mins => ${settings.minutes ?? 30}) and v.found_at > ${now}::timestamptz - interval '30 days' limit 200`.execute(
    db,
  );
  return rows.map((row) => ({
    ruleCode: 'critical-overdue',
    sourceKey: `critical-overdue:${row.id}`,
    title: `${row.accessionNumber} 危急值超过 ${settings.minutes ?? 30} 分钟未确认`,
    institutionId: row.institutionId,
    centerKind: row.centerKind,
    orderId: row.orderId,
    latestAt: row.foundAt,
    detail: { criticalValueId: row.id },
  }));
}

/** Last whole month against the months before it: worse by at least the points and by more than chance explains, on enough cases in both. */
async function findFallingIndicators(
  db: Queryable,
  centers: readonly Center[],
  now: Date,
  settings: Settings,
): Promise<TicketCause[]> {
  const { rows } = await sql<{
    indicator: string;
    institutionId: string;
    site: string;
    month: string;
    ended: Date;
    n: number;
    d: number;
    n0: number;
    d0: number;
  }>`
    with this as (select date_trunc('month', (${now}::timestamptz at time zone 'Asia/Shanghai')) as start),
    past as (select m.indicator, m.institution_id, sum(m.numerator)::int as n0, sum(m.denominator)::int as d0 from this join indicator_month m
      on m.month < (this.start - interval '1 month')::date and m.month >= (this.start - make_interval(months => ${(settings.months ?? 6) + 1}))::date group by 1, 2)
    select a.indicator, a.institution_id, i.short_name as site, to_char(a.month, 'YYYY-MM') as month, (this.start at time zone 'Asia/Shanghai') as ended, a.numerator as n, a.denominator as d, b.n0, b.d0
    from this join indicator_month a on a.month = (this.start - interval '1 month')::date join past b on b.indicator = a.indicator and b.institution_id = a.institution_id
      join institution i on i.id = a.institution_id where a.denominator >= ${settings.minimum ?? 20} and b.d0 >= ${settings.minimum ?? 20}`.execute(
    db,
  );
  const indicators = indicatorsOf(centers);
  return rows.flatMap((row) => {
    const indicator = indicators.find((each) => each.code === row.indicator && !each.hidden);
    if (!indicator) return [];
    const points = (row.n / row.d - row.n0 / row.d0) * 100 * (indicator.better === 'up' ? -1 : 1);
    if (points < (settings.points ?? 5)) return [];
    const { fell, z } = fellBeyondChance(
      { numerator: row.n, denominator: row.d },
      { numerator: row.n0, denominator: row.d0 },
      indicator.better,
      settings.sigma ?? 3,
    );
    if (!fell) return [];
    const share = (n: number, d: number) => `${((n / d) * 100).toFixed(1)}%(${n}/${d})`;
    return [
      {
        ruleCode: 'indicator-fall',
        sourceKey: `indicator-fall:${row.indicator}:${row.institutionId}`,
        title: `${row.site} ${indicator.name}:${row.month} 为 ${share(row.n, row.d)},此前 ${settings.months ?? 6} 个月 ${share(row.n0, row.d0)}`,
        institutionId: row.institutionId,
        centerKind: indicator.center === 'community' ? null : indicator.center,
        latestAt: row.ended,
        detail: { ...row, indicatorEn: indicator.nameEn, points: Math.round(points * 10) / 10, z },
      },
    ];
  });
}

/** Evidence in force that ends within the days, or ended lately, and that nothing newer replaces. */
async function findExpiringEvidence(
  db: Queryable,
  _centers: readonly Center[],
  now: Date,
  settings: Settings,
): Promise<TicketCause[]> {
  const { rows } = await sql<{
    id: string;
    institutionId: string;
    site: string;
    centerKind: CenterKind | null;
    evaluator: string;
    validTo: string;
    itemName: string | null;
    expired: boolean;
  }>`
    with today as (select (${now}::timestamptz at time zone 'Asia/Shanghai')::date as day)
    select e.id, e.institution_id, i.short_name as site, e.center_kind::text as center_kind, e.evaluator, e.valid_to::text as valid_to, c.name as item_name, e.valid_to < today.day as expired
    from today, quality_evidence e join institution i on i.id = e.institution_id left join catalogue_item c on c.code = e.item_code
    where e.revoked_at is null and e.valid_to between today.day - 90 and today.day + ${settings.days ?? 30}::int
      and not exists (select 1 from quality_evidence n where n.institution_id = e.institution_id and n.center_kind is not distinct from e.center_kind and n.item_code is not distinct from e.item_code and n.revoked_at is null and n.valid_to > e.valid_to) limit 200`.execute(
    db,
  );
  return rows.map((row) => ({
    ruleCode: 'evidence-expiry',
    sourceKey: `evidence-expiry:${row.id}`,
    title: `${row.site} ${row.itemName ?? ''}质量证明(${row.evaluator})${row.expired ? '已于' : '将于'} ${row.validTo} 到期`,
    institutionId: row.institutionId,
    centerKind: row.centerKind,
    // A ticket closed before the end comes back on the day the evidence has ended.
    latestAt: row.expired
      ? new Date(`${row.validTo}T16:00:00Z`)
      : new Date(now.getTime() - 3_650 * 86_400_000),
    detail: { evidenceId: row.id, validTo: row.validTo },
  }));
}
