import type { Queryable } from '../../core/database.ts';
import { addWorkingMinutes, workingMinutesBetween, type Calendar } from '../../core/turnaround/calendar.ts';
import { loadCalendars } from '../../core/turnaround/updateClocks.ts';

export interface CenterHours {
  /** Absent: the centre counts every hour of every day. */
  calendar: Calendar | undefined;
  urgentMinutes: number;
  routineMinutes: number;
  /** A pack or tray that has been at a site longer than this is overdue. */
  overdueDays: number;
}

/** What the centre promises, and by which calendar it counts (urgent 4 h, routine 24 h of the centre's hours unless set). */
export async function loadCenterHours(db: Queryable, centerId: string): Promise<CenterHours> {
  const row = await db
    .selectFrom('cssdCenterSetting')
    .selectAll()
    .where('centerId', '=', centerId)
    .executeTakeFirst();
  const calendars = row?.calendarId ? await loadCalendars(db, [row.calendarId]) : undefined;
  return {
    calendar: row?.calendarId ? calendars?.get(row.calendarId) : undefined,
    urgentMinutes: row?.urgentMinutes ?? 240,
    routineMinutes: row?.routineMinutes ?? 1440,
    overdueDays: row?.overdueDays ?? 14,
  };
}

/** When a pack collected at `collectedAt` should be ready. Equal to it is on time. */
export const dueOf = (hours: CenterHours, collectedAt: Date, urgent: boolean): Date =>
  addWorkingMinutes(hours.calendar, collectedAt, urgent ? hours.urgentMinutes : hours.routineMinutes);

/** Minutes of the centre's hours between collection and release. */
export const turnaroundMinutes = (hours: CenterHours, collectedAt: Date, readyAt: Date): number =>
  Math.round(workingMinutesBetween(hours.calendar, collectedAt, readyAt));
