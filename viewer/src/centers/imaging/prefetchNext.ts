import type { QueryClient } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { fullImage } from '../../panes/cornerstone/frameLoader.ts';
import { loadPreview } from '../../panes/cornerstone/frameStore.ts';
import { registerMetadata } from '../../panes/cornerstone/registerMetadata.ts';
import { loadSeries } from '../../panes/study/loadStudy.ts';
import { nextCase } from '../../shell/worklist/useWorklist.ts';
import { studiesOf } from './useStudies.ts';

const frames = 4;

/**
 * Gets the next case of the list ready while this one is read: metadata of its series and its first images, in the
 * background. Nothing is claimed; whatever fails is fetched again when the case is opened.
 */
export async function prefetchNext(
  client: QueryClient,
  order: Order,
  me: string,
  signal: AbortSignal,
): Promise<void> {
  const next = await nextCase('imaging', order.id, me);
  if (!next || signal.aborted) return;
  const described = await get<Order>(`/api/orders/${next.orderId}`, signal);
  for (const study of studiesOf(described)) {
    for (const series of (study.series ?? []).slice(0, 4)) {
      if (signal.aborted) return;
      const sets = await client.fetchQuery({
        queryKey: ['imaging', 'metadata', series.seriesUid, series.instances],
        queryFn: () => loadSeries(study.uid, series.seriesUid, signal),
        staleTime: Infinity,
      });
      const first = sets.find((set) => set.imageIds.length > 0);
      if (!first) continue;
      registerMetadata(first);
      await loadPreview({ study: study.uid, series: series.seriesUid });
      for (const imageId of first.imageIds.slice(0, frames)) {
        if (signal.aborted) return;
        await fullImage(imageId);
      }
    }
  }
}
