import { useCallback, useEffect, useState } from 'react';
import { setReading } from './readingStore.ts';
import type { LoadedSeries } from './useStudies.ts';
import { qualityOf, worse, type Shown } from './viewingQuality.ts';

interface Loaded {
  series: readonly LoadedSeries[];
  pending: boolean;
  error: unknown;
}

const mpr = -1;

/** Keeps the report told how good what is shown of a case is. */
export function useQuality(orderId: string, today: Loaded, prior: Loaded) {
  const [viewports, setViewports] = useState<ReadonlyMap<number, Shown>>(new Map());
  const [opened, setOpened] = useState(false);
  const ofViewport = useCallback((index: number, shown: Shown | null) => {
    if (shown) setOpened(true);
    setViewports((before) => {
      if ((before.get(index) ?? null) === shown) return before;
      const next = new Map(before);
      if (shown) next.set(index, shown);
      else next.delete(index);
      return next;
    });
  }, []);
  const ofMpr = useCallback((shown: Shown | null) => ofViewport(mpr, shown), [ofViewport]);
  const own = today.error
    ? 'failed'
    : today.pending
      ? 'loading'
      : qualityOf({ series: today.series, viewports: viewports.values(), opened });
  // A prior that was asked for belongs to what is read; one that cannot be had is closed or accounted for.
  const beside = prior.error || prior.series.some((each) => each.error) ? 'failed' : 'diagnostic';
  const quality = worse(own, beside);
  useEffect(() => setReading(orderId, { quality }), [orderId, quality]);
  return { ofViewport, ofMpr };
}
