import { sql, type RawBuilder } from 'kysely';
import { figuresQuery, readFigures, readSites, readTrend } from '../../server/core/quality/figures.ts';
import { freezePeriod } from '../../server/core/quality/freezePeriod.ts';
import type { Indicator } from '../../server/core/quality/indicator/indicator.ts';
import { indicatorsOf } from '../../server/core/quality/indicators.ts';
import { endedPeriods, recomputePeriod } from '../../server/core/quality/nightlyFreeze.ts';
import { casesQuery, readCases, type CaseQuery } from '../../server/core/quality/readCases.ts';
import { readOverview } from '../../server/core/quality/readOverview.ts';
import { refreshIndicators } from '../../server/core/quality/refreshIndicators.ts';
import { readRegulatorFigures } from '../../server/core/quality/regulatorFigures.ts';
import { localDate } from '../../server/core/turnaround/calendar.ts';
import { announce } from '../../server/core/events/announce.ts';
import { SYSTEM } from '../../server/core/access/actor.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { percentile } from '../helpers/percentile.ts';
import { scratchHub } from '../helpers/scratchHub.ts';
import { generateRecord } from './generateRecord.ts';

const ORDERS = Number(process.env.BENCH_ORDERS ?? 1_000_000);
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 40);
const COMMAND = 'npm run bench -- --only quality.dashboard';
type Hub = Awaited<ReturnType<typeof scratchHub>>;

/** Dashboard, drill-down, refresh of today and the nightly freeze at a million orders in five years, with plans. */
export const qualityDashboard: Bench = {
  name: 'quality.dashboard',
  about: 'figures, drill-down and freeze at 1,000,000 orders and 5 years',
  async run() {
    const hub = await scratchHub();
    try {
      await generateRecord(hub.ctx.pool, ORDERS);
      await sumHistory(hub);
      const today = localDate(new Date());
      const from = `${Number(today.slice(0, 4)) - 5}${today.slice(4)}`;
      const rows = [
        ...(await dashboards(hub, from, today)),
        ...(await drillDowns(hub, from, today)),
        ...(await refreshOfToday(hub)),
        ...(await freezes(hub)),
      ];
      await plans(hub, from, today);
      return rows;
    } finally {
      await hub.close();
    }
  },
};

/** Days and months of the whole record at once; the hub itself does it day by day as days change. */
async function sumHistory({ ctx }: Hub): Promise<void> {
  const span = { from: new Date('2000-01-01'), to: new Date('2100-01-01') };
  for (const indicator of indicatorsOf(ctx.centers))
    await sql`insert into indicator_day (indicator, institution_id, day, numerator, denominator)
      select ${indicator.code}, c.institution_id, (c.at at time zone 'Asia/Shanghai')::date, count(*) filter (where c.met)::int, count(*)::int from (${indicator.cases(span)}) c group by 2, 3`.execute(
      ctx.db,
    );
  await sql`insert into indicator_month (indicator, institution_id, month, numerator, denominator)
    select indicator, institution_id, date_trunc('month', day)::date, sum(numerator), sum(denominator) from indicator_day group by 1, 2, 3`.execute(
    ctx.db,
  );
  await sql`analyze indicator_day, indicator_month`.execute(ctx.db);
}

async function dashboards({ ctx }: Hub, from: string, today: string): Promise<BenchRow[]> {
  const days30 = localDate(new Date(Date.now() - 29 * 86_400_000));
  const year = localDate(new Date(Date.now() - 364 * 86_400_000));
  const rows: BenchRow[] = [];
  for (const [name, start] of [
    ['30 days', days30],
    ['1 year', year],
    ['5 years', from],
  ] as const) {
    rows.push(await p95(`all indicators, ${name}`, 300, () => readFigures(ctx.db, start, today)));
    rows.push(await p95(`overview with verdicts, ${name}`, 300, () => readOverview(ctx.db, indicatorsOf(ctx.centers), start, today))); // prettier-ignore
    rows.push(await p95(`regulator's page, ${name}`, 300, () => readRegulatorFigures(ctx.db, start, today)));
    rows.push(await p95(`one indicator by site, ${name}`, 300, () => readSites(ctx.db, 'img-on-time', start, today))); // prettier-ignore
  }
  rows.push(await p95('60 months of one indicator', 300, () => readTrend(ctx.db, 'img-on-time', 60, today)));
  return rows;
}

async function drillDowns({ ctx }: Hub, from: string, to: string): Promise<BenchRow[]> {
  const indicators = indicatorsOf(ctx.centers);
  const indicator = (code: string): Indicator => indicators.find((each) => each.code === code) as Indicator;
  const site = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  const open =
    (code: string, more: Partial<Pick<CaseQuery, 'met' | 'institutionId' | 'after'>> = {}) =>
    () =>
      readCases(ctx.db, indicator(code), { from, to, limit: 100, ...more });
  return [
    await p95('drill-down, breached imaging, 5 years', 500, open('img-on-time', { met: false })),
    await p95('drill-down, corrected reports, 5 years', 500, open('corrected', { met: true })),
    await p95('drill-down, all read results of one site, 5 years', 500, open('read-on-time', { institutionId: site.id })),
    await p95('drill-down, a page two years back', 500, open('lab-on-time', { after: { at: new Date(Date.now() - 730 * 86_400_000).toISOString(), shown: 0 } })),
  ]; // prettier-ignore
}

/** One order changes; the sums of its days follow. */
async function refreshOfToday({ ctx }: Hub): Promise<BenchRow[]> {
  await refreshIndicators(ctx); // takes the definitions and the dirty days of the fill
  await sql`delete from indicator_dirty_day`.execute(ctx.db);
  const { rows } = await sql<{
    id: string;
  }>`select id from orders where final_at is not null order by created_at desc limit ${SAMPLES}`.execute(
    ctx.db,
  );
  let next = 0;
  return [
    await p95('refresh after one changed order', 2_000, async () => {
      await announce(ctx.db, { kind: 'order.changed', orderId: rows[next++ % rows.length]?.id ?? '' });
      await refreshIndicators(ctx);
    }),
  ];
}

async function freezes({ ctx }: Hub): Promise<BenchRow[]> {
  const period = `${Number(localDate(new Date()).slice(0, 4)) - 1}-H2`;
  const [month = ''] = endedPeriods(localDate(new Date()));
  const rows: BenchRow[] = [];
  for (const each of [month, period]) {
    const start = performance.now();
    await recomputePeriod(ctx, each);
    await freezePeriod(ctx, SYSTEM, each);
    const seconds = (performance.now() - start) / 1000;
    rows.push({
      name: `quality.dashboard freeze of ${each}, every day computed anew`,
      value: seconds,
      unit: 's',
      spread: [seconds, seconds],
      ratio: 120 / seconds,
      target: `< 120 s at ${ORDERS} orders`,
      pass: seconds < 120,
      command: COMMAND,
    });
  }
  return rows;
}

async function p95(name: string, limitMs: number, work: () => Promise<unknown>): Promise<BenchRow> {
  const samples: number[] = [];
  for (let n = 0; n < SAMPLES + 3; n++) {
    const start = performance.now();
    await work();
    if (n >= 3) samples.push(performance.now() - start);
  }
  const value = percentile(samples, 95);
  return {
    name: `quality.dashboard ${name}`,
    value,
    unit: 'ms p95',
    spread: [Math.min(...samples), Math.max(...samples)],
    ratio: limitMs / value,
    target: `p95 < ${limitMs} ms at ${ORDERS} orders`,
    pass: value < limitMs,
    command: COMMAND,
  };
}

/** The plans behind the figures, on standard error beside the table. */
async function plans({ ctx }: Hub, from: string, to: string): Promise<void> {
  const corrected = indicatorsOf(ctx.centers).find((each) => each.code === 'corrected') as Indicator;
  await explain('figures of five years', figuresQuery(from, to));
  await explain(
    'corrected reports of five years',
    casesQuery(corrected, { from, to, met: true, limit: 100 }),
  );

  async function explain(name: string, query: RawBuilder<unknown>) {
    const { rows } = await sql<{
      'QUERY PLAN': string;
    }>`explain (analyze, buffers, costs off, summary) ${query}`.execute(ctx.db);
    console.error(`\nplan: ${name}\n${rows.map((row) => Object.values(row)[0]).join('\n')}`);
  }
}
