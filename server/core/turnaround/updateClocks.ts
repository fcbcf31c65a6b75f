import { sql } from 'kysely';
import type { Queryable, Transaction } from '../database.ts';
import type { Calendar } from './calendar.ts';
import { computeClock, type ClockPolicy } from './computeClock.ts';

export interface Policy extends ClockPolicy {
  id: string;
  calendarId: string | null;
}

const policies = new Map<string, Policy>(); // a version of a policy never changes

/** Derives the clocks of an order anew from its events and stores them with the order's due time, which it answers. */
export async function updateClocks(
  trx: Transaction,
  orderId: string,
  policyIds: string[],
): Promise<Date | null> {
  if (policyIds.length === 0) return null;
  const events = await trx
    .selectFrom('orderEvent')
    .select(['kind', 'at', 'detail'])
    .where('orderId', '=', orderId)
    .orderBy('seq')
    .execute();
  const sorted = events
    .map((event) => ({ kind: event.kind, at: event.at, detail: event.detail as Record<string, unknown> }))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const used = await loadPolicies(trx, policyIds);
  const calendars = await loadCalendars(
    trx,
    used.flatMap((policy) => policy.calendarId ?? []),
  );
  const readings = used.flatMap((policy) => {
    const reading = computeClock(
      sorted,
      policy,
      policy.calendarId ? calendars.get(policy.calendarId) : undefined,
    );
    return reading
      ? [
          {
            orderId,
            policyId: policy.id,
            kind: policy.kind as string,
            ...reading,
            pausedMinutes: Math.round(reading.pausedMinutes),
          },
        ]
      : [];
  });
  if (readings.length > 0)
    await trx
      .insertInto('orderClock')
      .values(readings)
      .onConflict((oc) =>
        oc.columns(['orderId', 'policyId']).doUpdateSet({
          state: sql`excluded.state`,
          startedAt: sql`excluded.started_at`,
          stoppedAt: sql`excluded.stopped_at`,
          pausedSince: sql`excluded.paused_since`,
          pausedMinutes: sql`excluded.paused_minutes`,
          elapsedMinutes: sql`excluded.elapsed_minutes`,
          dueAt: sql`excluded.due_at`,
          warnAt: sql`excluded.warn_at`,
        }),
      )
      .execute();
  const running = readings.flatMap((reading) =>
    reading.state === 'running' && reading.dueAt ? [reading.dueAt.getTime()] : [],
  );
  const dueAt = running.length > 0 ? new Date(Math.min(...running)) : null;
  await trx.updateTable('orders').set({ dueAt }).where('id', '=', orderId).execute();
  return dueAt;
}

/** Policies by id; a version is read once. */
export async function loadPolicies(db: Queryable, ids: string[]): Promise<Policy[]> {
  const missing = ids.filter((id) => !policies.has(id));
  if (missing.length > 0) {
    const rows = await db
      .selectFrom('turnaroundPolicy')
      .select([
        'id',
        'kind',
        'startEvent',
        'stopEvent',
        'targetMinutes',
        'warnMinutes',
        'workingDays',
        'calendarId',
      ])
      .where('id', 'in', missing)
      .execute();
    for (const row of rows) policies.set(row.id, { ...row, kind: row.kind as Policy['kind'] });
  }
  return ids.flatMap((id) => policies.get(id) ?? []);
}

/** Calendars by id with their exceptional days. */
export async function loadCalendars(db: Queryable, ids: string[]): Promise<Map<string, Calendar>> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return new Map();
  const rows = await db
    .selectFrom('turnaroundCalendar')
    .select(['id', 'week'])
    .where('id', 'in', unique)
    .execute();
  const days = await db
    .selectFrom('turnaroundCalendarDay')
    .select(['calendarId', 'day', 'working'])
    .where('calendarId', 'in', unique)
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        week: row.week as unknown as Calendar['week'],
        days: new Map(
          days
            .filter((day) => day.calendarId === row.id)
            .map((day) => [day.day as unknown as string, day.working]),
        ),
      },
    ]),
  );
}
