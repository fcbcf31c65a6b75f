import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import { useHubEvents } from '../../shell/useEvents.ts';
import type { Board, Catalogue } from './types.ts';

/** One list or page of the centre, kept fresh by the hub's events. */
export function useSterilization<T>(path: string, enabled = true, refetchInterval: number | false = 60_000) {
  const client = useQueryClient();
  useHubEvents((event) => {
    if (event.type.startsWith('sterilization') || event.type === 'reset')
      void client.invalidateQueries({ queryKey: ['sterilization'] });
  });
  return useQuery({
    queryKey: ['sterilization', path],
    queryFn: ({ signal }) => get<T>(`/api/sterilization/${path}`, signal),
    enabled,
    refetchInterval,
  });
}

/** Every page of a list, up to 5000 rows: what is searched, sorted and exported here must be the whole of it. */
export function useSterilizationAll<T>(path: string) {
  const client = useQueryClient();
  useHubEvents((event) => {
    if (event.type.startsWith('sterilization') || event.type === 'reset')
      void client.invalidateQueries({ queryKey: ['sterilization'] });
  });
  return useQuery({
    queryKey: ['sterilization', 'all', path],
    queryFn: async ({ signal }) => {
      const rows: T[] = [];
      let cursor: string | null = '';
      while (cursor !== null && rows.length < 5000) {
        const page: { items: T[]; nextCursor: string | null } = await get(
          `/api/sterilization/${path}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
          signal,
        );
        rows.push(...page.items);
        cursor = page.nextCursor;
      }
      return { items: rows };
    },
    refetchInterval: 60_000,
  });
}

export const useBoard = () => useSterilization<Board>('board', true, 20_000);

export const useCatalogue = () =>
  useQuery({
    queryKey: ['sterilization-catalogue'],
    queryFn: () => get<Catalogue>('/api/sterilization/catalogue'),
    staleTime: 5 * 60_000,
  });
