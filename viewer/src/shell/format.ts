import type { TFunction } from 'i18next';

const zone = 'Asia/Shanghai';
const dateTimeParts = new Intl.DateTimeFormat('en-CA', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

function parts(iso: string): Record<string, string> {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return {};
  return Object.fromEntries(dateTimeParts.formatToParts(when).map((p) => [p.type, p.value]));
}

/** `2026-11-22 10:32` in Asia/Shanghai; empty for nothing. */
export function dateTime(iso: string | null | undefined): string {
  if (!iso) return '';
  const p = parts(iso);
  return p.year ? `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}` : '';
}

/** `11-22 10:32` of this year, `2025-12-31` of another: where a column has little room. */
export function shortDateTime(iso: string | null | undefined): string {
  const whole = dateTime(iso);
  return whole.slice(0, 4) === dateTime(new Date().toISOString()).slice(0, 4)
    ? whole.slice(5)
    : whole.slice(0, 10);
}

/** `10:32:05` in Asia/Shanghai. */
export function clockTime(iso: string | null | undefined): string {
  if (!iso) return '';
  const p = parts(iso);
  return p.hour ? `${p.hour}:${p.minute}:${p.second}` : '';
}

/** An instant for a time axis of `Chart`: the clock of Asia/Shanghai, whatever the zone of the PC. */
export function chartTime(iso: string): number {
  return Date.parse(iso) + 8 * 3_600_000;
}

/** Plain date of an instant in Asia/Shanghai: `2026-11-22`. */
export function dateOnly(iso: string | null | undefined): string {
  return dateTime(iso).slice(0, 10);
}

/** Words for a number of minutes: `剩 12 分`, `超 1 时 3 分`. */
export function duration(minutes: number, t: TFunction): string {
  const whole = Math.abs(Math.trunc(minutes));
  if (whole < 1) return t('shell:time.underMinute');
  if (whole < 60) return t('shell:time.minutes', { m: whole });
  if (whole < 48 * 60) return t('shell:time.hours', { h: Math.floor(whole / 60), m: whole % 60 });
  return t('shell:time.days', { d: Math.floor(whole / 1440), h: Math.floor((whole % 1440) / 60) });
}

export type DueState = 'none' | 'waiting' | 'warn' | 'breach';

/** Where an open case stands against its due time. Equal to the target is on time. */
export function dueState(
  dueAt: string | null | undefined,
  warnAt: string | null | undefined,
  now: number,
): DueState {
  if (!dueAt) return 'none';
  const due = Date.parse(dueAt);
  if (now > due) return 'breach';
  const warn = warnAt ? Date.parse(warnAt) : due - 10 * 60_000;
  return now >= warn ? 'warn' : 'waiting';
}

export function remaining(dueAt: string | null | undefined, now: number, t: TFunction): string {
  if (!dueAt) return '';
  const minutes = (Date.parse(dueAt) - now) / 60_000;
  const words = duration(minutes, t);
  return minutes < 0 ? t('shell:time.over', { words }) : t('shell:time.left', { words });
}

/** Age in the unit a clinician says: days below one month, months below two years, else years. */
export function age(birthDate: string | null | undefined, t: TFunction, at: Date = new Date()): string {
  if (!birthDate || !/^\d{4}-\d{2}-\d{2}/.test(birthDate)) return '';
  const [y = 0, m = 1, d = 1] = birthDate.slice(0, 10).split('-').map(Number);
  const today = dateOnly(at.toISOString()).split('-').map(Number);
  const [ty = 0, tm = 1, td = 1] = today;
  const months = (ty - y) * 12 + (tm - m) - (td < d ? 1 : 0);
  if (months < 0) return '';
  if (months < 1) {
    const days = Math.floor((Date.UTC(ty, tm - 1, td) - Date.UTC(y, m - 1, d)) / 86_400_000);
    return t('shell:age.days', { n: days });
  }
  if (months < 24) return t('shell:age.months', { n: months });
  return t('shell:age.years', { n: Math.floor(months / 12) });
}

/** `3305**********1234`: what may be seen without a reason. */
export function maskId(value: string | null | undefined): string {
  if (!value) return '';
  if (value.includes('*')) return value;
  return value.length <= 8
    ? '*'.repeat(value.length)
    : `${value.slice(0, 4)}${'*'.repeat(value.length - 8)}${value.slice(-4)}`;
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  for (const [unit, size, digits] of [
    ['kB', 1024, 0],
    ['MB', 1024 ** 2, 1],
  ] as const) {
    const shown = (count / size).toFixed(digits);
    if (Number(shown) < 1024) return `${shown} ${unit}`;
  }
  return `${(count / 1024 ** 3).toFixed(2)} GB`;
}
