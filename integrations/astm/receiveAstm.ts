import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import type { Transaction } from '../../server/core/database.ts';
import { findInstrument } from '../../server/lab/instrument/findInstrument.ts';
import { receiveInstrumentResults } from '../../server/lab/instrument/receiveInstrumentResults.ts';
import { parseAstm } from '../../server/standards/astm/parse.ts';
import { readAstmResults } from '../../server/standards/astm/results.ts';
import { contentError } from '../../server/standards/hl7v2/errors.ts';
import type { Outcome } from '../hl7/inbound/outcome.ts';
import { driverOf } from './drivers/index.ts';

/** Takes the results of one stored transmission. Queries in it are answered by the connection, not here. */
export async function receiveAstmMessage(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  row: { id: number; sender: string; address: string | null },
  bytes: Buffer,
): Promise<Outcome> {
  const instrument = await findInstrument(trx, {
    protocol: 'astm',
    sender: row.sender,
    address: row.address,
  });
  if (!instrument)
    throw contentError('H', 5, `analyzer ${row.sender} is not in the list of instruments`, 'refuse', 204);
  const driver = driverOf(instrument.driver);
  const message = parseAstm(bytes, instrument.charset);
  const records = driver.keep
    ? message.records.filter((record) => record.type !== 'R' || driver.keep?.(record))
    : message.records;
  const results = readAstmResults({ ...message, records }, driver.layout).map(
    (one) => driver.adjust?.(one) ?? one,
  );
  if (results.length === 0) return { state: 'accepted', text: 'no results' };
  const summary = await receiveInstrumentResults(ctx, trx, actor, instrument.id, results, {
    source: 'astm',
    messageId: row.id,
  });
  return {
    state: summary.open > 0 ? 'held' : 'accepted',
    ...(summary.open > 0 && { text: summary.reasons.join('; ').slice(0, 500) }),
    orderIds: summary.orderIds,
  };
}
