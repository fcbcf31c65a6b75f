import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import { sumsOf } from './figures.ts';

const KINDS = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;

interface Sum {
  indicator: string;
  institutionId: string;
  numerator: number;
  denominator: number;
}
interface Site {
  id: string;
  name: string;
  code: string;
  kind: string;
  parentId: string | null;
}

/**
 * What the health bureau sees: coverage, volume, on-time share, recognition, critical values by township. No names of
 * people. The sums of days and months are read once, whatever the span.
 */
export async function readRegulatorFigures(db: Queryable, from: string, to: string) {
  const { rows: sums } =
    await sql<Sum>`select indicator, institution_id, sum(numerator)::int as numerator, sum(denominator)::int as denominator from (${sumsOf(from, to)}) s group by 1, 2`.execute(
      db,
    );
  const { rows: sites } =
    await sql<Site>`select id, short_name as name, code, kind, parent_id from institution where active`.execute(
      db,
    );
  const centers = await sql<{ n: number }>`select count(*)::int as n from center where active`.execute(db);
  const total = (code: string) =>
    sums
      .filter((row) => row.indicator === code)
      .reduce(
        (sum, row) => ({ n: sum.n + row.numerator, d: sum.d + row.denominator }),
        { n: 0, d: 0 },
      ); // prettier-ignore
  const orders = new Map<string, Map<string, number>>(); // site → centre → orders
  for (const row of sums)
    if (row.indicator.startsWith('volume.') && row.denominator > 0) {
      const own = orders.get(row.institutionId) ?? new Map<string, number>();
      orders.set(row.institutionId, own.set(row.indicator.slice('volume.'.length), row.denominator));
    }
  const used = (site: Site) => orders.has(site.id);
  const villagesOf = (town: Site) =>
    sites.filter((site) => site.kind === 'village' && site.parentId === town.id);
  const towns = sites
    .filter((site) => site.kind === 'township' || site.kind === 'community')
    .sort((a, b) => (a.kind === b.kind ? (a.code < b.code ? -1 : 1) : a.kind > b.kind ? -1 : 1));
  const townships = towns.filter((town) => town.kind === 'township');
  const villages = sites.filter((site) => site.kind === 'village');
  const critical = total('critical-acknowledged');
  return {
    volume: KINDS.map((center) => ({
      center,
      orders: total(`volume.${center}`).d,
      signed: total(`volume.${center}`).n,
      forMembers: total(`members.${center}`).d,
    })).filter((row) => row.orders > 0),
    matrix: towns.map((town) => {
      const own = [town, ...villagesOf(town)];
      const by = Object.fromEntries(
        KINDS.map((kind) => [kind, own.reduce((n, site) => n + (orders.get(site.id)?.get(kind) ?? 0), 0)]),
      ) as Record<(typeof KINDS)[number], number>;
      return {
        institutionName: town.name,
        kind: town.kind,
        orders: KINDS.reduce((n, kind) => n + by[kind], 0),
        ...by,
        villagesActive: villagesOf(town).filter(used).length,
        villages: villagesOf(town).length,
      };
    }),
    indicators: [...new Set(sums.map((row) => row.indicator))]
      .filter((code) => !code.includes('.'))
      .map((code) => ({ code, numerator: total(code).n, denominator: total(code).d })),
    critical: { found: critical.d, acknowledged: critical.n },
    coverage: {
      townships: townships.length,
      townshipsActive: townships.filter((town) => used(town) || villagesOf(town).some(used)).length,
      centersRunning: centers.rows[0]?.n ?? 0,
      villages: villages.length,
      villagesEcg: villages.filter((site) => orders.get(site.id)?.has('ecg')).length,
    },
  };
}
