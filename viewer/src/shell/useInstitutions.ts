import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client.ts';

export interface Institution {
  id: string;
  code: string;
  name: string;
  kind: string;
  parentId: string | null;
  [more: string]: unknown;
}

/** Institutions of the county, for filters and forms. */
export function useInstitutions() {
  return useQuery({
    queryKey: ['institutions'],
    queryFn: async () => (await get<{ items: Institution[] }>('/api/institutions?limit=200')).items,
    staleTime: 10 * 60_000,
    retry: false,
  });
}
