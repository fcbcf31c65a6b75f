import { conflict, notFound } from '../../core/errors.ts';
import type { Transaction } from '../../core/database.ts';

/** The round, held to the end of the transaction. Throws 404, or 409 when it does not stand at `state`. */
export async function lockRound(trx: Transaction, roundId: string, state: 'open' | 'submitted') {
  const round = await trx
    .selectFrom('labEqaRound')
    .selectAll()
    .where('id', '=', roundId)
    .forUpdate()
    .executeTakeFirst();
  if (!round) throw notFound('EQA round', roundId);
  if (round.state !== state)
    throw conflict('round-state', `the round is ${round.state}`, { round: round.state });
  return round;
}
