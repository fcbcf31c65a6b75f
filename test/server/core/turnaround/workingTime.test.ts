import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOLIDAYS, WORK_WEEK } from '../../../../db/demo/reference/calendar.ts';
import {
  addWorkingDays,
  addWorkingMinutes,
  localDate,
  workingMinutesBetween,
  type Calendar,
} from '../../../../server/core/turnaround/calendar.ts';
import { isShort } from '../../../../server/core/turnaround/calendarCoverage.ts';
import {
  computeClock,
  type ClockEvent,
  type ClockPolicy,
} from '../../../../server/core/turnaround/computeClock.ts';

const county: Calendar = { week: WORK_WEEK, days: new Map(HOLIDAYS.map(([day, working]) => [day, working])) };
const local = (text: string) => new Date(`${text}+08:00`);
const later = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000);
const instant = fc
  .integer({ min: 0, max: 729 * 1_440 })
  .map((minutes) => later(local('2025-01-01T00:00'), minutes));

/** Whether the county works in the minute that begins then, read off the published lists and the clock on the wall. */
function isOpen(at: Date): boolean {
  const wall = new Date(at.getTime() + 8 * 3_600_000);
  const day = wall.toISOString().slice(0, 10);
  const listed = HOLIDAYS.find(([date]) => date === day)?.[1];
  const works = listed ?? ![0, 6].includes(wall.getUTCDay());
  const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
  return works && ((minute >= 480 && minute < 720) || (minute >= 840 && minute < 1_080));
}

describe('working time over the published calendars of 2025 and 2026', () => {
  test.each([2025, 2026])('%i has 248 working days of eight hours', (year) => {
    const minutes = workingMinutesBetween(
      county,
      local(`${year}-01-01T00:00`),
      local(`${year + 1}-01-01T00:00`),
    );
    expect(minutes / 480).toBe(248);
  });

  test('counts the minutes in which the county works, one by one', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 4 * 1_440 }), (from, span) => {
        let open = 0;
        for (let minute = 0; minute < span; minute++) if (isOpen(later(from, minute))) open++;
        expect(workingMinutesBetween(county, from, later(from, span))).toBe(open);
      }),
      { numRuns: 60 },
    );
  });

  test('is additive, and nothing the wrong way round', () => {
    fc.assert(
      fc.property(instant, instant, instant, (a, b, c) => {
        const [first, middle, last] = [a, b, c].sort((x, y) => x.getTime() - y.getTime()) as [
          Date,
          Date,
          Date,
        ];
        const sum =
          workingMinutesBetween(county, first, middle) + workingMinutesBetween(county, middle, last);
        expect(workingMinutesBetween(county, first, last)).toBe(sum);
        expect(workingMinutesBetween(county, last, first)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('a due time lies in working time, after its start, and a longer promise is never due earlier', () => {
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 1, max: 4_800 }),
        fc.integer({ min: 0, max: 960 }),
        (start, minutes, more) => {
          const due = addWorkingMinutes(county, start, minutes);
          expect(due > start).toBe(true);
          expect(isOpen(later(due, -1)), 'the minute that it ends').toBe(true);
          expect(addWorkingMinutes(county, start, minutes + more) >= due).toBe(true);
          expect(addWorkingMinutes(county, later(start, more), minutes) >= due).toBe(true);
        },
      ),
    );
  });

  test('days of promise end with the last hour of a working day, as many days on', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 30 }), (start, days) => {
        const due = addWorkingDays(county, start, days);
        expect(isOpen(later(due, -1))).toBe(true);
        expect(new Date(due.getTime() + 8 * 3_600_000).toISOString().slice(11, 16)).toBe('18:00');
        const nextDay = later(local(`${localDate(start)}T00:00`), 1_440);
        expect(workingMinutesBetween(county, nextDay, due) / 480).toBe(days);
      }),
    );
  });

  test('a worked Saturday has the hours of a Monday, a holiday on a Monday none', () => {
    expect(workingMinutesBetween(county, local('2026-10-10T00:00'), local('2026-10-11T00:00'))).toBe(480);
    expect(workingMinutesBetween(county, local('2026-10-05T00:00'), local('2026-10-06T00:00'))).toBe(0);
  });

  test('a calendar that never opens is refused, it does not hang', () => {
    const closed: Calendar = { week: {}, days: new Map() };
    expect(() => addWorkingMinutes(closed, local('2026-01-01T00:00'), 1)).toThrow(
      'no working time within 400 days',
    );
    expect(() => addWorkingDays(closed, local('2026-01-01T00:00'), 1)).toThrow(
      'no working day within 400 days',
    );
  });

  test('the alarm for next year comes sixty days before it by the date here, not in Greenwich', () => {
    expect(isShort({ year: 2027 }, local('2026-11-01T23:59'))).toBe(false);
    expect(isShort({ year: 2027 }, local('2026-11-02T00:00'))).toBe(true);
  });
});

describe('a clock with pauses', () => {
  const START = local('2026-09-21T08:00');
  const service: ClockPolicy = {
    kind: 'service',
    startEvent: 'received',
    stopEvent: 'final',
    targetMinutes: 240,
    warnMinutes: 60,
    workingDays: null,
  };
  const indicator: ClockPolicy = { ...service, kind: 'indicator' };

  /** Returns and resends in any order, some of them nonsense: resent without a return, returned twice. */
  const story = fc
    .array(
      fc.record({
        after: fc.integer({ min: 1, max: 5_000 }),
        kind: fc.constantFrom('returned', 'resent', 'paused', 'resumed', 'claimed'),
      }),
      { maxLength: 12 },
    )
    .map((entries): ClockEvent[] =>
      entries
        .map(({ after, kind }) => ({ kind, at: later(START, after) }))
        .sort((a, b) => a.at.getTime() - b.at.getTime()),
    );
  /** Minutes before `end` in which the case lay at the site while the county worked; read event by event. */
  function stoodStill(events: ClockEvent[], end: Date): number {
    let still = 0;
    const open = { returned: false, paused: false };
    let from = START;
    for (const event of [...events, { kind: 'end', at: end }]) {
      const until = event.at < end ? event.at : end;
      if ((open.returned || open.paused) && until > from) still += workingMinutesBetween(county, from, until);
      if (until > from) from = until;
      if (event.kind === 'returned' || event.kind === 'paused') open[event.kind] = true;
      if (event.kind === 'resent') open.returned = false;
      if (event.kind === 'resumed') open.paused = false;
    }
    return still;
  }

  test('counts what is left when the pauses are taken out, and the indicator takes none out', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 6_000 }), (events, after) => {
        const stop = later(START, after);
        const all = [{ kind: 'received', at: START }, ...events, { kind: 'final', at: stop }].sort(
          (a, b) => a.at.getTime() - b.at.getTime(),
        );
        const whole = workingMinutesBetween(county, START, stop);
        const left = whole - stoodStill(events, stop);
        expect(computeClock(all, service, county)).toMatchObject({
          elapsedMinutes: left,
          state: left <= 240 ? 'met' : 'breached',
          stoppedAt: stop,
          pausedSince: null,
        });
        expect(computeClock(all, indicator, county)).toMatchObject({
          elapsedMinutes: whole,
          pausedMinutes: 0,
        });
      }),
    );
  });

  test('while it runs it is due so much later as it stood still; while it stands it is not due', () => {
    fc.assert(
      fc.property(story, (events) => {
        const reading = computeClock([{ kind: 'received', at: START }, ...events], service, county);
        const last = (...kinds: string[]) => events.findLast(({ kind }) => kinds.includes(kind))?.kind;
        const stands = last('returned', 'resent') === 'returned' || last('paused', 'resumed') === 'paused';
        expect(reading?.state).toBe(stands ? 'paused' : 'running');
        if (stands) {
          expect(reading).toMatchObject({ dueAt: null, warnAt: null });
          return;
        }
        const still = stoodStill(events, later(START, 10_000));
        expect(reading?.dueAt).toEqual(addWorkingMinutes(county, START, 240 + still));
        expect(reading?.warnAt).toEqual(addWorkingMinutes(county, START, 180 + still));
      }),
    );
  });

  test('working days: a pause moves the end on, coded days lengthen it, a warning later than the promise comes at once', () => {
    const days: ClockPolicy = { ...service, workingDays: 2 };
    const events: ClockEvent[] = [
      { kind: 'received', at: START },
      { kind: 'returned', at: local('2026-09-21T10:00') },
      { kind: 'resent', at: local('2026-09-21T11:00') },
    ];
    expect(computeClock(events, days, county)?.dueAt).toEqual(local('2026-09-24T09:00'));
    const extended = [
      ...events,
      { kind: 'due-extended', at: local('2026-09-22T09:00'), detail: { days: 1 } },
    ];
    // Thursday's end and an hour; Friday is 中秋节, and Monday follows the weekend
    expect(computeClock(extended, days, county)?.dueAt).toEqual(local('2026-09-28T09:00'));
    const hasty = { ...service, warnMinutes: 1_000 };
    expect(computeClock(events.slice(0, 1), hasty, county)?.warnAt).toEqual(START);
  });
});
