import dayjs from 'dayjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countyNow, instantOf } from '../../viewer/src/shell/countyTime.ts';

const before = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'America/New_York'; // a PC whose zone nobody set
});
afterAll(() => {
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});

test('what a picker shows is the clock of the county, whatever the zone of the PC', () => {
  expect(new Date(2026, 11, 1).getTimezoneOffset()).toBe(300);
  expect(instantOf(dayjs('2026-12-01T08:00'))).toBe('2026-12-01T00:00:00.000Z');
  expect(instantOf(dayjs('2026-12-01T08:00').startOf('day'))).toBe('2026-11-30T16:00:00.000Z');
  expect(Math.abs(Date.parse(instantOf(countyNow())) - Date.now())).toBeLessThan(60_000);
});
