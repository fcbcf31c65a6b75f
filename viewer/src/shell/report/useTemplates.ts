import { useQuery } from '@tanstack/react-query';
import { get, query } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import type { Phrase } from './expandPhrase.ts';

export interface ReportTemplate {
  id: string;
  name: string;
  modality: string | null;
  bodyPart: string | null;
  personal?: boolean;
  content: { findings?: string; impression?: string; [more: string]: unknown };
}

/** Templates of the centre and of this person for a modality and body part, best fitting first. */
export function useTemplates(center: CenterKind, modality?: string | null, bodyPart?: string | null) {
  return useQuery({
    queryKey: ['templates', center, modality ?? '', bodyPart ?? ''],
    queryFn: async () => {
      const page = await get<{ items: ReportTemplate[] }>(`/api/templates${query({ center, limit: 200 })}`);
      const score = (each: ReportTemplate) =>
        (each.bodyPart && each.bodyPart === bodyPart ? 2 : 0) +
        (each.modality && each.modality === modality ? 1 : 0);
      return [...page.items].sort((a, b) => score(b) - score(a));
    },
    staleTime: 60_000,
    retry: false,
  });
}

export function usePhrases(center: CenterKind) {
  return useQuery({
    queryKey: ['phrases', center],
    queryFn: async () =>
      (await get<{ items: Phrase[] }>(`/api/phrases${query({ center, limit: 200 })}`)).items,
    staleTime: 60_000,
    retry: false,
  });
}
