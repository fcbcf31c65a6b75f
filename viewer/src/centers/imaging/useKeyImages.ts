import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { del, get, post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { tag, text } from '../../panes/study/dicomJson.ts';
import { frameOf, type DisplaySet } from '../../panes/study/displaySets.ts';
import { errorText } from '../../shell/states.tsx';
import { openScreenChannel, type ScreenMessage } from './screenChannel.ts';

export interface KeyImage {
  id: string;
  sopInstanceUid: string;
  frame: number;
  note?: string | null;
  seriesInstanceUid: string;
  studyInstanceUid: string;
  view?: { window?: { width: number; center: number } };
}

/** Instance and frame of the n-th image of a display set. */
export function imageAt(set: DisplaySet, index: number): { sopInstanceUid: string; frame: number } | null {
  const place = frameOf(set, index);
  return place && { sopInstanceUid: text(place.instance, tag.sopInstanceUid), frame: place.frame };
}

/** Images chosen for the report. */
export function useKeyImages(order: Order) {
  const client = useQueryClient();
  const { t } = useTranslation('shell');
  const { message } = App.useApp();
  const key = ['imaging', 'key-images', order.id];
  const path = `/api/imaging/orders/${order.id}/key-images`;
  const list = useQuery({
    queryKey: key,
    queryFn: async () => (await get<{ items: KeyImage[] }>(path)).items,
    retry: false,
  });
  const send = useRef<(message: ScreenMessage) => void>(() => undefined);
  useEffect(() => {
    const channel = openScreenChannel((message) => {
      if (message.type === 'key-images' && message.orderId === order.id)
        void client.invalidateQueries({ queryKey: ['imaging', 'key-images', order.id] });
    });
    send.current = channel.send;
    return channel.close;
  }, [client, order.id]);
  const changed = () => {
    send.current({ type: 'key-images', orderId: order.id });
    return client.invalidateQueries({ queryKey: key });
  };
  const find = (set: DisplaySet, index: number) => {
    const image = imageAt(set, index);
    return image
      ? list.data?.find((each) => each.sopInstanceUid === image.sopInstanceUid && each.frame === image.frame)
      : undefined;
  };
  return {
    items: list.data ?? [],
    has: (set: DisplaySet, index: number) => find(set, index) !== undefined,
    /** Chosen as it is seen: with its window. */
    toggle: (set: DisplaySet, index: number, window: { width: number; center: number } | null) => {
      const image = imageAt(set, index);
      if (!image) return;
      const before = find(set, index);
      const act = before
        ? del(`${path}/${before.id}`)
        : post(path, { ...image, view: window ? { window } : {} });
      act.then(changed, (error: unknown) => message.error(errorText(error, t)));
    },
    /** Images that somebody else chose; one after the other, so that their order stays. */
    take: async (images: readonly { sopInstanceUid: string; frame: number }[]) => {
      try {
        for (const { sopInstanceUid, frame } of images) await post(path, { sopInstanceUid, frame, view: {} });
      } catch (error) {
        message.error(errorText(error, t));
      }
      await changed();
    },
    remove: (id: string) =>
      del(`${path}/${id}`).then(changed, (error: unknown) => message.error(errorText(error, t))),
  };
}

export type KeyImages = ReturnType<typeof useKeyImages>;
