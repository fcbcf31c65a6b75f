import { expect, test } from 'vitest';
import { HOLIDAYS } from '../../../../db/demo/reference/calendar.ts';
import { firstGap, isShort, statutoryHolidays } from '../../../../server/core/turnaround/calendarCoverage.ts';

const days = new Map(HOLIDAYS.map(([day, working]) => [day, working]));
const now = (text: string) => new Date(`${text}T04:00:00Z`);

test('the holidays of the lunar calendar stand on their days', () => {
  expect(statutoryHolidays(2026)).toEqual([
    { name: '元旦', days: ['2026-01-01'] },
    { name: '春节', days: ['2026-02-17'] },
    { name: '清明节', days: ['2026-04-04', '2026-04-05'] },
    { name: '劳动节', days: ['2026-05-01'] },
    { name: '端午节', days: ['2026-06-19'] },
    { name: '中秋节', days: ['2026-09-25'] },
    { name: '国庆节', days: ['2026-10-01'] },
  ]);
  expect(statutoryHolidays(2025).find(({ name }) => name === '中秋节')?.days).toEqual(['2025-10-06']);
});

test('a year with its holidays is covered to its end, and the alarm comes 60 days before', () => {
  const calendar = { days, completeYears: [] };
  const gap = firstGap(calendar, now('2026-08-20'));
  expect(gap.year).toBe(2027);
  expect(isShort(gap, now('2026-08-20'))).toBe(false);
  expect(isShort(gap, now('2026-11-01'))).toBe(false);
  expect(isShort(gap, now('2026-11-02'))).toBe(true);
});

test('single days of a later year neither silence nor hasten the alarm', () => {
  const more = { days: new Map([...days, ['2027-01-01', false], ['2028-05-01', false]]), completeYears: [] };
  const gap = firstGap(more, now('2026-11-30'));
  expect(gap).toEqual({
    year: 2027,
    missing: ['春节', '清明节', '劳动节', '端午节', '中秋节', '国庆节'],
  });
  expect(isShort(gap, now('2026-08-20'))).toBe(false);
  expect(isShort(gap, now('2026-11-30'))).toBe(true);
});

test('a year that is declared complete is covered', () => {
  expect(firstGap({ days, completeYears: [2027] }, now('2026-11-30')).year).toBe(2028);
});
