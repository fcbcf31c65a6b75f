/** One server-sent event. `type` is the event name (`order.changed`), `data` its parsed body. */
export interface HubEvent {
  id: string;
  type: string;
  data: Record<string, unknown>;
}

/** Splits an event stream into events (HTML standard, 9.2.6); keeps what is not complete yet. */
export function createEventParser(onEvent: (event: HubEvent) => void): (chunk: string) => void {
  let rest = '';
  let id = '';
  let type = '';
  let data: string[] = [];
  const dispatch = () => {
    if (data.length > 0 || type) {
      let body: Record<string, unknown>;
      try {
        body = JSON.parse(data.join('\n') || '{}') as Record<string, unknown>;
      } catch {
        body = { text: data.join('\n') };
      }
      onEvent({ id, type: type || 'message', data: body });
    }
    type = '';
    data = [];
  };
  return (chunk) => {
    rest += chunk;
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(rest);
      if (!end) return;
      const line = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      if (line === '') {
        dispatch();
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'id') id = value;
      else if (field === 'event') type = value;
      else if (field === 'data') data.push(value);
    }
  };
}

/** The hub beats every 15 s; a line that is silent for longer is lost even when the socket does not say so. */
const silenceMs = 40_000;

/**
 * Reads `/api/events` until `signal` aborts or the line is lost. Resolves when the stream ends.
 * Unlike EventSource it hears every event name and notices a line that went silent.
 */
export async function readEvents(
  lastId: string,
  signal: AbortSignal,
  onOpen: () => void,
  onEvent: (event: HubEvent) => void,
): Promise<void> {
  const own = new AbortController();
  const stop = () => own.abort();
  signal.addEventListener('abort', stop);
  let watchdog = setTimeout(stop, silenceMs);
  try {
    const response = await fetch('/api/events', {
      headers: { accept: 'text/event-stream', ...(lastId ? { 'last-event-id': lastId } : {}) },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: own.signal,
    });
    if (!response.ok || !response.body)
      throw new Error(`events: HTTP ${response.status}`, { cause: response.status });
    onOpen();
    const parse = createEventParser(onEvent);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, silenceMs);
      parse(value);
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener('abort', stop);
  }
}
