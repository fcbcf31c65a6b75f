import type { QueryClient } from '@tanstack/react-query';
import { aheadOfPerson } from '../../api/ahead.ts';
import type { Order } from '../../api/types.ts';
import { firstPage, recordingAhead, traceQuery } from './api.ts';
import type { RecordingSummary } from './types.ts';

/**
 * While the row of a case is pointed at: the description of its newest recording and the samples of
 * the first look. A picture needs none.
 */
export default async function prepareCase(
  client: QueryClient,
  order: Order,
  signal: AbortSignal,
): Promise<void> {
  const [newest] = (order.input?.recordings ?? []) as RecordingSummary[];
  if (newest) {
    const recording = await recordingAhead(client, newest.id, signal);
    if (!recording.picture)
      await client.prefetchQuery(traceQuery(newest.id, firstPage(recording), signal, aheadOfPerson));
  }
}
