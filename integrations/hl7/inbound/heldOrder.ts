import { sql } from 'kysely';
import type { Transaction } from '../../../server/core/database.ts';
import type { OrderGroup } from './orderGroups.ts';
import type { Outcome, Received } from './outcome.ts';

/** Messages of this sender that wait for a person and hold orders under one of the placer numbers, oldest first, locked. */
export function findHeld(trx: Transaction, deviceId: string, placers: string[], exceptId: number) {
  return trx
    .selectFrom('hl7Message')
    .select(['id', 'placerNumbers'])
    .where('deviceId', '=', deviceId)
    .where('direction', '=', 'in')
    .where('state', '=', 'held')
    .where('id', '<>', exceptId)
    .where('placerNumbers', '&&', sql<string[]>`${placers}::text[]`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/**
 * A cancel or change whose order still waits for its codes to be mapped. A cancel of all that the waiting message
 * holds closes it, so that nobody maps an order into being that its sender has withdrawn. Anything else waits behind
 * it and is processed after it. Undefined when nothing of these placer numbers waits.
 */
export async function meetHeld(
  trx: Transaction,
  received: Received,
  groups: OrderGroup[],
  now: Date,
): Promise<Outcome | undefined> {
  if (groups.some((group) => group.control === 'NW')) return undefined;
  const placers = groups.map((group) => group.placer);
  // Only what waited before this message: on its second way through, those behind it do not count.
  const held = (await findHeld(trx, received.deviceId, placers, received.id)).filter(
    (row) => row.id < received.id,
  );
  if (held.length === 0) return undefined;
  const cancelsAll =
    groups.every((group) => group.control === 'CA' || group.control === 'OC') &&
    held.every((row) => row.placerNumbers.every((placer) => placers.includes(placer)));
  if (!cancelsAll)
    return {
      state: 'held',
      text: `ORC-2: ${placers.join(', ')} waits for its codes to be mapped, this message waits behind it`,
      placerNumbers: placers,
    };
  const ids = held.map((row) => row.id);
  await trx.updateTable('hl7Message').set({ state: 'resolved' }).where('id', 'in', ids).execute();
  await trx
    .insertInto('hl7MessageEvent')
    .values(
      ids.map((messageId) => ({
        messageId,
        kind: 'withdrawn',
        actorName: received.sender,
        detail: JSON.stringify({ byMessage: received.id }),
      })),
    )
    .execute();
  await trx
    .updateTable('unmatchedInput')
    .set({ state: 'resolved', resolvedAt: now, resolution: 'withdrawn' })
    .where('subjectType', '=', 'hl7-message')
    .where('subjectId', 'in', ids.map(String))
    .where('state', '=', 'open')
    .execute();
  return {
    state: 'accepted',
    text: `the order was held for mapping and is withdrawn`,
    placerNumbers: placers,
  };
}
