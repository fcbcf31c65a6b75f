import { useEffect, useRef } from 'react';
import { tools } from '../../panes/cornerstone/engine.ts';
import { onMeasurements } from './measurements.ts';
import { getReading, setReading, useReading } from './readingStore.ts';
import { onSecondScreen, openScreenChannel, type ScreenMessage } from './screenChannel.ts';
import { restoreMeasurements, serializeMeasurements, type StoredMeasurement } from './storedMeasurements.ts';

/**
 * One case in two windows: what is drawn in one stands in the other, so that the report beside it can take it. The
 * window that was there first has the say when the other joins.
 */
export function useSharedMeasurements(orderId: string, ready: boolean, imageIds: readonly string[]): void {
  const reading = useReading(orderId);
  const send = useRef<(message: ScreenMessage) => void>(() => undefined);
  useEffect(() => {
    if (!ready || imageIds.length === 0) return;
    let last = '';
    const now = (): StoredMeasurement[] =>
      serializeMeasurements(
        imageIds,
        new Map(getReading(orderId).measurements.map((each) => [each.uid, each.words])),
      );
    const key = (items: readonly StoredMeasurement[]) =>
      JSON.stringify(items.map(({ uid, pixels, label }) => [uid, pixels, label]));
    const tell = () => {
      const items = now();
      if (key(items) === last) return;
      last = key(items);
      channel.send({ type: 'measurements', orderId, items });
    };
    const take = (items: StoredMeasurement[]) => {
      last = key(items);
      const kept = new Map(items.map((each) => [each.uid, each]));
      const { state } = tools.annotation;
      for (const each of now()) {
        const theirs = kept.get(each.uid);
        if (!theirs || key([theirs]) !== key([each])) state.removeAnnotation(each.uid);
      }
      restoreMeasurements(items, imageIds);
      // Restoring is silent for Cornerstone: the report hears of it by itself.
      last = key(now());
      setReading(orderId, { drawn: getReading(orderId).drawn + 1 });
    };
    const channel = openScreenChannel((message) => {
      if (message.type === 'bye' && !onSecondScreen()) setReading(orderId, { screenQuality: null });
      if (!('orderId' in message) || message.orderId !== orderId) return;
      if (message.type === 'measurements') take(message.items);
      else if (message.type === 'measurements?')
        channel.send({ type: 'measurements', orderId, items: now() });
      else if (message.type === 'seen' && !onSecondScreen())
        setReading(orderId, { prior: message.prior, screenQuality: message.quality });
    });
    send.current = channel.send;
    if (onSecondScreen()) channel.send({ type: 'measurements?', orderId });
    const off = onMeasurements(tell);
    return () => {
      off();
      channel.close();
      send.current = () => undefined;
    };
  }, [orderId, ready, imageIds]);
  useEffect(() => {
    if (onSecondScreen())
      send.current({ type: 'seen', orderId, prior: reading.prior, quality: reading.quality });
  }, [orderId, reading.prior, reading.quality, ready]);
}
