import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import type { Context } from '../../../../server/core/context.ts';
import { daysOfPeriod, freezePeriod } from '../../../../server/core/quality/freezePeriod.ts';
import { indicatorsOf } from '../../../../server/core/quality/indicators.ts';
import {
  compareFrozen,
  endedPeriods,
  freezeEnded,
  nightlyFreeze,
  recomputePeriod,
} from '../../../../server/core/quality/nightlyFreeze.ts';
import { markDays, refreshIndicators } from '../../../../server/core/quality/refreshIndicators.ts';
import { as, auditOf, ctx, institution, openReaders, refusal } from '../county.ts';
import { signedCase } from './history.ts';

openReaders();
let quality: Actor;
let liuhe: string;
beforeAll(async () => {
  quality = await as('qa1');
  liuhe = await institution('LIUHE');
});
const clean = () => ctx.db.deleteFrom('setting').where('key', 'like', 'quality.frozen.%').execute();
beforeEach(clean);

/** Workers whose clock stands at a local minute; the indicators of the core are enough for them. */
const at = (text: string): Context => ({
  ...ctx,
  centers: [],
  clock: { now: () => new Date(`${text}:00+08:00`) },
});
const sum = (day: string, numerator: number, denominator: number, indicator = 'img-on-time') =>
  ctx.db
    .insertInto('indicatorDay')
    .values({ indicator, institutionId: liuhe, day, numerator, denominator })
    .execute();
const frozen = (period: string) =>
  ctx.db
    .selectFrom('indicatorFreeze')
    .select(['indicator', 'numerator', 'denominator', 'definitionVersion', 'frozenBy'])
    .where('period', '=', period)
    .orderBy('indicator')
    .execute();

describe('a period', () => {
  test.each([
    ['2026-02', '2026-02-01', '2026-02-28'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2026-12', '2026-12-01', '2026-12-31'],
    ['2026-Q1', '2026-01-01', '2026-03-31'],
    ['2026-Q4', '2026-10-01', '2026-12-31'],
    ['2026-H1', '2026-01-01', '2026-06-30'],
    ['2026-H2', '2026-07-01', '2026-12-31'],
  ])('written %s begins on %s and ends on %s', (period, first, last) => {
    expect(daysOfPeriod(period)).toEqual({ first, last });
  });

  test.each(['2026-13', '2026-00', '2026-Q0', '2026-Q5', '2026-H3', '2026-1', '26-01', '2026', '2026-01-01', ''])(
    'is not written "%s", and nothing is frozen under that name',
    async (period) => {
      expect(await refusal(freezePeriod(at('2027-06-01T12:00'), quality, period))).toMatchObject({
        status: 422,
        faults: [{ path: 'period', code: 'period-form' }],
      });
      expect(await frozen(period)).toEqual([]);
    },
  ); // prettier-ignore

  test('is frozen from the first minute after it, by the clock here, and not before', async () => {
    await sum('2026-05-31', 8, 10);
    await sum('2026-05-01', 1, 2);
    await sum('2026-06-01', 5, 5);
    expect(await refusal(freezePeriod(at('2026-05-31T23:59'), quality, '2026-05'))).toMatchObject({
      faults: [{ path: 'period', code: 'period-open' }],
    });
    expect(await frozen('2026-05')).toEqual([]);
    expect(await freezePeriod(at('2026-06-01T00:00'), quality, '2026-05')).toBe(1);
    expect(await frozen('2026-05')).toEqual([
      { indicator: 'img-on-time', numerator: 9, denominator: 12, definitionVersion: 1, frozenBy: quality.id },
    ]);
    expect((await auditOf('2026-05')).map(({ action, detail }) => [action, detail])).toEqual([
      ['quality.freeze', { rows: 1 }],
    ]);
  });

  test('frozen by two at once is frozen once; what is frozen is changed by nobody', async () => {
    await sum('2026-04-10', 3, 4);
    await sum('2026-04-10', 1, 4, 'returned');
    const rows = await Promise.all([1, 2, 3].map(() => freezePeriod(at('2026-06-01T00:00'), quality, '2026-04')));
    expect(rows.sort()).toEqual([0, 0, 2]);
    await ctx.db.updateTable('indicatorDay').set({ numerator: 4 }).where('day', '=', '2026-04-10').execute();
    expect(await freezePeriod(at('2026-06-01T00:00'), quality, '2026-04')).toBe(0);
    expect((await frozen('2026-04')).map(({ numerator }) => numerator)).toEqual([3, 1]);
    await expect(
      ctx.db.updateTable('indicatorFreeze').set({ numerator: 4 }).where('period', '=', '2026-04').execute(),
    ).rejects.toThrow();
  }); // prettier-ignore
});

describe('at night', () => {
  test.each([
    ['2026-07-04', ['2026-06', '2026-Q2', '2026-H1']],
    ['2026-07-03', ['2026-05']],
    ['2026-10-05', ['2026-09', '2026-Q3']],
    ['2027-01-04', ['2026-12', '2026-Q4', '2026-H2']],
    ['2027-01-03', ['2026-11']],
    ['2026-03-03', ['2026-01']],
    ['2026-03-04', ['2026-02']],
    ['2024-03-31', ['2024-02']],
  ])('of %s the periods that have ended and settled are %j', (day, periods) => {
    expect(endedPeriods(day)).toEqual(periods);
  });

  test.each([
    ['00:59', false],
    ['01:00', true],
    ['05:59', true],
    ['06:00', false],
    ['13:00', false],
  ])('at %s they are frozen: %s', async (time, done) => {
    expect(await nightlyFreeze(at(`2026-03-05T${time}`))).toEqual(done ? ['2026-02'] : []);
  });

  test('by one of four workers, from the record and not from an old sum', async () => {
    const id = await signedCase({ ordered: '2026-01-15T09:00', accepted: '2026-01-15T09:05', signed: '2026-01-15T10:00' });
    await sum('2026-01-15', 70, 99);
    await sum('2026-01-20', 5, 5, 'gone-long-ago');
    const done = await Promise.all(Array.from({ length: 4 }, () => freezeEnded(at('2026-02-05T02:00'))));
    expect(done.flat()).toEqual(['2026-01']);
    const rows = await frozen('2026-01');
    expect(rows.find(({ indicator }) => indicator === 'img-on-time')).toMatchObject({ numerator: 1, denominator: 1, frozenBy: null });
    expect(rows.map(({ indicator }) => indicator)).not.toContain('gone-long-ago');
    expect(await compareFrozen(at('2026-02-05T03:00'), '2026-01')).toEqual([]);
    await ctx.db.updateTable('orders').set({ finalAt: null }).where('id', '=', id).execute();
    const differences = await compareFrozen(at('2026-02-05T03:00'), '2026-01');
    expect(differences.find(({ code }) => code === 'img-on-time')).toEqual({
      code: 'img-on-time',
      institutionId: liuhe,
      frozenNumerator: 1,
      frozenDenominator: 1,
      numerator: 0,
      denominator: 0,
    });
    expect(await freezeEnded(at('2026-02-06T02:00')), 'once and for all').toEqual([]);
  }); // prettier-ignore

  test.each([
    ['two hours ago', { on: '2026-02-05', at: '2026-02-05T00:00:00+08:00', done: false }, ['2026-01']],
    ['half an hour ago', { on: '2026-02-05', at: '2026-02-05T01:30:00+08:00', done: false }, []],
    ['and ended it', { on: '2026-02-04', at: '2026-02-04T02:00:00+08:00', done: true }, []],
    ['with an older hub', { on: '2026-02-04' }, []],
  ])('what a worker took %s and may have left half done: %j is frozen as %j', async (_what, value, periods) => {
    await ctx.db.insertInto('setting').values({ key: 'quality.frozen.2026-01', value: JSON.stringify(value) }).execute();
    const done = await Promise.all([1, 2].map(() => freezeEnded(at('2026-02-05T02:00'))));
    expect(done.flat()).toEqual(periods);
  }); // prettier-ignore

  test('that fails is tried again in the next one', async () => {
    const broken: Context = {
      ...at('2026-03-06T02:00'),
      centers: ctx.centers.map((center) =>
        center.kind === 'imaging'
          ? { ...center, indicators: [{ ...indicatorsOf([])[0]!, code: 'broken', cases: () => { throw new Error('no such table'); } }] }
          : center,
      ),
    };
    await expect(freezeEnded(broken)).rejects.toThrow('no such table');
    expect(await frozen('2026-02')).toEqual([]);
    expect(await freezeEnded(at('2026-03-06T02:10'))).toEqual(['2026-02']);
  }); // prettier-ignore
});

describe('a day', () => {
  const dirty = async () =>
    (await ctx.db.selectFrom('indicatorDirtyDay').select('day').orderBy('day').execute()).map(
      ({ day }) => day,
    );
  const day = (text: string, indicator = 'img-on-time') =>
    ctx.db.selectFrom('indicatorDay').select(['numerator', 'denominator']).where('day', '=', text).where('indicator', '=', indicator).execute(); // prettier-ignore

  test('that is marked is computed anew by one worker, and the figures are those of the record', async () => {
    await signedCase({ ordered: '2025-03-10T09:00', accepted: '2025-03-10T09:05', signed: '2025-03-10T18:00' });
    await sum('2025-03-10', 9, 9);
    await ctx.db.deleteFrom('indicatorDirtyDay').execute();
    await markDays(ctx.db, '2025-03-09', '2025-03-11');
    await markDays(ctx.db, '2025-03-10', '2025-03-10');
    expect(await dirty()).toEqual(['2025-03-09', '2025-03-10', '2025-03-11']);
    const done = await Promise.all(Array.from({ length: 3 }, () => refreshIndicators(ctx)));
    expect(done.flat().filter((each) => each.startsWith('2025-03')).sort()).toEqual(['2025-03-09', '2025-03-10', '2025-03-11']);
    expect(await day('2025-03-10'), 'promised in two hours').toEqual([{ numerator: 0, denominator: 1 }]);
    expect(await dirty()).toEqual([]);
  }); // prettier-ignore

  test('is computed anew where a definition has changed', async () => {
    await refreshIndicators(ctx);
    await sum('2025-06-01', 9, 9);
    const raised: Context = {
      ...ctx,
      centers: ctx.centers.map((center) =>
        center.indicators?.length
          ? {
              ...center,
              indicators: center.indicators.map((each) => ({ ...each, version: each.version + 1 })),
            }
          : center,
      ),
    };
    expect(await refreshIndicators(raised)).toContain('2025-06-01');
    expect(await day('2025-06-01')).toEqual([]);
    await sum('2025-06-01', 9, 9);
    expect(await refreshIndicators(raised), 'once').not.toContain('2025-06-01');
  });

  test('of a period is computed with all others, and its months with them', async () => {
    await sum('2025-09-10', 9, 9);
    expect(await recomputePeriod(at('2026-01-01T02:00'), '2025-09')).toBe(30);
    expect(await day('2025-09-10')).toEqual([]);
  });
});
