import { useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { number, tag, text } from '../../panes/study/dicomJson.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';

export interface KeyImage {
  id: string;
  sopInstanceUid: string;
  frame: number;
  note?: string | null;
}

/** Instance and frame of the n-th image of a display set. */
export function imageAt(set: DisplaySet, index: number): { sopInstanceUid: string; frame: number } | null {
  let left = index;
  for (const instance of set.instances) {
    const frames = Math.max(1, number(instance, tag.numberOfFrames) ?? 1);
    if (left < frames) return { sopInstanceUid: text(instance, tag.sopInstanceUid), frame: left + 1 };
    left -= frames;
  }
  return null;
}

/** Images chosen for the report. */
export function useKeyImages(order: Order) {
  const client = useQueryClient();
  const key = ['imaging', 'key-images', order.id];
  const path = `/api/imaging/orders/${order.id}/key-images`;
  const list = useQuery({
    queryKey: key,
    queryFn: async () => (await get<{ items: KeyImage[] }>(path)).items,
    retry: false,
  });
  const find = (set: DisplaySet, index: number) => {
    const image = imageAt(set, index);
    return image
      ? list.data?.find((each) => each.sopInstanceUid === image.sopInstanceUid && each.frame === image.frame)
      : undefined;
  };
  return {
    items: list.data ?? [],
    has: (set: DisplaySet, index: number) => find(set, index) !== undefined,
    toggle: (set: DisplaySet, index: number) => {
      const image = imageAt(set, index);
      if (!image) return;
      const before = find(set, index);
      const act = before ? del(`${path}/${before.id}`) : post(path, image);
      void act.catch(() => undefined).then(() => client.invalidateQueries({ queryKey: key }));
    },
  };
}
