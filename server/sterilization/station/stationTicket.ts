import { createHmac, timingSafeEqual } from 'node:crypto';
import { personId, type Actor } from '../../core/access/actor.ts';
import { actorOfStaff } from '../../core/access/actorOfStaff.ts';
import type { Context } from '../../core/context.ts';

/** A station may be without a line for a long weekend, not for ever. */
const VALID_MS = 7 * 24 * 3_600_000;

/**
 * What a browser keeps beside scans it cannot send: proof, by HMAC, of who was signed in when they were made. Whoever
 * hands the queue over later, the scans are done in that person's name.
 */
export function issueTicket(ctx: Pick<Context, 'keys' | 'clock'>, actor: Actor) {
  const issuedAt = ctx.clock.now();
  const text = `${personId(actor)}.${issuedAt.getTime()}`;
  return { ticket: `${text}.${seal(ctx, text)}`, expiresAt: new Date(issuedAt.getTime() + VALID_MS) };
}

/** The person of a ticket with the roles held now; undefined when it is forged, too old, or the person has left. */
export async function personOfTicket(
  ctx: Pick<Context, 'db' | 'keys' | 'clock'>,
  ticket: string,
): Promise<(Actor & { id: string }) | undefined> {
  const [staffId = '', issued = '', sealed = ''] = ticket.split('.');
  const right = Buffer.from(seal(ctx, `${staffId}.${issued}`));
  const given = Buffer.from(sealed);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  if (ctx.clock.now().getTime() - Number(issued) > VALID_MS) return undefined;
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['id', 'username'])
    .where('id', '=', staffId)
    .where('active', '=', true)
    .executeTakeFirst();
  return staff && { ...(await actorOfStaff(ctx.db, staff.username)), id: staff.id };
}

const seal = (ctx: Pick<Context, 'keys'>, text: string): string =>
  createHmac('sha256', ctx.keys.derive('sterilization-station')).update(text).digest('base64url');
