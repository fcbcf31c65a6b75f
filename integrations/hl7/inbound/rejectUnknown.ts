import type { Context } from '../../../server/core/context.ts';
import { INLINE_BYTES, rawKey, sealRaw, sha256 } from '../rawBytes.ts';
import type { Senders } from '../senders.ts';
import type { Header } from './header.ts';

/** Of one stranger, only so many messages are kept a day, and none above the inline size: he must not fill the disk. */
const KEPT_A_DAY = 50;

/** Keeps a message that was turned away (AR), once per content, so that a person can see what knocked. */
export async function rejectUnknown(
  parts: { ctx: Pick<Context, 'db' | 'keys'>; senders: Senders },
  input: {
    bytes: Buffer;
    address: string;
    problem: string;
    sender: string;
    header?: Header;
    fingerprint: string | undefined;
  },
): Promise<void> {
  const { ctx } = parts;
  const device = await parts.senders.find(input.sender, input.address, input.fingerprint);
  const hash = sha256(input.bytes);
  const seen = await ctx.db
    .updateTable('hl7Message')
    .set((eb) => ({ replays: eb('replays', '+', 1) }))
    .where('deviceId', '=', device.deviceId)
    .where('state', '=', 'rejected')
    .where('sha256', '=', hash)
    .executeTakeFirst();
  if (seen.numUpdatedRows > 0n || input.bytes.length > INLINE_BYTES) return;
  const today = await ctx.db
    .selectFrom('hl7Message')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('sender', '=', input.sender)
    .where('state', '=', 'rejected')
    .where('receivedAt', '>', new Date(Date.now() - 86_400_000))
    .executeTakeFirstOrThrow();
  if (today.n >= KEPT_A_DAY) return;
  await ctx.db
    .insertInto('hl7Message')
    .values({
      direction: 'in',
      sender: input.sender,
      deviceId: device.deviceId,
      institutionId: device.institutionId,
      address: input.address,
      controlId: input.header?.controlId ?? '',
      messageType: input.header?.messageType ?? '',
      triggerEvent: input.header?.triggerEvent ?? '',
      size: input.bytes.length,
      sha256: hash,
      raw: sealRaw(rawKey(ctx), input.bytes),
      state: 'rejected',
      problem: input.problem,
      answerCode: 'AR',
      processedAt: new Date(),
    })
    .execute();
}
