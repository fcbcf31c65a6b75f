/** What the reading window tells the second screen, and back. */
export type ScreenMessage = { type: 'open'; orderId: string } | { type: 'hello' } | { type: 'alive' };

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
