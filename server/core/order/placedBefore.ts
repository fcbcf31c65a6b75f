import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { conflict } from '../errors.ts';
import type { PlacedRequest } from './requestSource.ts';

/** What the same sender placed under the same key; nothing when the key is new. */
export async function placedBefore(
  ctx: Context,
  actor: Actor,
  institutionId: string,
  key: string | undefined,
): Promise<PlacedRequest | undefined> {
  if (!key) return undefined;
  const request = await ctx.db
    .selectFrom('request')
    .select(['id', 'requestedBy', 'adopted'])
    .where('requestingInstitutionId', '=', institutionId)
    .where('idempotencyKey', '=', key)
    .executeTakeFirst();
  if (!request) return undefined;
  if (request.requestedBy !== (actor.kind === 'staff' ? actor.id : null))
    throw conflict('idempotency-key-of-another', 'this key names the request of another person');
  const orders = await ctx.db
    .selectFrom('orders')
    .selectAll()
    .where('requestId', '=', request.id)
    .orderBy('accessionNumber')
    .execute();
  return {
    requestId: request.id,
    orders,
    adopted: (request.adopted ?? []) as unknown as PlacedRequest['adopted'],
    unanswered: [],
  };
}
