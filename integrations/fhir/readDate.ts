import { badRequest } from '../../server/core/errors.ts';

const FORM =
  /^(eq|ge|gt|le|lt|sa|eb)?(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const DAY_MS = 86_400_000;

export interface DateRange {
  from?: Date;
  /** Exclusive. */
  to?: Date;
}

/** FHIR R4 §3.1.1.4.5: a prefix and a date of any precision; a day without a zone is a day of China. Throws 400. */
export function readDate(text: string): DateRange {
  const parts = FORM.exec(text.replace(' ', '+'));
  const [, prefix = 'eq', year, month, day, minute, second, zone] = parts ?? [];
  const start = new Date(
    `${year}-${month ?? '01'}-${day ?? '01'}T${minute ?? '00:00'}${second ?? ':00'}${zone ?? '+08:00'}`,
  );
  if (!parts || Number.isNaN(start.getTime()))
    throw badRequest(`the date ${text} is not understood; write ge2026-11-01 or lt2026-11-01T08:00:00+08:00`);
  const end = endOf(start, { month, day, minute, second });
  if (prefix === 'ge') return { from: start };
  if (prefix === 'gt' || prefix === 'sa') return { from: end };
  if (prefix === 'le') return { to: end };
  if (prefix === 'lt' || prefix === 'eb') return { to: start };
  return { from: start, to: end };
}

function endOf(start: Date, given: Record<'month' | 'day' | 'minute' | 'second', string | undefined>): Date {
  if (given.second) return new Date(start.getTime() + (given.second.includes('.') ? 1 : 1_000));
  if (given.minute) return new Date(start.getTime() + 60_000);
  if (given.day) return new Date(start.getTime() + DAY_MS);
  const local = new Date(start.getTime() + 8 * 3_600_000); // months of China
  const next = given.month
    ? Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1)
    : Date.UTC(local.getUTCFullYear() + 1, 0);
  return new Date(next - 8 * 3_600_000);
}
