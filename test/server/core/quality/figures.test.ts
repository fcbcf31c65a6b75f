import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { indicatorsOf } from '../../../../server/core/quality/indicators.ts';
import {
  funnel,
  readFigures,
  readSites,
  readTrend,
  wilson,
} from '../../../../server/core/quality/figures.ts';
import { readOverview } from '../../../../server/core/quality/readOverview.ts';
import { sumMonths } from '../../../../server/core/quality/refreshIndicators.ts';
import { readRegulatorFigures } from '../../../../server/core/quality/regulatorFigures.ts';
import { ctx, institution, openCounty } from '../county.ts';

openCounty();

const DAY = 86_400_000;
const START = Date.parse('2026-01-10T00:00:00Z');
const LENGTH = 130;
const day = (n: number) => new Date(START + n * DAY).toISOString().slice(0, 10);
interface Sum {
  day: string;
  site: string;
  numerator: number;
  denominator: number;
}
const sums: Sum[] = [];
let liuhe: string, baita: string, lead: string;

const put = (indicator: string, rows: Sum[]) =>
  ctx.db
    .insertInto('indicatorDay')
    .values(rows.map(({ site, ...row }) => ({ indicator, institutionId: site, ...row })))
    .execute();

beforeAll(async () => {
  [liuhe, baita, lead] = (await Promise.all(['LIUHE', 'BAITA', 'QHRM'].map(institution))) as [string, string, string];
  for (let n = 0; n < LENGTH; n++)
    for (const site of [liuhe, baita])
      if ((n * 7 + site.length) % 5 !== 0)
        sums.push({ day: day(n), site, numerator: (n * 3) % 11, denominator: 11 + (n % 4) });
  await put('img-on-time', sums);
  await sumMonths(ctx.db, new Set(sums.map((row) => row.day)));
}); // prettier-ignore

const added = (from: string, to: string, site?: string) =>
  sums
    .filter((row) => row.day >= from && row.day <= to && (!site || row.site === site))
    .reduce((sum, row) => ({ n: sum.n + row.numerator, d: sum.d + row.denominator }), { n: 0, d: 0 });

describe('figures of a span', () => {
  test('are the sum of its days, whether they are read from months or days, of all sites and of one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -5, max: LENGTH }),
        fc.integer({ min: 0, max: LENGTH + 5 }),
        fc.boolean(),
        async (start, length, one) => {
          const [from, to] = [day(start), day(start + length)];
          const site = one ? liuhe : undefined;
          const [row] = (await readFigures(ctx.db, from, to, site)).filter(({ code }) => code === 'img-on-time');
          const { n, d } = added(from, to, site);
          expect([row?.numerator ?? 0, row?.denominator ?? 0]).toEqual([n, d]);
        },
      ),
      { numRuns: 60 },
    );
  }); // prettier-ignore

  test('the wrong way round are none', async () => {
    expect(await readFigures(ctx.db, '2026-04-30', '2026-02-01')).toEqual([]);
  });

  test('by site carry interval and funnel around the county’s share, the largest site first', async () => {
    const { share, items } = await readSites(ctx.db, 'img-on-time', '2026-02-01', '2026-03-31');
    const { n, d } = added('2026-02-01', '2026-03-31');
    expect(share).toBeCloseTo(n / d, 10);
    expect(items.map((row) => row.denominator)).toEqual([...items.map((row) => row.denominator)].sort((a, b) => b - a));
    for (const row of items) {
      expect(row.share).toBeCloseTo(row.numerator / row.denominator, 10);
      expect(Number(row.low) <= Number(row.share) && Number(row.share) <= Number(row.high)).toBe(true);
      expect(row.limits).toEqual(funnel(n / d, row.denominator));
    }
    expect(await readSites(ctx.db, 'img-on-time', '2025-01-01', '2025-01-31')).toEqual({ share: null, items: [] });
  }); // prettier-ignore

  test('as a trend are months, the last one up to the day asked for', async () => {
    const rows = await readTrend(ctx.db, 'img-on-time', 3, '2026-04-10');
    expect(rows).toEqual(
      [
        ['2026-02', '2026-02-01', '2026-02-28'],
        ['2026-03', '2026-03-01', '2026-03-31'],
        ['2026-04', '2026-04-01', '2026-04-10'],
      ].map(([month, from, to]) => {
        const { n, d } = added(from ?? '', to ?? '');
        return { month, numerator: n, denominator: d };
      }),
    );
    const own = await readTrend(ctx.db, 'img-on-time', 1, '2026-04-10', baita);
    expect(own.map((row) => row.denominator)).toEqual([added('2026-04-01', '2026-04-10', baita).d]);
  });
});

describe('the overview of quality', () => {
  const overview = async (code: string, from = '2026-03-01', to = '2026-03-31') =>
    (await readOverview(ctx.db, indicatorsOf(ctx.centers), from, to)).find((row) => row.code === code);

  test('says of each indicator its verdict, change, months, and the sites where it went wrong', async () => {
    await put('ecg-on-time', [
      { day: '2026-02-10', site: liuhe, numerator: 98, denominator: 100 },
      { day: '2026-03-10', site: liuhe, numerator: 60, denominator: 100 },
      { day: '2026-03-11', site: baita, numerator: 45, denominator: 100 },
      { day: '2026-03-12', site: lead, numerator: 10, denominator: 10 },
    ]);
    await sumMonths(ctx.db, ['2026-02-10', '2026-03-10']);
    expect(await overview('ecg-on-time')).toMatchObject({
      numerator: 115,
      denominator: 210,
      verdict: 'missed',
      wrong: 95,
      before: 0.98,
      change: 'worse',
      months: [
        { month: '2026-02', numerator: 98, denominator: 100 },
        { month: '2026-03', numerator: 115, denominator: 210 },
      ],
      sites: [
        { institutionId: baita, name: '白塔镇卫生院', wrong: 55, cases: 100 },
        { institutionId: liuhe, name: '柳河镇卫生院', wrong: 40, cases: 100 },
      ],
    });
  });

  test('counts as wrong what happened, where less is better', async () => {
    await put('corrected', [
      { day: '2026-03-10', site: liuhe, numerator: 1, denominator: 400 },
      { day: '2026-03-10', site: baita, numerator: 0, denominator: 100 },
    ]);
    await sumMonths(ctx.db, ['2026-03-10']);
    expect(await overview('corrected')).toMatchObject({
      verdict: 'met',
      wrong: 1,
      before: null,
      change: 'unknown',
      sites: [{ institutionId: liuhe, wrong: 1, cases: 400 }],
    });
  });

  test('of nothing is nothing, and lists no volume', async () => {
    expect(await overview('path-frozen')).toMatchObject({
      numerator: 0,
      denominator: 0,
      share: null,
      verdict: 'none',
      sites: [],
      months: [],
    });
    expect(await overview('volume.imaging')).toBeUndefined();
  });
});

describe('the figures of the health bureau', () => {
  test('count sites that sent, villages under their township, and nobody’s name', async () => {
    const village = await institution('LIUHE-V01');
    const at = '2026-07-05';
    const volume = (center: string, site: string, denominator: number, numerator = 0) =>
      put(`volume.${center}`, [{ day: at, site, denominator, numerator }]);
    await volume('imaging', liuhe, 12, 9);
    await volume('ecg', village, 4, 4);
    await volume('lab', lead, 100, 90);
    await put('members.imaging', [{ day: at, site: liuhe, numerator: 9, denominator: 12 }]);
    await put('critical-acknowledged', [{ day: at, site: liuhe, numerator: 2, denominator: 3 }]);
    const figures = await readRegulatorFigures(ctx.db, at, at);
    expect(figures.volume).toEqual([
      { center: 'imaging', orders: 12, signed: 9, forMembers: 12 },
      { center: 'ecg', orders: 4, signed: 4, forMembers: 0 },
      { center: 'lab', orders: 100, signed: 90, forMembers: 0 },
    ]);
    expect(figures.matrix.find((row) => row.institutionName === '柳河镇卫生院')).toMatchObject({
      orders: 16,
      imaging: 12,
      ecg: 4,
      lab: 0,
      villagesActive: 1,
    });
    expect(figures.coverage).toMatchObject({ townships: 11, townshipsActive: 1, villages: 85, villagesEcg: 1 });
    expect(figures.critical).toEqual({ found: 3, acknowledged: 2 });
    expect(figures.indicators.map((row) => row.code), 'no volumes among them').toEqual(['critical-acknowledged']);
  }); // prettier-ignore

  test('list townships before communities, in the order of their codes', async () => {
    const { matrix } = await readRegulatorFigures(ctx.db, '2020-01-01', '2020-01-01');
    expect(matrix).toHaveLength(17);
    expect(matrix.map((row) => row.kind)).toEqual([...Array<string>(11).fill('township'), ...Array<string>(6).fill('community')]);
    expect(matrix.every((row) => row.orders === 0 && row.villagesActive === 0)).toBe(true);
  }); // prettier-ignore
});

test('an interval holds its share within nothing and all, and is narrower with more cases', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (size, part) => {
      const numerator = Math.round(size * part);
      const { share, low, high } = wilson(numerator, size);
      expect(Number(low)).toBeGreaterThanOrEqual(0);
      expect(Number(high)).toBeLessThanOrEqual(1);
      expect(Number(low) - 1e-9 <= Number(share) && Number(share) <= Number(high) + 1e-9).toBe(true);
      const more = wilson(numerator * 10, size * 10);
      expect(Number(more.high) - Number(more.low)).toBeLessThan(Number(high) - Number(low));
    }),
  );
}); // prettier-ignore
