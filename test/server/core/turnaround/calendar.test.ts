import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  addWorkingDays,
  addWorkingMinutes,
  workingMinutesBetween,
  type Calendar,
} from '../../../../server/core/turnaround/calendar.ts';

import { HOLIDAYS } from '../../../../db/demo/reference/calendar.ts';

const DAY: [number, number][] = [
  [480, 720],
  [840, 1080],
];
const county: Calendar = {
  week: { 1: DAY, 2: DAY, 3: DAY, 4: DAY, 5: DAY, 6: [], 7: [] },
  days: new Map([
    ['2026-10-01', false],
    ['2026-10-02', false],
    ['2026-10-05', false],
    ['2026-10-06', false],
    ['2026-10-07', false],
    ['2026-10-10', true],
  ]),
};
const local = (text: string) => new Date(`${text}:00+08:00`);

describe('working time', () => {
  test('passes over lunch, night and weekend', () => {
    expect(addWorkingMinutes(county, local('2026-11-20T11:30'), 60)).toEqual(local('2026-11-20T14:30'));
    expect(addWorkingMinutes(county, local('2026-11-20T17:30'), 60)).toEqual(local('2026-11-23T08:30'));
    expect(addWorkingMinutes(county, local('2026-11-21T10:00'), 30)).toEqual(local('2026-11-23T08:30'));
  });

  test('passes over 法定节假日 and uses the 调休 Saturday', () => {
    expect(addWorkingMinutes(county, local('2026-09-30T17:00'), 120)).toEqual(local('2026-10-08T09:00'));
    expect(addWorkingMinutes(county, local('2026-10-09T17:30'), 60)).toEqual(local('2026-10-10T08:30'));
  });

  test('counts working days to the end of the last one', () => {
    expect(addWorkingDays(county, local('2026-11-20T09:00'), 3)).toEqual(local('2026-11-25T18:00'));
    expect(addWorkingDays(county, local('2026-09-29T09:00'), 3)).toEqual(local('2026-10-09T18:00'));
  });

  test('pathology days over the published holidays of 2026, counted by hand', () => {
    const published: Calendar = {
      ...county,
      days: new Map(HOLIDAYS.map(([day, working]) => [day, working])),
    };
    const due = (received: string, days: number) => addWorkingDays(published, local(received), days);
    // small biopsy, 3 days: Wed 30 Sep, (1–7 Oct 国庆), Thu 8, Fri 9 Oct
    expect(due('2026-09-29T10:00', 3)).toEqual(local('2026-10-09T18:00'));
    // other tissue, 5 days: Thu 8, Fri 9, Sat 10 (调休), Mon 12, Tue 13 Oct; 2 more for immunohistochemistry
    expect(due('2026-09-30T10:00', 5)).toEqual(local('2026-10-13T18:00'));
    expect(due('2026-09-30T10:00', 7)).toEqual(local('2026-10-15T18:00'));
    // over 春节: Sat 14 Feb (调休), (15–23 Feb), Tue 24, Wed 25 Feb
    expect(due('2026-02-13T16:30', 3)).toEqual(local('2026-02-25T18:00'));
    // cytology, 2 days: Sun 20 Sep (调休), Mon 21 Sep
    expect(due('2026-09-18T09:00', 2)).toEqual(local('2026-09-21T18:00'));
    // received on a holiday, the days start after it: Thu 8, Fri 9, Sat 10 Oct
    expect(due('2026-10-03T09:00', 3)).toEqual(local('2026-10-10T18:00'));
  });

  test('the minutes between a start and its due time are the minutes added', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 * 24 * 60 }),
        fc.integer({ min: 1, max: 3_000 }),
        (offset, minutes) => {
          const start = new Date(local('2026-09-01T00:00').getTime() + offset * 60_000);
          expect(workingMinutesBetween(county, start, addWorkingMinutes(county, start, minutes))).toBeCloseTo(
            minutes,
            6,
          );
        },
      ),
      { seed: 20261122, numRuns: 300 },
    );
  });

  test('without a calendar every minute counts', () => {
    expect(addWorkingMinutes(undefined, local('2026-11-20T23:50'), 20)).toEqual(local('2026-11-21T00:10'));
  });
});
