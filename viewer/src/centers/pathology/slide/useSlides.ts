import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, post } from '../../../api/client.ts';
import type { Annotation, AnnotationKind, Point, SlideDescription } from '../types.ts';

/**
 * A slide's levels and scale; they never change. What the case told of the slide is shown at once; the hub is asked all
 * the same, which writes down that the slide was opened.
 */
export function useSlide(id: string, known?: SlideDescription) {
  return useQuery({
    queryKey: ['pathology', 'slide', id],
    queryFn: () => get<SlideDescription>(`/api/pathology/slides/${id}`),
    staleTime: Infinity,
    ...(known && { initialData: known, refetchOnMount: 'always' as const }),
  });
}

export function useAnnotations(slideId: string) {
  const client = useQueryClient();
  const queryKey = ['pathology', 'annotations', slideId];
  const list = useQuery({
    queryKey,
    queryFn: () => get<{ items: Annotation[] }>(`/api/pathology/slides/${slideId}/annotations`),
  });
  const changed = () => void client.invalidateQueries({ queryKey });
  const add = useMutation({
    mutationFn: (input: {
      kind: AnnotationKind;
      name: string;
      points: Point[];
      measure?: Record<string, number | string>;
    }) => post<{ id: string }>(`/api/pathology/slides/${slideId}/annotations`, input),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: (id: string) => del<void>(`/api/pathology/slides/${slideId}/annotations/${id}`),
    onSuccess: changed,
  });
  return { items: list.data?.items ?? [], add, remove };
}
