import { useEffect, useRef, useSyncExternalStore } from 'react';
import { readEvents, type HubEvent } from './eventStream.ts';

export type { HubEvent } from './eventStream.ts';
type Listener = (event: HubEvent) => void;

const listeners = new Set<Listener>();
const lineListeners = new Set<() => void>();
let running: AbortController | null = null;
let online = true;
let lastId = '';

function setOnline(next: boolean): void {
  if (online === next) return;
  online = next;
  for (const tell of lineListeners) tell();
}

function dispatch(event: HubEvent): void {
  if (event.id) lastId = event.id;
  for (const listener of [...listeners]) listener(event);
}

async function run(signal: AbortSignal): Promise<void> {
  let waitMs = 1000;
  let first = true;
  while (!signal.aborted) {
    let opened = false;
    try {
      await readEvents(
        lastId,
        signal,
        () => {
          opened = true;
          waitMs = 1000;
          const back = !online || !first;
          setOnline(true);
          // What happened meanwhile is replayed from the last id; without one everything is read again.
          if (back && !lastId) dispatch({ id: '', type: 'reset', data: {} });
        },
        dispatch,
      );
    } catch (error) {
      if (error instanceof Error && error.cause === 401) return;
    }
    first = false;
    if (signal.aborted) return;
    setOnline(false);
    await new Promise((resolve) => setTimeout(resolve, opened ? 500 : waitMs));
    waitMs = Math.min(waitMs * 2, 15_000);
  }
}

function start(): void {
  running = new AbortController();
  void run(running.signal);
}

/**
 * Calls `listener` for every event this person may see. One connection per tab, shared by all users.
 * `reset` means: too much was missed, read everything again.
 */
export function useHubEvents(listener: Listener): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const own: Listener = (event) => latest.current(event);
    listeners.add(own);
    if (!running) start();
    return () => {
      listeners.delete(own);
      setTimeout(() => {
        if (listeners.size > 0) return;
        running?.abort();
        running = null;
      }, 1000);
    };
  }, []);
}

/** False from the moment the line to the hub is lost until it is back. */
export function useLine(): boolean {
  return useSyncExternalStore(
    (tell) => {
      lineListeners.add(tell);
      addEventListener('online', tell);
      addEventListener('offline', tell);
      return () => {
        lineListeners.delete(tell);
        removeEventListener('online', tell);
        removeEventListener('offline', tell);
      };
    },
    () => online && navigator.onLine,
  );
}
