import { useEffect, useMemo } from 'react';
import type { Order } from '../../api/types.ts';
import { registerMetadata } from '../../panes/cornerstone/registerMetadata.ts';
import { tag, text } from '../../panes/study/dicomJson.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { reportedMeasurements } from '../../panes/study/measurementReport.ts';
import { setReading } from './readingStore.ts';
import { restoreMeasurements, type StoredMeasurement } from './storedMeasurements.ts';

const stored = (sets: readonly DisplaySet[], reports: readonly DisplaySet[]): StoredMeasurement[] =>
  reports
    .flatMap((set) => set.instances.slice(0, 1))
    .flatMap((report) => reportedMeasurements(report, sets))
    .map((each) => ({ ...each, frameOfReferenceUid: '', points: [] }));

/** The newest structured report of each series of reports. */
function newest(sets: readonly DisplaySet[]): DisplaySet[] {
  const bySeries = new Map<string, DisplaySet>();
  const at = (set: DisplaySet) =>
    text(set.instances[0] ?? {}, tag.contentDate) + text(set.instances[0] ?? {}, tag.contentTime);
  for (const set of sets) {
    if (set.kind !== 'sr') continue;
    const before = bySeries.get(set.seriesUid);
    if (!before || at(set) >= at(before)) bySeries.set(set.seriesUid, set);
  }
  return [...bySeries.values()];
}

/**
 * Measurements that lie beside the images as structured reports: this case's own come back for the reader to go on with,
 * those of others (a prior, another device) are drawn locked.
 */
export function useReported(
  order: Order,
  complete: boolean,
  todaySets: readonly DisplaySet[],
  priorSets: readonly DisplaySet[],
): void {
  const own = useMemo(
    () => new Set((order.input?.measurementReports as string[] | undefined) ?? []),
    [order.input],
  );
  useEffect(() => {
    if (!complete) return;
    todaySets.forEach(registerMetadata);
    const isOwn = (set: DisplaySet) => own.has(text(set.instances[0] ?? {}, tag.sopInstanceUid));
    const ownSeries = new Set(todaySets.filter(isOwn).map((set) => set.seriesUid));
    const imageIds = todaySets.flatMap((set) => set.imageIds);
    const others = newest(todaySets).filter((set) => !ownSeries.has(set.seriesUid));
    restoreMeasurements(stored(todaySets, others), imageIds, { foreign: true });
    setReading(order.id, { imageIds, reported: stored(todaySets, todaySets.filter(isOwn)) });
  }, [order.id, complete, todaySets, own]);
  useEffect(() => {
    if (priorSets.length === 0) return;
    priorSets.forEach(registerMetadata);
    restoreMeasurements(
      stored(priorSets, newest(priorSets)),
      priorSets.flatMap((set) => set.imageIds),
      { foreign: true },
    );
  }, [priorSets]);
}
