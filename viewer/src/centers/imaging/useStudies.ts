import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { listSeries, loadSeries, type SeriesSummary } from '../../panes/study/loadStudy.ts';
import type { StudyToShow } from './studies.ts';

export interface LoadedSeries extends SeriesSummary {
  studyUid: string;
  /** Null while its metadata is on the way. */
  sets: DisplaySet[] | null;
  error: unknown;
}

/** Series and display sets of studies; one series is usable before the others have come. */
export function useSeries(studies: readonly StudyToShow[]) {
  const client = useQueryClient();
  const earlier = (seriesUid: string) =>
    client
      .getQueriesData<DisplaySet[]>({ queryKey: ['imaging', 'metadata', seriesUid] })
      .flatMap(([, sets]) => (sets ? [sets] : []))
      .at(-1);
  const asked = studies.filter((study) => !study.series);
  const lists = useQueries({
    queries: asked.map((study) => ({
      queryKey: ['imaging', 'series', study.uid],
      queryFn: ({ signal }: { signal: AbortSignal }) => listSeries(study.uid, signal),
      staleTime: 60_000,
    })),
  });
  const listed = studies.flatMap((study) => {
    const series = study.series ?? lists[asked.indexOf(study)]?.data ?? [];
    return series.map((each) => ({ ...each, studyUid: study.uid }));
  });
  const details = useQueries({
    queries: listed.map((series) => ({
      // The number of instances is part of the key: late images make it load again.
      queryKey: ['imaging', 'metadata', series.seriesUid, series.instances],
      queryFn: ({ signal }: { signal: AbortSignal }) => loadSeries(series.studyUid, series.seriesUid, signal),
      staleTime: Infinity,
      gcTime: 10 * 60_000,
      // A series that has grown stays on the screen as it was until it is there.
      placeholderData: () => earlier(series.seriesUid),
    })),
  });
  const stamp =
    details.map((each) => `${each.dataUpdatedAt}/${each.errorUpdatedAt}`).join() +
    listed.map((each) => `${each.seriesUid}/${each.instances}`).join();
  const series = useMemo(
    () =>
      listed.map((each, index): LoadedSeries => ({
        ...each,
        sets: details[index]?.data ?? null,
        error: details[index]?.error ?? null,
      })),
    [stamp],
  );
  return {
    series,
    pending: lists.some((list) => list.isPending),
    error: lists.find((list) => list.isError)?.error ?? null,
    /** Why a series could not be loaded, where none of it stands on the screen. */
    failure: series.find((each) => each.error !== null && each.sets === null)?.error ?? null,
    /** Loads again what failed. */
    retry: () =>
      void client.refetchQueries({
        queryKey: ['imaging', 'metadata'],
        predicate: (query) => query.state.status === 'error',
      }),
  };
}
