import { describe, expect, test } from 'vitest';
import {
  computeClock,
  type ClockEvent,
  type ClockPolicy,
} from '../../../../server/core/turnaround/computeClock.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 20, 2, minutes));
const event = (kind: string, minutes: number, detail: Record<string, unknown> = {}): ClockEvent => ({
  kind,
  at: at(minutes),
  detail,
});
const service: ClockPolicy = {
  kind: 'service',
  startEvent: 'received',
  stopEvent: 'final',
  targetMinutes: 30,
  warnMinutes: 10,
  workingDays: null,
};
const indicator: ClockPolicy = { ...service, kind: 'indicator', startEvent: 'examined' };

describe('a clock', () => {
  test('does not exist before its start event', () => {
    expect(computeClock([event('requested', 0)], service)).toBeUndefined();
  });

  test('runs with due and warning times', () => {
    expect(computeClock([event('received', 0)], service)).toMatchObject({
      state: 'running',
      dueAt: at(30),
      warnAt: at(20),
    });
  });

  test('ending exactly at the target is on time, a minute later is not', () => {
    expect(computeClock([event('received', 0), event('final', 30)], service)).toMatchObject({
      state: 'met',
      elapsedMinutes: 30,
    });
    expect(computeClock([event('received', 0), event('final', 31)], service)).toMatchObject({
      state: 'breached',
      elapsedMinutes: 31,
    });
  });

  test('a coded extension of minutes lengthens the reading clock, not acceptance or delivery', () => {
    const extended = [event('received', 0), event('due-extended', 0, { minutes: 15 })];
    expect(computeClock(extended, service)).toMatchObject({ dueAt: at(45), warnAt: at(35) });
    expect(computeClock([...extended, event('final', 45)], service)).toMatchObject({ state: 'met' });
    expect(computeClock([...extended, event('final', 46)], service)).toMatchObject({ state: 'breached' });
    expect(computeClock(extended, { ...service, kind: 'delivery' })).toMatchObject({ dueAt: at(30) });
  });

  test('a returned case stands still until it is resent; the indicator does not', () => {
    const events = [
      event('examined', 0),
      event('received', 0),
      event('returned', 10),
      event('resent', 50),
      event('final', 60),
    ];
    expect(computeClock(events, service)).toMatchObject({
      state: 'met',
      elapsedMinutes: 20,
      pausedMinutes: 40,
    });
    expect(computeClock(events, indicator)).toMatchObject({
      state: 'breached',
      elapsedMinutes: 60,
      pausedMinutes: 0,
    });
    expect(computeClock(events.slice(0, 3), service)).toMatchObject({
      state: 'paused',
      dueAt: null,
      pausedSince: at(10),
    });
    expect(computeClock(events.slice(0, 4), service)).toMatchObject({ state: 'running', dueAt: at(70) });
  });

  test('a reopened case runs again, a cancelled one is void', () => {
    expect(
      computeClock([event('received', 0), event('final', 20), event('reopened', 25)], service)?.state,
    ).toBe('running');
    expect(computeClock([event('received', 0), event('cancelled', 5)], service)?.state).toBe('void');
  });
});
