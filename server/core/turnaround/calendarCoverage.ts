import { localDate, type Calendar } from './calendar.ts';

const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', {
  timeZone: 'UTC',
  month: 'numeric',
  day: 'numeric',
});
const LUNAR: Record<string, string> = { '1/1': '春节', '5/5': '端午节', '8/15': '中秋节' };

/** The days of a year on which each statutory holiday stands, whatever the State Council adds around them. */
export function statutoryHolidays(year: number): { name: string; days: string[] }[] {
  const found = [
    { name: '元旦', days: [`${year}-01-01`] },
    { name: '清明节', days: [`${year}-04-04`, `${year}-04-05`] },
    { name: '劳动节', days: [`${year}-05-01`] },
    { name: '国庆节', days: [`${year}-10-01`] },
  ];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000) {
    const parts = lunar.formatToParts(at);
    const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
    const name = LUNAR[`${part('month')}/${part('day')}`];
    if (name) found.push({ name, days: [new Date(at).toISOString().slice(0, 10)] });
  }
  return found.sort((a, b) => ((a.days[0] ?? '') < (b.days[0] ?? '') ? -1 : 1));
}

type Kept = Pick<Calendar, 'days'> & { completeYears: readonly number[] };

/** Statutory holidays of a year that are not entered as days off; none when the year is declared complete. */
export const missingHolidays = (calendar: Kept, year: number): string[] =>
  calendar.completeYears.includes(year)
    ? []
    : statutoryHolidays(year)
        .filter(({ days }) => !days.some((day) => calendar.days.get(day) === false))
        .map(({ name }) => name);

/** The first year from now on whose holidays are not all entered, and which. Single days of later years do not count. */
export function firstGap(calendar: Kept, now: Date): { year: number; missing: string[] } {
  for (let year = Number(localDate(now).slice(0, 4)); ; year++) {
    const missing = missingHolidays(calendar, year);
    if (missing.length > 0) return { year, missing };
  }
}

const DAYS_AHEAD = 60;

/** Whether a year without its holidays begins within 60 days, or has begun. */
export const isShort = (gap: { year: number }, now: Date): boolean =>
  `${gap.year}-01-01` <= localDate(new Date(now.getTime() + DAYS_AHEAD * 86_400_000));
