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

export const useBoard = () => useSterilization<Board>('board', true, 20_000);

export const useCatalogue = () =>
  useQuery({
    queryKey: ['sterilization-catalogue'],
    queryFn: () => get<Catalogue>('/api/sterilization/catalogue'),
    staleTime: 5 * 60_000,
  });
