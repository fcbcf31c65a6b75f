import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import type { Center } from '../center.ts';
import { daysOfPeriod } from '../quality/freezePeriod.ts';
import { funnel, wilson } from '../quality/figures.ts';
import { indicatorsOf } from '../quality/indicators.ts';
import { FEW_CASES } from '../quality/judge.ts';

export interface BulletinFigure {
  code: string;
  name: string;
  formula: string;
  version: number;
  mark: 'N' | 'L' | 'P';
  better: 'up' | 'down';
  target: number | null;
  numerator: number;
  denominator: number;
  /** Share of the frozen period before, null where none was frozen. */
  before: number | null;
  reached: boolean | null;
}

export interface BulletinSite {
  institutionId: string;
  name: string;
  orders: number;
  /** Indicators with a target that the site reached, of those it has enough cases in. */
  reached: number;
  judged: number;
  /** Indicators on the wrong side of the 99.8 % limit of the funnel. */
  outliers: { code: string; name: string; share: number; low: number; high: number; denominator: number }[];
}

/** Everything a bulletin prints. Stored once; pages and sheets are made from this and nothing else. */
export interface BulletinData {
  period: string;
  kind: 'month' | 'quarter' | 'half-year';
  first: string;
  last: string;
  previousPeriod: string;
  figures: BulletinFigure[];
  volume: { center: string; orders: number; signed: number; forMembers: number }[];
  sites: BulletinSite[];
  recognition: {
    prompts: number;
    adopted: number;
    repeated: number;
    saving: number;
    reasons: { reason: string; count: number }[];
  };
  tickets: {
    opened: number;
    closed: number;
    reopened: number;
    open: number;
    items: { number: number; title: string; state: string; site: string | null }[];
  };
}

/** The period of the same length before. */
export function periodBefore(period: string): string {
  const { first } = daysOfPeriod(period);
  const end = new Date(new Date(`${first}T00:00:00Z`).getTime() - 86_400_000);
  const [year, month] = [end.getUTCFullYear(), end.getUTCMonth() + 1];
  if (period.includes('Q')) return `${year}-Q${Math.ceil(month / 3)}`;
  if (period.includes('H')) return `${year}-H${Math.ceil(month / 6)}`;
  return `${year}-${String(month).padStart(2, '0')}`;
}

interface Frozen {
  indicator: string;
  version: number;
  institutionId: string;
  name: string;
  code: string;
  numerator: number;
  denominator: number;
}

const readFrozen = async (db: Queryable, period: string): Promise<Frozen[]> =>
  (
    await sql<Frozen>`select f.indicator, f.definition_version as version, f.institution_id, i.short_name as name, i.code, f.numerator, f.denominator from indicator_freeze f join institution i on i.id = f.institution_id where f.period = ${period} order by i.code, f.indicator`.execute(
      db,
    )
  ).rows;

/** Composes the data of a bulletin from the frozen figures of its period and the one before, and the tickets of the time. */
export async function composeBulletin(
  db: Queryable,
  centers: readonly Center[],
  period: string,
): Promise<BulletinData> {
  const { first, last } = daysOfPeriod(period);
  const previousPeriod = periodBefore(period);
  const now = await readFrozen(db, period);
  const before = await readFrozen(db, previousPeriod);
  const indicators = indicatorsOf(centers);
  const sum = (rows: Frozen[], code: string) =>
    rows
      .filter((row) => row.indicator === code)
      .reduce((total, row) => ({ n: total.n + row.numerator, d: total.d + row.denominator }), { n: 0, d: 0 });
  const judge = (share: number | null, better: 'up' | 'down', target: number | null) =>
    share === null || target === null ? null : better === 'up' ? share >= target : share <= target;
  const figures = indicators
    .filter((indicator) => !indicator.hidden)
    .map((indicator): BulletinFigure => {
      const { n, d } = sum(now, indicator.code);
      const old = sum(before, indicator.code);
      const { code, name, formula, version, mark, better, target } = indicator;
      return {
        code,
        name,
        formula,
        version,
        mark,
        better,
        target,
        numerator: n,
        denominator: d,
        before: old.d > 0 ? old.n / old.d : null,
        reached: judge(d >= FEW_CASES ? n / d : null, better, target),
      };
    });
  const volume = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'].map((center) => {
    const all = sum(now, `volume.${center}`);
    return { center, orders: all.d, signed: all.n, forMembers: sum(now, `members.${center}`).d };
  });
  return {
    period,
    kind: period.includes('H') ? 'half-year' : period.includes('Q') ? 'quarter' : 'month',
    first,
    last,
    previousPeriod,
    figures,
    volume,
    sites: sitesOf(now, figures),
    recognition: await recognition(db, first, last),
    tickets: await tickets(db, first, last),
  };

  function sitesOf(rows: Frozen[], county: BulletinFigure[]): BulletinSite[] {
    const sites = new Map<string, Frozen[]>();
    for (const row of rows) sites.set(row.institutionId, [...(sites.get(row.institutionId) ?? []), row]);
    return [...sites].map(([institutionId, own]) => {
      const judged = county.filter(
        (figure) =>
          figure.target !== null &&
          own.some((row) => row.indicator === figure.code && row.denominator >= FEW_CASES),
      );
      const outliers = county.flatMap((figure) => {
        const row = own.find((each) => each.indicator === figure.code);
        // The limits of the funnel are those of many cases: a few are not judged.
        if (!row || row.denominator < FEW_CASES || figure.denominator === 0) return [];
        const share = row.numerator / row.denominator;
        const limits = funnel(figure.numerator / figure.denominator, row.denominator);
        const out = figure.better === 'up' ? share < limits.low998 : share > limits.high998;
        const { low, high } = wilson(row.numerator, row.denominator);
        return out
          ? [
              {
                code: figure.code,
                name: figure.name,
                share,
                low: low ?? 0,
                high: high ?? 0,
                denominator: row.denominator,
              },
            ]
          : [];
      });
      const reached = judged.filter((figure) => {
        const row = own.find((each) => each.indicator === figure.code);
        return row && judge(row.numerator / row.denominator, figure.better, figure.target);
      });
      return {
        institutionId,
        name: own[0]?.name ?? '',
        orders: own
          .filter((row) => row.indicator.startsWith('volume.'))
          .reduce((total, row) => total + row.denominator, 0),
        reached: reached.length,
        judged: judged.length,
        outliers,
      };
    });
  }
}

const within = (column: string, first: string, last: string) =>
  sql`${sql.ref(column)} >= ${`${first}T00:00:00+08:00`}::timestamptz and ${sql.ref(column)} < ${`${last}T00:00:00+08:00`}::timestamptz + interval '1 day'`;

async function recognition(db: Queryable, first: string, last: string): Promise<BulletinData['recognition']> {
  const { rows } = await sql<{
    prompts: number;
    adopted: number;
    repeated: number;
    saving: number;
  }>`select count(*)::int as prompts, count(*) filter (where decision = 'adopt')::int as adopted, count(*) filter (where decision = 'repeat')::int as repeated, coalesce(sum(saving), 0)::float as saving from recognition_prompt where ${within('prompted_at', first, last)}`.execute(
    db,
  );
  const reasons = await sql<{
    reason: string;
    count: number;
  }>`select reason, count(*)::int as count from recognition_prompt where reason is not null and ${within('prompted_at', first, last)} group by 1 order by 2 desc, 1`.execute(
    db,
  );
  return { ...(rows[0] ?? { prompts: 0, adopted: 0, repeated: 0, saving: 0 }), reasons: reasons.rows };
}

async function tickets(db: Queryable, first: string, last: string): Promise<BulletinData['tickets']> {
  const { rows } = await sql<{
    opened: number;
    closed: number;
    open: number;
  }>`select count(*) filter (where ${within('created_at', first, last)})::int as opened, count(*) filter (where ${within('closed_at', first, last)})::int as closed,
    count(*) filter (where created_at < ${`${last}T00:00:00+08:00`}::timestamptz + interval '1 day' and (closed_at is null or closed_at >= ${`${last}T00:00:00+08:00`}::timestamptz + interval '1 day'))::int as open from ticket`.execute(
    db,
  );
  const again = await sql<{
    n: number;
  }>`select count(*)::int as n from ticket_event where kind in ('recurred', 'reopen') and ${within('at', first, last)}`.execute(
    db,
  );
  const items = await sql<
    BulletinData['tickets']['items'][number]
  >`select t.number, t.title, t.state, i.short_name as site from ticket t left join institution i on i.id = t.institution_id where t.kind <> 'turnaround' and t.kind <> 'unread' and t.order_id is null and ${within('t.created_at', first, last)} order by t.number limit 60`.execute(
    db,
  );
  return {
    ...(rows[0] ?? { opened: 0, closed: 0, open: 0 }),
    reopened: again.rows[0]?.n ?? 0,
    items: items.rows,
  };
}
