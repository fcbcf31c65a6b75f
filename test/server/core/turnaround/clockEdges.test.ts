import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOLIDAYS, WORK_WEEK } from '../../../../db/demo/reference/calendar.ts';
import {
  addWorkingDays,
  addWorkingMinutes,
  localDate,
  workingMinutesBetween,
  type Calendar,
} from '../../../../server/core/turnaround/calendar.ts';
import {
  computeClock,
  type ClockEvent,
  type ClockPolicy,
} from '../../../../server/core/turnaround/computeClock.ts';

const county: Calendar = { week: WORK_WEEK, days: new Map(HOLIDAYS.map(([day, working]) => [day, working])) };
const local = (text: string) => new Date(`${text}:00+08:00`);
const service: ClockPolicy = {
  kind: 'service',
  startEvent: 'received',
  stopEvent: 'final',
  targetMinutes: 60,
  warnMinutes: 20,
  workingDays: null,
};
const at = (minutes: number) => new Date(local('2026-11-20T10:00').getTime() + minutes * 60_000);
/** `received@0 returned@10` as events at those minutes. */
const story = (text: string): ClockEvent[] =>
  text.split(' ').map((entry) => {
    const [kind = '', minute] = entry.split('@');
    return { kind, at: at(Number(minute)) };
  });
const read = (text: string, policy: Partial<ClockPolicy> = {}, calendar?: Calendar) =>
  computeClock(story(text), { ...service, ...policy }, calendar);

describe('a service clock', () => {
  test.each([
    ['two pauses one after the other', 'received@0 returned@5 resent@15 returned@20 resent@50 final@70', 40, 30, 'met'],
    ['a pause inside another', 'received@0 returned@10 paused@20 resumed@30 resent@50 final@70', 40, 30, 'met'],
    ['pauses that overlap, the first ending first', 'received@0 returned@10 paused@20 resent@30 resumed@60 final@70', 50, 20, 'met'],
    ['pauses that overlap, the second ending first', 'received@0 paused@10 returned@20 resumed@40 resent@60 final@70', 50, 20, 'met'],
    ['one returned twice', 'received@0 returned@10 returned@30 resent@50 final@100', 40, 60, 'met'],
    ['one resent that was never returned', 'received@0 resent@20 final@61', 0, 61, 'breached'],
    ['a reason that ends without having begun', 'received@0 returned@10 resumed@20 resent@30 final@80', 20, 60, 'met'],
    ['a pause before its start', 'returned@-10 resent@-5 received@0 final@61', 0, 61, 'breached'],
    ['a pause after its end', 'received@0 final@60 returned@70 resent@90', 0, 60, 'met'],
    ['a pause that the end finds open', 'received@0 paused@30 final@500', 0, 30, 'met'],
  ] as const)('with %s counts what is left', (_what, text, pausedMinutes, elapsedMinutes, state) => {
    expect(read(text)).toMatchObject({ pausedMinutes, elapsedMinutes, state, pausedSince: null });
  }); // prettier-ignore

  test.each([
    ['received@0 returned@10', 'paused', 10],
    ['received@0 returned@10 paused@20 resent@30', 'paused', 10],
    ['received@0 returned@10 paused@20 resumed@30', 'paused', 10],
    ['received@0 returned@10 paused@20 resumed@30 resent@40', 'running', null],
  ])('after %s is %s', (text, state, since) => {
    expect(read(text)).toMatchObject({
      state,
      pausedSince: since === null ? null : at(since),
      dueAt: state === 'running' ? at(90) : null,
      warnAt: state === 'running' ? at(70) : null,
    });
  });

  test('is warned at once where the warning is as long as the promise, never before its start', () => {
    expect(read('received@0', { warnMinutes: 60 })?.warnAt).toEqual(at(0));
    expect(read('received@0', { warnMinutes: 600 })?.warnAt).toEqual(at(0));
  });

  test('cancelled stands void from then on, running or paused, and is due never', () => {
    for (const text of ['received@0 cancelled@30', 'received@0 returned@10 cancelled@30'])
      expect(read(text)).toMatchObject({
        state: 'void',
        stoppedAt: at(30),
        pausedSince: null,
        dueAt: null,
        warnAt: null,
      });
    expect(read('received@0 final@20 cancelled@30')?.state, 'what was met stays met').toBe('met');
  });

  test('reopened is measured to the signature after it, from the first acceptance on', () => {
    expect(read('received@0 final@20 reopened@100')).toMatchObject({ state: 'running', dueAt: at(60) });
    expect(read('received@0 final@20 reopened@30 final@61')).toMatchObject({
      state: 'breached',
      elapsedMinutes: 61,
    });
    expect(read('received@0 final@20 reopened@20'), 'a signature of the same moment is the voided one').toMatchObject({
      state: 'running',
    }); // prettier-ignore
  });

  test('is stopped by nothing that happened before its start', () => {
    expect(read('final@-5 received@0')?.state).toBe('running');
    expect(read('received@0 final@0')).toMatchObject({ state: 'met', elapsedMinutes: 0 });
  });

  test('of acceptance and delivery pauses like it, the indicator never', () => {
    const text = 'received@0 returned@10 resent@50 final@100';
    for (const kind of ['acceptance', 'delivery'] as const)
      expect(read(text, { kind })?.elapsedMinutes, kind).toBe(60);
    expect(read(text, { kind: 'indicator' })).toMatchObject({ elapsedMinutes: 100, state: 'breached' });
  });
});

describe('a clock of working time', () => {
  const promise = (received: string, more: Partial<ClockPolicy> = {}, events: ClockEvent[] = []) =>
    computeClock(
      [{ kind: 'received', at: local(received) }, ...events],
      { ...service, targetMinutes: 120, warnMinutes: 30, ...more },
      county,
    );

  test.each([
    ['on a working morning', '2026-11-20T08:00', '2026-11-20T10:00', '2026-11-20T09:30'],
    ['over lunch', '2026-11-20T11:00', '2026-11-20T15:00', '2026-11-20T14:30'],
    ['at night', '2026-11-19T23:30', '2026-11-20T10:00', '2026-11-20T09:30'],
    ['on a Friday evening', '2026-11-20T17:00', '2026-11-23T09:00', '2026-11-23T08:30'],
    ['on a Saturday', '2026-11-21T10:00', '2026-11-23T10:00', '2026-11-23T09:30'],
    ['before the national holiday', '2026-09-30T17:00', '2026-10-08T09:00', '2026-10-08T08:30'],
    ['on a Friday before a Saturday that is worked', '2026-10-09T17:00', '2026-10-10T09:00', '2026-10-10T08:30'],
    ['before the Spring Festival, whose Saturday is worked', '2026-02-13T17:30', '2026-02-14T09:30', '2026-02-14T09:00'],
    ['on the last worked Saturday', '2026-02-14T17:30', '2026-02-24T09:30', '2026-02-24T09:00'],
    ['on New Year’s Eve', '2025-12-31T17:00', '2026-01-04T09:00', '2026-01-04T08:30'],
  ])('received %s is due and warned in working time', (_what, received, due, warn) => {
    expect(promise(received)).toMatchObject({ dueAt: local(due), warnAt: local(warn) });
  }); // prettier-ignore

  test.each([
    ['a week-end', '2026-11-20T17:00', '2026-11-20T17:30', '2026-11-23T08:30', 60, '2026-11-23T10:00'],
    ['a night', '2026-11-19T17:00', '2026-11-19T20:00', '2026-11-20T07:00', 0, '2026-11-20T09:00'],
    ['the national holiday', '2026-09-30T17:00', '2026-09-30T17:30', '2026-10-08T09:00', 90, '2026-10-08T10:30'],
    ['the worked Saturday', '2026-10-09T17:00', '2026-10-09T17:30', '2026-10-10T09:00', 90, '2026-10-10T10:30'],
  ])('returned over %s stands still for the working minutes of it', (_what, received, back, again, still, due) => {
    const reading = promise(received, {}, [
      { kind: 'returned', at: local(back) },
      { kind: 'resent', at: local(again) },
    ]);
    expect(reading).toMatchObject({ pausedMinutes: still, dueAt: local(due), state: 'running' });
  }); // prettier-ignore

  test('of working days ends with the last one, however late it was received; equal to it is on time', () => {
    const days = { workingDays: 2 };
    for (const received of ['2026-09-29T00:10', '2026-09-29T23:50'])
      expect(promise(received, days)?.dueAt).toEqual(local('2026-10-08T18:00'));
    const signed = (text: string) =>
      promise('2026-09-29T09:00', days, [{ kind: 'final', at: local(text) }])?.state;
    expect([signed('2026-10-08T18:00'), signed('2026-10-08T18:01')]).toEqual(['met', 'breached']);
  });

  test('of working days without any calendar keeps its minutes', () => {
    const policy = { ...service, workingDays: 2, targetMinutes: 2_880 };
    const reading = computeClock([{ kind: 'received', at: at(0) }], policy);
    expect(reading).toMatchObject({ dueAt: at(2_880), warnAt: at(2_860) });
  });
});

describe.each(['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'Asia/Shanghai'])(
  'on a server whose clock is set to %s',
  (zone) => {
    const before = process.env.TZ;
    beforeAll(() => {
      process.env.TZ = zone;
    });
    afterAll(() => {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    });

    test('the county’s days and hours are those of its wall, also where others change to summer time', () => {
      // 8 March and 1 November 2026: New York changes its clocks.
      expect(addWorkingMinutes(county, local('2026-03-06T17:30'), 60)).toEqual(local('2026-03-09T08:30'));
      expect(addWorkingMinutes(county, local('2026-10-30T17:30'), 60)).toEqual(local('2026-11-02T08:30'));
      expect(addWorkingDays(county, local('2026-10-30T23:59'), 1)).toEqual(local('2026-11-02T18:00'));
      expect(workingMinutesBetween(county, local('2026-03-06T00:00'), local('2026-03-10T00:00'))).toBe(960);
      expect([localDate(local('2026-11-01T00:00')), localDate(local('2026-10-31T23:59'))]).toEqual([
        '2026-11-01',
        '2026-10-31',
      ]);
    });
  },
);
