import { addWorkingDays, addWorkingMinutes, workingMinutesBetween, type Calendar } from './calendar.ts';

export interface ClockEvent {
  kind: string;
  at: Date;
  detail?: Record<string, unknown>;
}

export interface ClockPolicy {
  kind: 'indicator' | 'service' | 'acceptance' | 'delivery';
  startEvent: string;
  stopEvent: string;
  targetMinutes: number;
  warnMinutes: number;
  workingDays: number | null;
}

export interface ClockReading {
  state: 'running' | 'paused' | 'met' | 'breached' | 'void';
  startedAt: Date;
  stoppedAt: Date | null;
  pausedSince: Date | null;
  pausedMinutes: number;
  elapsedMinutes: number | null;
  dueAt: Date | null;
  warnAt: Date | null;
}

/** What makes a clock stand still, and what ends that. */
const PAUSES = new Map([
  ['returned', 'resent'],
  ['paused', 'resumed'],
]);

/**
 * Reads one clock off the events of an order; undefined when it has not started. An indicator clock is never paused;
 * the others stand still from `returned` to `resent` and from `paused` to `resumed`, of two that overlap until both have
 * ended. Ending exactly at the target is on time.
 * `due-extended` events lengthen it: a clock of working days by `detail.days`, a reading clock of minutes by
 * `detail.minutes`. Acceptance and delivery have their own targets, which nothing lengthens.
 */
export function computeClock(
  events: ClockEvent[],
  policy: ClockPolicy,
  calendar?: Calendar,
): ClockReading | undefined {
  const start = events.find((event) => event.kind === policy.startEvent);
  if (!start) return undefined;
  const reopenedAt = events.findLast((event) => event.kind === 'reopened')?.at;
  const stop = events.find(
    (event) =>
      event.kind === policy.stopEvent && event.at >= start.at && (!reopenedAt || event.at > reopenedAt),
  );
  const ended = events.findLast((event) => event.kind === 'cancelled');

  let pausedMinutes = 0;
  let pausedSince: Date | null = null;
  const awaited = new Set<string>();
  if (policy.kind !== 'indicator')
    for (const event of events) {
      if (event.at < start.at || (stop && event.at > stop.at)) continue;
      const end = PAUSES.get(event.kind);
      if (end) {
        awaited.add(end);
        pausedSince ??= event.at;
      } else if (awaited.delete(event.kind) && awaited.size === 0 && pausedSince) {
        pausedMinutes += workingMinutesBetween(calendar, pausedSince, event.at);
        pausedSince = null;
      }
    }

  const targetMinutes = policy.targetMinutes + extensionOf(events, policy);
  const due = dueOf(events, { ...policy, targetMinutes }, calendar, start.at, pausedMinutes);
  const reading = {
    startedAt: start.at,
    stoppedAt: null,
    pausedSince,
    pausedMinutes,
    elapsedMinutes: null,
    dueAt: due,
    warnAt: null,
  };
  if (stop) {
    const stillPaused = pausedSince ? workingMinutesBetween(calendar, pausedSince, stop.at) : 0;
    const elapsedMinutes = workingMinutesBetween(calendar, start.at, stop.at) - pausedMinutes - stillPaused;
    const onTime = policy.workingDays === null ? elapsedMinutes <= targetMinutes : stop.at <= due;
    return {
      ...reading,
      state: onTime ? 'met' : 'breached',
      stoppedAt: stop.at,
      pausedSince: null,
      elapsedMinutes,
    };
  }
  if (ended) return { ...reading, state: 'void', stoppedAt: ended.at, pausedSince: null, dueAt: null };
  if (pausedSince) return { ...reading, state: 'paused', dueAt: null };
  const warnAt =
    policy.workingDays === null
      ? addWorkingMinutes(calendar, start.at, Math.max(0, targetMinutes - policy.warnMinutes) + pausedMinutes)
      : new Date(due.getTime() - policy.warnMinutes * 60_000);
  return { ...reading, state: 'running', warnAt };
}

/** Minutes by which coded reasons lengthen a reading clock (a frozen section that arrives before the last one is done). */
function extensionOf(events: ClockEvent[], { kind }: ClockPolicy): number {
  if (kind !== 'service' && kind !== 'indicator') return 0;
  return events.reduce(
    (minutes, event) => minutes + (event.kind === 'due-extended' ? Number(event.detail?.minutes ?? 0) : 0),
    0,
  );
}

function dueOf(
  events: ClockEvent[],
  policy: ClockPolicy,
  calendar: Calendar | undefined,
  start: Date,
  pausedMinutes: number,
): Date {
  if (policy.workingDays === null || !calendar)
    return addWorkingMinutes(calendar, start, policy.targetMinutes + pausedMinutes);
  const extended = events.reduce(
    (days, event) => days + (event.kind === 'due-extended' ? Number(event.detail?.days ?? 0) : 0),
    0,
  );
  const due = addWorkingDays(calendar, start, policy.workingDays + extended);
  return pausedMinutes > 0 ? addWorkingMinutes(calendar, due, pausedMinutes) : due;
}
