import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';

/** A clock that is off by more than this says nothing. */
export const MOST_OFFSET_MS = 3 * 24 * 3_600_000;
/** A first message that seems this much behind is on time. */
const ON_TIME_MS = 2 * 60_000;
/** Two messages agree within this, */
const AGREE_MS = 60_000;
/** and speak for themselves when they came this far apart: a queue that is sent at once is late as one. */
const APART_MS = 10 * 60_000;
const MOST_LOOKED_AT = 12;
const LOOK_BACK_MS = 7 * 24 * 3_600_000;

/**
 * By how much a device's clock is ahead, from the start that a message names and when the message came; answers what
 * stands now, undefined while nothing does.
 *
 * A message can only be late, never early, so the clock is ahead by at least what one shows: a larger value counts at
 * once. A smaller one is a late message or a clock that was set back; it counts when another message of these days, sent
 * at another time, agrees with it: lateness differs, a clock does not.
 */
export async function measureClock(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  deviceId: string | null,
  startedAt: Date,
): Promise<number | undefined> {
  const now = ctx.clock.now();
  const shown = startedAt.getTime() - now.getTime();
  if (!deviceId) return Math.abs(shown) <= ON_TIME_MS ? shown : undefined;
  const device = await trx
    .selectFrom('device')
    .select('clockOffsetMs')
    .where('id', '=', deviceId)
    .executeTakeFirst();
  const known = device?.clockOffsetMs ?? undefined;
  if (Math.abs(shown) > MOST_OFFSET_MS) return known;
  const offset = shown >= (known ?? -ON_TIME_MS) ? shown : await confirmed(trx, deviceId, shown, now);
  if (offset === undefined) return known;
  await trx.updateTable('device').set({ clockOffsetMs: offset }).where('id', '=', deviceId).execute();
  return offset;
}

/** The least late of the messages that agree with one that shows `shown`. */
async function confirmed(
  trx: Transaction,
  deviceId: string,
  shown: number,
  now: Date,
): Promise<number | undefined> {
  const steps = await trx
    .selectFrom('performedStep')
    .select(['startedAt', 'createdAt'])
    .where('deviceId', '=', deviceId)
    .where('createdAt', '>=', new Date(now.getTime() - LOOK_BACK_MS))
    .where('createdAt', '<=', new Date(now.getTime() - APART_MS))
    .where('startedAt', 'is not', null)
    .orderBy('createdAt', 'desc')
    .limit(MOST_LOOKED_AT)
    .execute();
  const agreeing = steps.flatMap(({ startedAt, createdAt }) => {
    const other = startedAt ? startedAt.getTime() - createdAt.getTime() : NaN;
    return Math.abs(other - shown) <= AGREE_MS ? [other] : [];
  });
  return agreeing.length > 0 ? Math.max(shown, ...agreeing) : undefined;
}
