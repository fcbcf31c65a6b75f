import type { QueryClient } from '@tanstack/react-query';
import { aheadOfPerson } from '../../api/ahead.ts';
import { get } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { startEngine } from '../../panes/cornerstone/engine.ts';
import { fullImage, isLarge, preparePreview } from '../../panes/cornerstone/frameLoader.ts';
import { loadPreview } from '../../panes/cornerstone/frameStore.ts';
import { registerMetadata } from '../../panes/cornerstone/registerMetadata.ts';
import { listSeries, loadSeries, type SeriesSummary } from '../../panes/study/loadStudy.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { nextCase } from '../../shell/worklist/useWorklist.ts';
import { priorsOf, sameRegion, type PriorAnswer } from './priors.tsx';
import { studiesOf, type StudyToShow } from './useStudies.ts';

const mostSeries = 4;
const frames = 4;

/** First display set with pictures of each series, under the keys that the reading room asks by. */
async function* firstSets(
  client: QueryClient,
  study: StudyToShow,
  signal: AbortSignal,
): AsyncGenerator<{ set: DisplaySet; seriesUid: string }> {
  const series =
    study.series ??
    (await client.fetchQuery<SeriesSummary[]>({
      queryKey: ['imaging', 'series', study.uid],
      queryFn: () => listSeries(study.uid, signal, aheadOfPerson),
      staleTime: 60_000,
    }));
  for (const each of series.slice(0, mostSeries)) {
    if (signal.aborted) return;
    const sets = await client.fetchQuery({
      queryKey: ['imaging', 'metadata', each.seriesUid, each.instances],
      queryFn: () => loadSeries(study.uid, each.seriesUid, signal, aheadOfPerson),
      staleTime: Infinity,
    });
    const set = sets.find((one) => one.imageIds.length > 0);
    if (!set) continue;
    registerMetadata(set);
    yield { set, seriesUid: each.seriesUid };
  }
}

/**
 * Gets a study ready in the background: its series, their metadata and previews, and the first images in full. Whatever
 * fails is fetched again when the study is opened.
 */
async function prefetchStudy(client: QueryClient, study: StudyToShow, signal: AbortSignal): Promise<void> {
  for await (const { set, seriesUid } of firstSets(client, study, signal)) {
    await loadPreview({ study: study.uid, series: seriesUid }, true);
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

/**
 * What the first look at a case needs, while its row of the worklist is pointed at: the code of the reading room,
 * metadata of the first series and one picture of each, a large one as preview.
 */
export default async function prepareCase(
  client: QueryClient,
  order: Order,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([import('./Reading.tsx'), import('./ImagingReport.tsx'), startEngine()]);
  for (const study of studiesOf(order))
    for await (const { set, seriesUid } of firstSets(client, study, signal)) {
      const [first] = set.imageIds;
      if (!first || signal.aborted) return;
      if (!isLarge(first)) await fullImage(first, 'ahead');
      else if (await loadPreview({ study: study.uid, series: seriesUid }, true)) await preparePreview(first);
    }
}

/** The whole of the first picture, where it is so large that only its preview was made ready. */
export async function opening(client: QueryClient, order: Order): Promise<void> {
  const [study] = studiesOf(order);
  if (!study) return;
  for await (const { set } of firstSets(client, study, new AbortController().signal)) {
    const [first] = set.imageIds;
    if (first && isLarge(first)) await fullImage(first, 'urgent');
    return;
  }
}
