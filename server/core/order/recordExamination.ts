import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import type { Order } from './order.ts';
import { recordEvent } from './recordEvent.ts';

const MAX_AHEAD_MS = 10 * 60_000;
const MAX_BEFORE_ORDER_MS = 24 * 3_600_000;

/** When the device says that the examination began, and by how much its clock was measured to be ahead. */
export interface DeviceStart {
  deviceAt: Date | null;
  clockOffsetMs: number | undefined;
  /** How long the examination lasted; a day's recording begins a day before its order may stand. */
  durationMs?: number;
  /** What the time was taken from, kept in the event. */
  source: string;
}

/**
 * Records when the examination began: an earlier statement (MPPS) stands, else the device's time corrected by its
 * measured offset. Without a measurement, or with a time that cannot be, it is not computable and says why; never
 * guessed. Answers the time that was recorded.
 */
export async function recordExamination(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
  { deviceAt, clockOffsetMs, durationMs = 0, source }: DeviceStart,
): Promise<Date | undefined> {
  const known = await trx
    .selectFrom('orderEvent')
    .select('seq')
    .where('orderId', '=', order.id)
    .where('kind', '=', 'examined')
    .limit(1)
    .executeTakeFirst();
  if (known) return undefined;
  const at =
    deviceAt && clockOffsetMs !== undefined ? new Date(deviceAt.getTime() - clockOffsetMs) : undefined;
  const now = ctx.clock.now().getTime();
  const earliest = Math.min(order.createdAt.getTime(), now) - MAX_BEFORE_ORDER_MS - durationMs;
  const doubt = !deviceAt
    ? 'no-acquisition-time'
    : !at
      ? 'clock-not-measured'
      : at.getTime() > now + MAX_AHEAD_MS || at.getTime() < earliest
        ? 'implausible'
        : undefined;
  if (!at || doubt) {
    await recordEvent(ctx, trx, actor, order, {
      kind: 'examination-time-unknown',
      ...(deviceAt && { deviceAt }),
      reason: doubt ?? 'unknown',
    });
    return undefined;
  }
  await recordEvent(ctx, trx, actor, order, {
    kind: 'examined',
    at: at.getTime() > now ? new Date(now) : at,
    deviceAt: deviceAt ?? at,
    detail: { source, clockOffsetMs },
  });
  return at;
}
