import { useCallback, useEffect, useRef } from 'react';
import { onSecondScreen, openScreenChannel, type ScreenMessage } from './screenChannel.ts';
import { forgetShown, noteImage, noteVolume } from './shownImages.ts';

/** Notes what stood on the screens at full quality, on the second one too: the report lies in the first. */
export function useShownImages(orderId: string): {
  onFullImage: (imageId: string) => void;
  onVolume: (seriesUid: string) => void;
} {
  const send = useRef<(message: ScreenMessage) => void>(() => undefined);
  useEffect(() => {
    const channel = openScreenChannel((message) => {
      if (message.type !== 'shown' || message.orderId !== orderId) return;
      if (message.imageId) noteImage(orderId, message.imageId);
      if (message.volume) noteVolume(orderId, message.volume);
    });
    send.current = channel.send;
    return () => {
      channel.close();
      send.current = () => undefined;
      forgetShown(orderId);
    };
  }, [orderId]);
  const onFullImage = useCallback(
    (imageId: string) => {
      if (noteImage(orderId, imageId) && onSecondScreen()) send.current({ type: 'shown', orderId, imageId });
    },
    [orderId],
  );
  const onVolume = useCallback(
    (volume: string) => {
      noteVolume(orderId, volume);
      if (onSecondScreen()) send.current({ type: 'shown', orderId, volume });
    },
    [orderId],
  );
  return { onFullImage, onVolume };
}
