import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { periodBefore } from '../../../../server/core/bulletin/composeBulletin.ts';
import { wholeMonths } from '../../../../server/core/quality/figures.ts';
import { compareFrozen, endedPeriods, freezeEnded } from '../../../../server/core/quality/nightlyFreeze.ts';
import { refreshIndicators } from '../../../../server/core/quality/refreshIndicators.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { chestCases, type ChestCases } from './chestCases.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let cases: ChestCases;
let doctor: Client;
let quality: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  cases = await chestCases(hub);
  [doctor, quality] = await Promise.all([hub.as('doctor1'), hub.as('qa1')]);
});
afterAll(() => hub.close());

describe('figures', () => {
  test('follow a late change without anybody asking, and only its days are computed', async () => {
    const { id } = await cases.signed();
    const today = localDate(hub.ctx.clock.now());
    const read = async () =>
      (await quality.get(`/api/quality/indicators?from=${today}&to=${today}`)).body.items.find(
        (row: { code: string }) => row.code === 'read-on-time',
      ).numerator;
    // Events count below the oldest transaction of the server, which other tests share: they are waited for.
    const quiet = () =>
      expect.poll(() => refreshIndicators(hub.ctx), { timeout: 120_000, interval: 500 }).toEqual([]);
    await expect.poll(() => refreshIndicators(hub.ctx), { timeout: 120_000 }).toContain(today);
    await quiet();
    const before = await read();
    await doctor.post(`/api/orders/${id}/acknowledge`);
    await expect.poll(() => refreshIndicators(hub.ctx), { timeout: 120_000 }).toEqual([today]);
    expect(await read()).toBe(before + 1);
  });

  test('read whole months from months and the ends from days', () => {
    expect(wholeMonths('2026-01-01', '2026-03-31')).toEqual({ first: '2026-01-01', after: '2026-04-01' });
    expect(wholeMonths('2026-01-15', '2026-03-10')).toEqual({ first: '2026-02-01', after: '2026-03-01' });
    expect(wholeMonths('2026-01-15', '2026-02-10')).toBeUndefined();
    expect(endedPeriods('2026-07-04')).toEqual(['2026-06', '2026-Q2', '2026-H1']);
    expect(endedPeriods('2026-07-02')).toEqual(['2026-05']);
    expect(periodBefore('2026-Q1')).toBe('2025-Q4');
  });

  test('frozen at night are computed from the record and equal to it; a change shows as a difference', async () => {
    hub.clock.advance(60 * 24 * 40);
    const [month] = await freezeEnded(hub.ctx);
    expect(await freezeEnded(hub.ctx)).toEqual([]);
    expect(await compareFrozen(hub.ctx, month!)).toEqual([]);
    hub.clock.advance(-60 * 24 * 40);
  });
});
