import { describe, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { recordExamination, type DeviceStart } from '../../../../server/core/order/recordExamination.ts';
import { ctx, openCounty, orderRow, place } from '../county.ts';

openCounty();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const events = (id: string) =>
  ctx.db
    .selectFrom('orderEvent')
    .select(['kind', 'at', 'deviceAt', 'reason', 'detail'])
    .where('orderId', '=', id)
    .where('kind', 'in', ['examined', 'examination-time-unknown'])
    .orderBy('seq')
    .execute();
const record = async (id: string, start: Partial<DeviceStart>) => {
  const order = await orderRow(id);
  return ctx.db.transaction().execute((trx) =>
    recordExamination(ctx, trx, SYSTEM, order, {
      deviceAt: null,
      clockOffsetMs: 0,
      source: 'acquisition',
      ...start,
    }),
  );
};
const fromNow = (ms: number) => new Date(ctx.clock.now().getTime() + ms);

describe('the start of an examination', () => {
  test('is the device’s time less what its clock was measured to be ahead; both times are kept', async () => {
    const { id } = await place({ priority: 'emergency' });
    const deviceAt = fromNow(-5 * MINUTE);
    const at = await record(id, { deviceAt, clockOffsetMs: 2 * MINUTE });
    expect(at).toEqual(new Date(deviceAt.getTime() - 2 * MINUTE));
    expect(await events(id)).toEqual([
      {
        kind: 'examined',
        at,
        deviceAt,
        reason: null,
        detail: { source: 'acquisition', clockOffsetMs: 2 * MINUTE },
      },
    ]);
    const indicator = await ctx.db
      .selectFrom('orderClock')
      .select(['startedAt', 'state'])
      .where('orderId', '=', id)
      .where('kind', '=', 'indicator')
      .executeTakeFirstOrThrow();
    expect(indicator, 'the national clock runs from it').toEqual({ startedAt: at, state: 'running' });
  });

  test.each([
    ['a device that says no time', {}, 'no-acquisition-time', false],
    [
      'a clock that nobody measured',
      { deviceAt: -MINUTE, clockOffsetMs: undefined },
      'clock-not-measured',
      true,
    ],
    ['a time 11 minutes ahead of ours', { deviceAt: 11 * MINUTE }, 'implausible', true],
    ['a time 25 hours before the order', { deviceAt: -25 * HOUR }, 'implausible', true],
    [
      'a time that its offset moves out of bounds',
      { deviceAt: 0, clockOffsetMs: 26 * HOUR },
      'implausible',
      true,
    ],
    [
      'a day’s recording that began two days and an hour before',
      { deviceAt: -49 * HOUR, durationMs: 24 * HOUR },
      'implausible',
      true,
    ],
  ])('of %s is not guessed', async (_what, { deviceAt, ...start }: Record<string, unknown>, reason, kept) => {
    const { id } = await place({ priority: 'emergency' });
    const said = deviceAt === undefined ? null : fromNow(deviceAt as number);
    expect(await record(id, { deviceAt: said, ...start })).toBeUndefined();
    expect(await events(id)).toMatchObject([
      { kind: 'examination-time-unknown', reason, deviceAt: kept ? said : null },
    ]);
    const clocks = await ctx.db
      .selectFrom('orderClock')
      .select('kind')
      .where('orderId', '=', id)
      .where('kind', '=', 'indicator')
      .execute();
    expect(clocks, 'nothing is computed from it').toEqual([]);
  });

  test.each([
    ['a little ahead of our clock', { deviceAt: 9 * MINUTE }, true],
    ['just within the day before the order', { deviceAt: -23 * HOUR }, false],
    ['of a day’s recording, a day earlier still', { deviceAt: -47 * HOUR, durationMs: 24 * HOUR }, false],
  ])('%s is taken', async (_what, { deviceAt, ...start }, ahead) => {
    const { id } = await place();
    const said = fromNow(deviceAt);
    expect(await record(id, { deviceAt: said, ...start })).toEqual(said);
    const [event] = await events(id);
    expect(event?.deviceAt).toEqual(said);
    expect(Number(event?.at), 'nothing is examined in the future').toBeLessThanOrEqual(Number(fromNow(0)));
    if (!ahead) expect(event?.at).toEqual(said);
  });

  test('stands as it was told first: what comes later changes nothing', async () => {
    const { id } = await place();
    const first = fromNow(-10 * MINUTE);
    await record(id, { deviceAt: first, source: 'mpps' });
    expect(await record(id, { deviceAt: fromNow(-5 * MINUTE) })).toBeUndefined();
    expect(await events(id)).toMatchObject([{ kind: 'examined', at: first, detail: { source: 'mpps' } }]);
  });

  test('that could not be told is told by the next object that can', async () => {
    const { id } = await place();
    await record(id, {});
    const at = fromNow(-MINUTE);
    await record(id, { deviceAt: at });
    expect((await events(id)).map(({ kind }) => kind)).toEqual(['examination-time-unknown', 'examined']);
  });
});
