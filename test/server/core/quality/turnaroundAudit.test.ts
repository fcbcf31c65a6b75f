import { beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '../../../../server/core/context.ts';
import { acceptOrder, claimOrder, returnOrder } from '../../../../server/core/order/acts.ts';
import { spanOf } from '../../../../server/core/quality/span.ts';
import {
  readBreaches,
  readForecast,
  readHeat,
  readSegments,
  readWhatIf,
  readWhatIfPolicies,
} from '../../../../server/core/quality/turnaroundAudit.ts';
import { acknowledgeReport } from '../../../../server/core/report/acknowledgeReport.ts';
import { escalateClocks } from '../../../../server/core/turnaround/escalateClocks.ts';
import { ctx, doctor, openReaders, orderRow, reader, request } from '../county.ts';
import { orderedAt, setTo, sign, signedCase } from './history.ts';

openReaders();

const span = (from: string, to = from) => spanOf({ from, to });
type Row = Record<string, unknown>;

describe('where the time goes', () => {
  beforeAll(async () => {
    // accepted → signed: 10, 20, 40, 60 and 100 minutes
    for (const [n, minutes] of [10, 20, 40, 60, 100].entries()) {
      const time = (minute: number) => `2026-11-10T${String(8 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`; // prettier-ignore
      await signedCase({ ordered: time(n), accepted: time(n + 5), claimed: time(n + 7), signed: time(n + 5 + minutes) }); // prettier-ignore
    }
    setTo('2026-11-10T15:00');
    const other = (await request({}, { by: 'doctor2' })).orders[0]?.id ?? '';
    await acceptOrder(ctx, reader, other);
    setTo('2026-11-10T15:30');
    await sign(other);
  });

  const segments = async (bySite = false) =>
    (await readSegments(ctx.db, span('2026-11-10'), 'imaging', bySite)) as Row[];

  test('is told per segment as median and P90 of the cases that have both ends', async () => {
    const rows = await segments();
    expect(rows.map(({ segment, cases }) => [segment, cases])).toEqual([
      ['accepted-claimed', 5],
      ['accepted-signed', 6],
    ]);
    expect(rows[0]).toMatchObject({ institutionName: null, medianMinutes: expect.closeTo(2, 1) });
    expect(rows[1]).toMatchObject({ medianMinutes: expect.closeTo(35, 1), p90Minutes: expect.closeTo(80, 1) });
  }); // prettier-ignore

  test('and by site', async () => {
    const signed = (await segments(true)).filter(({ segment }) => segment === 'accepted-signed');
    expect(signed.map(({ institutionName, cases }) => [institutionName, cases]).sort()).toEqual([
      ['柳河镇卫生院', 5],
      ['白塔镇卫生院', 1],
    ]);
  });

  test('of other days and centres is not among it', async () => {
    expect(await readSegments(ctx.db, span('2026-11-11'), 'imaging', false)).toEqual([]);
    expect(await readSegments(ctx.db, span('2026-11-10'), 'ecg', false)).toEqual([]);
  });

  test('by the hour at which a case was accepted: how many were on time', async () => {
    const rows = (await readHeat(ctx.db, span('2026-11-10'), 'imaging')) as Row[];
    expect(rows).toEqual([
      { weekday: 2, hour: 8, cases: 5, met: 5 },
      { weekday: 2, hour: 15, cases: 1, met: 1 },
    ]);
  });

  test('another target on the past: so many would have been on time, and a curve up to three times of it', async () => {
    const tried = await readWhatIf(ctx.db, span('2026-11-10'), 'img-xray', 50);
    expect(tried).toMatchObject({ cases: 6, now: 6, then: 4 });
    expect(tried.curve).toHaveLength(30);
    const met = (minutes: number) => tried.curve.find((point) => point.minutes === minutes)?.met;
    expect([met(5), met(15), met(50), met(65), met(105), met(150)]).toEqual([0, 1, 4, 5, 6, 6]);
    expect(await readWhatIf(ctx.db, span('2026-11-10'), 'no-such-policy', 50)).toMatchObject({ cases: 0, now: 0, then: 0 });
  }); // prettier-ignore

  test('can be tried with every promise of a centre that is in force, in its last version', async () => {
    const rows = (await readWhatIfPolicies(ctx.db, 'imaging')) as { code: string; targetMinutes: number }[];
    expect(rows.find(({ code }) => code === 'img-xray')?.targetMinutes).toBe(120);
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
    const [policy] = await ctx.db.selectFrom('turnaroundPolicy').selectAll().where('code', '=', 'img-xray').execute();
    const { id, ...rest } = policy!;
    await ctx.db.updateTable('turnaroundPolicy').set({ validTo: new Date() }).where('id', '=', id).execute();
    await ctx.db.insertInto('turnaroundPolicy').values({ ...rest, version: 2, targetMinutes: 90 }).execute();
    const after = (await readWhatIfPolicies(ctx.db, 'imaging')) as typeof rows;
    expect(after.filter(({ code }) => code === 'img-xray').map(({ targetMinutes }) => targetMinutes)).toEqual([90]);
  }); // prettier-ignore
});

describe('promises', () => {
  test('that were broken are named with what paused them, the newest first', async () => {
    const id = await orderedAt('2026-11-16T08:00');
    await acceptOrder(ctx, reader, id);
    for (const [minute, reason] of [
      ['08:10', 'image-quality'],
      ['08:30', 'incomplete'],
    ] as const) {
      setTo(`2026-11-16T${minute}`);
      await returnOrder(ctx, reader, id, { reason });
      setTo(`2026-11-16T${minute.slice(0, 4)}5`);
      await acceptOrder(ctx, reader, id);
    }
    await claimOrder(ctx, reader, id);
    setTo('2026-11-16T11:30');
    await sign(id);
    const late = await signedCase({ ordered: '2026-11-17T08:00', accepted: '2026-11-17T08:00', signed: '2026-11-17T11:00' });
    const listed = async (day: string, center?: 'imaging' | 'ecg', limit = 50) =>
      (await readBreaches(ctx.db, span('2026-11-16', day), center, limit)) as Row[];
    const broken = (await listed('2026-11-17')).filter(({ state }) => state === 'breached');
    expect(broken.map(({ orderId }) => orderId)).toEqual([late, id]);
    expect(broken[1]).toMatchObject({
      policy: expect.stringContaining('常规 DR 2 小时'),
      pausedMinutes: 10,
      elapsedMinutes: expect.closeTo(200, 0),
      pauseReasons: 'image-quality、incomplete',
      signer: '林静',
    });
    const unread = (await listed('2026-11-17')).filter(({ state }) => state === 'running');
    expect(unread.map(({ orderId }) => orderId), 'and those that run past their time').toEqual(expect.arrayContaining([late, id]));
    expect(await listed('2026-11-17', 'ecg')).toEqual([]);
    expect(await listed('2026-11-17', 'imaging', 1)).toHaveLength(1);
    expect((await listed('2026-11-16')).map(({ orderId }) => orderId)).not.toContain(late);
  }); // prettier-ignore

  test('that will break within the hour are named, the soonest first, until they are broken or kept', async () => {
    const soon = await orderedAt('2026-11-24T09:00', { priority: 'emergency' });
    await acceptOrder(ctx, reader, soon);
    const later = await orderedAt('2026-11-24T09:10', { priority: 'emergency' });
    await acceptOrder(ctx, reader, later);
    const far = await orderedAt('2026-11-24T09:20');
    await acceptOrder(ctx, reader, far);
    const forecast = async (text: string, center?: 'imaging' | 'ecg') =>
      ((await readForecast(ctx.db, new Date(`${text}:00+08:00`), center)) as Row[])
        .filter(({ policy }) => !String(policy).includes('阅读确认'))
        .map(({ orderId }) => orderId);
    expect(await forecast('2026-11-24T09:20')).toEqual([soon, later]);
    expect(await forecast('2026-11-24T09:20', 'ecg')).toEqual([]);
    expect(await forecast('2026-11-24T10:30')).toEqual([far]);
    const then: Context = { ...ctx, clock: { now: () => new Date('2026-11-24T09:31:00+08:00') } };
    await escalateClocks(then);
    await escalateClocks(then);
    expect(await forecast('2026-11-24T09:29'), 'one is broken, no forecast any more').toEqual([later]);
    setTo('2026-11-24T09:35');
    await sign(later);
    expect(await forecast('2026-11-24T09:29')).toEqual([]);
  }); // prettier-ignore

  test('of a report that waits to be read end with its acknowledgement', async () => {
    const id = await signedCase({ ordered: '2026-11-25T08:00', accepted: '2026-11-25T08:00', signed: '2026-11-25T08:30' });
    setTo('2026-11-25T09:30');
    await acknowledgeReport(ctx, doctor, id, {});
    expect((await orderRow(id)).status).toBe('acknowledged');
    const rows = (await readSegments(ctx.db, span('2026-11-25'), 'imaging', false)) as Row[];
    expect(rows.find(({ segment }) => segment === 'signed-read')).toMatchObject({ cases: 1, medianMinutes: expect.closeTo(60, 0) });
  }); // prettier-ignore
});
