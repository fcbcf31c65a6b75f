import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { get, query } from '../../api/client.ts';
import type { CenterKind, Page, WorklistRow } from '../../api/types.ts';
import { useHubEvents } from '../useEvents.ts';

export interface WorklistFilter {
  status?: string;
  priority?: string;
  institution?: string;
  q?: string;
}

/** What waits for the centre: orders whose input has not come yet are the site's, except where the order is the input. */
const waiting = 'acquired,received,claimed,preliminary,partial,returned';
const openStatuses = (center: CenterKind) => (center === 'sterilization' ? `requested,${waiting}` : waiting);

export const worklistPath = (
  center: CenterKind,
  filter: WorklistFilter,
  limit: number,
  cursor?: string | null,
) => `/api/centers/${center}/worklist${query({ status: openStatuses(center), ...filter, limit, cursor })}`;

const pageSize = 100;

/**
 * Rows of a centre in due order. Known rows change in place; rows that were not there yet wait behind `fresh` until
 * `showFresh`, so that nothing moves under the pointer.
 */
export function useWorklist(center: CenterKind, filter: WorklistFilter) {
  const client = useQueryClient();
  const key = useMemo(() => ['worklist', center, filter], [center, filter]);
  const rows = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      get<Page<WorklistRow>>(worklistPath(center, filter, pageSize, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor ?? null,
    refetchInterval: 60_000,
    placeholderData: (previous) => previous,
  });
  const all = useMemo(() => (rows.data?.pages ?? []).flatMap((page) => page.items), [rows.data]);

  /** What the person has seen; null until the first answer of this filter. */
  const [known, setKnown] = useState<{ key: unknown; ids: Set<string> } | null>(null);
  const settled = rows.isSuccess && !rows.isPlaceholderData;
  const pages = rows.data?.pages.length ?? 0;
  const seenPages = useRef(0);
  useEffect(() => {
    if (!settled) return;
    const reset = known?.key !== key || known.ids.size === 0 || pages !== seenPages.current;
    seenPages.current = pages;
    if (reset) setKnown({ key, ids: new Set(all.map((row) => row.orderId)) });
  }, [settled, key, known, all, pages]);

  const shown = useMemo(
    () => (known?.key === key ? all.filter((row) => known.ids.has(row.orderId)) : all),
    [all, known, key],
  );
  const fresh = all.length - shown.length;
  const showFresh = useCallback(
    () => setKnown({ key, ids: new Set(all.map((row) => row.orderId)) }),
    [key, all],
  );

  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useHubEvents((event) => {
    if (event.type.startsWith('critical') || event.type.startsWith('notice')) return;
    const of = event.data.center;
    if (typeof of === 'string' && of !== center) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void client.invalidateQueries({ queryKey: ['worklist', center] }), 250);
  });
  useEffect(() => () => clearTimeout(timer.current), []);

  return { ...rows, shown, fresh, showFresh };
}

const lastFilterKey = (center: CenterKind) => `hub.worklist.${center}`;

/** The filter in use, kept for the tab: `open next` works on the same list. */
export function readLastFilter(center: CenterKind): WorklistFilter {
  try {
    return JSON.parse(sessionStorage.getItem(lastFilterKey(center)) ?? '{}') as WorklistFilter;
  } catch {
    return {};
  }
}
export function keepLastFilter(center: CenterKind, filter: WorklistFilter): void {
  sessionStorage.setItem(lastFilterKey(center), JSON.stringify(filter));
}

/** The next case that waits for this person: first unclaimed row by due time after the current one is left out. */
export async function nextCase(center: CenterKind, without: string, me: string): Promise<WorklistRow | null> {
  const filter = readLastFilter(center);
  const page = await get<Page<WorklistRow>>(worklistPath(center, filter, 50));
  return (
    page.items.find(
      (row) =>
        row.orderId !== without &&
        ['received', 'claimed', 'preliminary', 'partial'].includes(row.status) &&
        (row.claimedBy === null || row.claimedBy === me),
    ) ?? null
  );
}
