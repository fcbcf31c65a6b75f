import { useEffect } from 'react';
import { onSecondScreen, openScreenChannel, screenPath } from './screenChannel.ts';

/** Tells the second screen which case is open, also when it comes later, and again when the case has moved on. */
export function useSecondScreen(orderId: string, status: string): () => void {
  useEffect(() => {
    if (onSecondScreen()) return;
    const channel = openScreenChannel((message) => {
      if (message.type === 'hello') channel.send({ type: 'open', orderId });
    });
    channel.send({ type: 'open', orderId });
    return channel.close;
  }, [orderId, status]);
  return () => {
    window.open(screenPath, 'hub-second-screen', 'popup,width=1200,height=900');
  };
}
