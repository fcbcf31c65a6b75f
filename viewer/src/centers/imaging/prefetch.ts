import type { QueryClient } from '@tanstack/react-query';
import { aheadOfPerson } from '../../api/ahead.ts';
import { get } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { fullImage } from '../../panes/cornerstone/frameLoader.ts';
import { loadPreview } from '../../panes/cornerstone/frameStore.ts';
import { registerMetadata } from '../../panes/cornerstone/registerMetadata.ts';
import { nextCase } from '../../shell/worklist/useWorklist.ts';
import { firstSets } from './prepareCase.ts';
import { priorsOf, sameRegion, type PriorAnswer } from './priors.tsx';
import { studiesOf, type StudyToShow } from './studies.ts';

const frames = 4;

/**
 * Gets a study ready in the background: its series, their metadata and previews, and the first images in full. Whatever
 * fails is fetched again when the study is opened.
 */
async function prefetchStudy(client: QueryClient, study: StudyToShow, signal: AbortSignal): Promise<void> {
  for await (const set of firstSets(client, study, signal)) {
    registerMetadata(set);
    await loadPreview({ study: set.studyUid, series: set.seriesUid }, true);
    for (const imageId of set.imageIds.slice(0, frames)) {
      if (signal.aborted) return;
      await fullImage(imageId, 'ahead');
    }
  }
}

/** The newest prior of the same region of a case: what its reader is likely to compare with. */
async function prefetchPrior(client: QueryClient, order: Order, signal: AbortSignal): Promise<void> {
  const answer = await client.fetchQuery({
    queryKey: ['imaging', 'priors', order.id],
    queryFn: () => get<PriorAnswer>(`/api/imaging/orders/${order.id}/priors`, signal, aheadOfPerson),
    staleTime: 60_000,
  });
  const prior = sameRegion(priorsOf(answer, order), order);
  if (prior) await prefetchStudy(client, { uid: prior.studyUid }, signal);
}

/**
 * While a case is read: first its prior of the same region, then the next case of the list and that one's prior. Nothing
 * is claimed.
 */
export async function prefetch(
  client: QueryClient,
  order: Order,
  me: string,
  signal: AbortSignal,
): Promise<void> {
  await prefetchPrior(client, order, signal).catch(() => undefined);
  if (signal.aborted) return;
  const next = await nextCase('imaging', order.id, me);
  if (!next || signal.aborted) return;
  const described = await get<Order>(`/api/orders/${next.orderId}`, signal, aheadOfPerson);
  for (const study of studiesOf(described)) await prefetchStudy(client, study, signal);
  await prefetchPrior(client, described, signal);
}
