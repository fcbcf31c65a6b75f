import type { OpenPrior } from './readingStore.ts';
import type { StoredMeasurement } from './storedMeasurements.ts';
import type { Quality } from './viewingQuality.ts';

/** What the reading window tells the second screen, and back. */
export type ScreenMessage =
  | { type: 'open'; orderId: string }
  | { type: 'hello' }
  /** The second screen goes, or shows nothing any more: the report no longer waits for it. */
  | { type: 'bye' }
  /** Everything measured on the images of the case, whoever drew last. */
  | { type: 'measurements'; orderId: string; items: StoredMeasurement[] }
  /** Asks the other window for its measurements. */
  | { type: 'measurements?'; orderId: string }
  /** What is open on the second screen: the report's insertions and the hold on signing need it. */
  | { type: 'seen'; orderId: string; prior: OpenPrior | null; quality: Quality }
  /** A key image was chosen or dropped in one window. */
  | { type: 'key-images'; orderId: string }
  /** An image stood there at full quality, or a series was read there as a volume: a signature says so. */
  | { type: 'shown'; orderId: string; imageId?: string; volume?: string };

const name = 'hub.reading';
export const screenPath = '/imaging/screen';
export const onSecondScreen = () => location.pathname === screenPath;

/** Listens until the returned function is called; `send` goes to the other windows of this browser. */
export function openScreenChannel(onMessage: (message: ScreenMessage) => void): {
  send: (message: ScreenMessage) => void;
  close: () => void;
} {
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event: MessageEvent<ScreenMessage>) => onMessage(event.data);
  return { send: (message) => channel.postMessage(message), close: () => channel.close() };
}
