/** A calendar of working time in Asia/Shanghai (UTC+8, no summer time). */
export interface Calendar {
  /** Spans of a day in minutes from midnight, by weekday 1 (Monday) … 7 (Sunday). */
  week: Record<string, [number, number][]>;
  /** 法定节假日 (working false) and 调休 (working true), by date YYYY-MM-DD. */
  days: ReadonlyMap<string, boolean>;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const ZONE = 8 * 3_600_000;
const HORIZON_DAYS = 400;

/** The local date YYYY-MM-DD of an instant. */
export const localDate = (at: Date): string => new Date(at.getTime() + ZONE).toISOString().slice(0, 10);

const midnight = (at: number): number => Math.floor((at + ZONE) / DAY) * DAY - ZONE;

function spansOf(calendar: Calendar, dayStart: number): [number, number][] {
  const date = new Date(dayStart + ZONE);
  const exception = calendar.days.get(date.toISOString().slice(0, 10));
  if (exception === false) return [];
  const weekday = date.getUTCDay() || 7;
  const regular = calendar.week[String(weekday)] ?? [];
  // A weekend day worked in exchange for a holiday has Monday's hours.
  return exception === true && regular.length === 0 ? (calendar.week['1'] ?? []) : regular;
}

/** The instant at which `minutes` of working time have passed since `start`. Without a calendar: always open. */
export function addWorkingMinutes(calendar: Calendar | undefined, start: Date, minutes: number): Date {
  if (!calendar) return new Date(start.getTime() + minutes * MINUTE);
  let left = minutes * MINUTE;
  const from = start.getTime();
  for (let day = midnight(from), n = 0; n < HORIZON_DAYS; n++, day = midnight(day + DAY)) {
    for (const [open, close] of spansOf(calendar, day)) {
      const begin = Math.max(from, day + open * MINUTE);
      const end = day + close * MINUTE;
      if (end <= begin) continue;
      if (left <= end - begin) return new Date(begin + left);
      left -= end - begin;
    }
  }
  throw new Error('the calendar has no working time within 400 days');
}

/** Working minutes between two instants, 0 when they are the wrong way round. */
export function workingMinutesBetween(calendar: Calendar | undefined, from: Date, to: Date): number {
  if (to <= from) return 0;
  if (!calendar) return (to.getTime() - from.getTime()) / MINUTE;
  let total = 0;
  for (let day = midnight(from.getTime()); day < to.getTime(); day += DAY)
    for (const [open, close] of spansOf(calendar, day)) {
      const begin = Math.max(from.getTime(), day + open * MINUTE);
      const end = Math.min(to.getTime(), day + close * MINUTE);
      if (end > begin) total += end - begin;
    }
  return total / MINUTE;
}

/** The end of the `days`-th working day after the day of `start`: what "3 working days" promises. */
export function addWorkingDays(calendar: Calendar, start: Date, days: number): Date {
  let left = days;
  for (let day = midnight(start.getTime()) + DAY, n = 0; n < HORIZON_DAYS; n++, day += DAY) {
    const spans = spansOf(calendar, day);
    if (spans.length === 0) continue;
    left -= 1;
    if (left <= 0) return new Date(day + Math.max(...spans.map(([, close]) => close)) * MINUTE);
  }
  throw new Error('the calendar has no working day within 400 days');
}
