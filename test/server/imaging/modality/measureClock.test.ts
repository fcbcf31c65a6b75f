import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { measureClock } from '../../../../server/imaging/modality/measureClock.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

const MINUTE = 60_000;
let hub: TestContext;
let device: { id: string; institutionId: string };
let steps = 0;
beforeAll(async () => {
  hub = await createContext({ county: true });
  device = await hub.ctx.db
    .selectFrom('device')
    .select(['id', 'institutionId'])
    .where('aeTitle', '=', 'LIUHE')
    .$narrowType<{ institutionId: string }>()
    .executeTakeFirstOrThrow();
});
afterAll(() => hub.close());
beforeEach(async () => {
  await hub.ctx.db.deleteFrom('performedStep').execute();
  await hub.ctx.db.updateTable('device').set({ clockOffsetMs: null }).execute();
});

/** A start message that says when; the offset then. */
const tell = (startedAt: Date) =>
  hub.ctx.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('performedStep')
      .values({
        sopInstanceUid: `1.2.${++steps}`,
        deviceId: device.id,
        institutionId: device.institutionId,
        state: 'IN PROGRESS',
        startedAt,
        createdAt: hub.clock.now(),
      })
      .execute();
    return measureClock(hub.ctx, trx, device.id, startedAt);
  });

/** A start message from a clock that is `ahead` minutes ahead, `late` minutes after it was said; the offset then, in minutes. */
async function begins(ahead: number, late = 0): Promise<number | undefined> {
  hub.clock.advance(30);
  const startedAt = new Date(hub.clock.now().getTime() + (ahead - late) * MINUTE);
  const offset = await tell(startedAt);
  return offset === undefined ? undefined : Math.round(offset / MINUTE) + 0; // no -0
}

test('a message that comes late is no clock that is behind', async () => {
  expect(await begins(0)).toBe(0);
  expect(await begins(0, 150)).toBe(0);
  expect(await begins(0, 40)).toBe(0);
  expect(await begins(0)).toBe(0);
});

test('where the first messages are late, nothing is said until one is on time', async () => {
  expect(await begins(0, 45)).toBeUndefined();
  expect(await begins(0, 200)).toBeUndefined();
  expect(await begins(0, 1)).toBe(-1);
  expect(await begins(0)).toBe(0);
});

test('a clock that is ahead is known at once, one that is behind or was set back by two that agree', async () => {
  expect(await begins(480)).toBe(480);
  expect(await begins(0)).toBe(480);
  expect(await begins(0)).toBe(0);
  expect(await begins(-60)).toBe(0);
  expect(await begins(-60, 33)).toBe(0);
  expect(await begins(-60)).toBe(-60);
});

test('messages that waited together agree about nothing', async () => {
  expect(await begins(0)).toBe(0);
  const started = hub.clock.now().getTime() - 90 * MINUTE;
  for (const second of [0, 20, 40]) {
    const startedAt = new Date(started + second * 1_000);
    const offset = await tell(startedAt);
    expect(Math.round(offset! / MINUTE)).toBeCloseTo(0);
  }
});
