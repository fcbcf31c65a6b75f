import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createEventParser, type HubEvent } from '../../viewer/src/shell/eventStream.ts';
import { openServer, sendPathsTo } from './browser/window.ts';

interface Stream {
  readEvents(
    lastId: string,
    signal: AbortSignal,
    onOpen: () => void,
    onEvent: (event: HubEvent) => void,
  ): Promise<void>;
}
const source: string = '../../viewer/src/shell/eventStream.ts';
const { readEvents } = (await import(source)) as Stream;
const server = openServer();
sendPathsTo(server.base);

interface Heard {
  events: HubEvent[];
  opened: number;
  ended: Promise<unknown>;
  stop: () => void;
}
/** Listens until the stream ends; `line` is the hub's end of it. */
async function listen(lastId = ''): Promise<Heard & { line: ServerResponse; lastId: unknown }> {
  const control = new AbortController();
  const heard: Heard = { events: [], opened: 0, ended: Promise.resolve(), stop: () => control.abort() };
  const line = new Promise<[ServerResponse, unknown]>((resolve) =>
    server.answer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      resolve([response, request.headers['last-event-id']]);
    }),
  );
  heard.ended = readEvents(
    lastId,
    control.signal,
    () => (heard.opened += 1),
    (event) => heard.events.push(event),
  ).catch((error: unknown) => error);
  const [response, told] = await line;
  return Object.assign(heard, { line: response, lastId: told });
}

describe('the line to the hub', () => {
  test('tells each event as it comes, also one whose letters arrive in two parts', async () => {
    const heard = await listen();
    await expect.poll(() => heard.opened).toBe(1);
    heard.line.write('id: 1-1\nevent: order.new\ndata: {"orderId":"甲"}\n\n');
    await expect
      .poll(() => heard.events)
      .toEqual([{ id: '1-1', type: 'order.new', data: { orderId: '甲' } }]);
    const second = Buffer.from('id: 1-2\nevent: order.new\ndata: {"orderId":"乙"}\n\n');
    const cut = second.indexOf(Buffer.from('乙')) + 1; // within a letter
    heard.line.write(second.subarray(0, cut));
    heard.line.end(second.subarray(cut));
    await heard.ended;
    expect(heard.events[1]).toEqual({ id: '1-2', type: 'order.new', data: { orderId: '乙' } });
  });

  test('goes on after the last event that was heard; the first time it names none', async () => {
    const first = await listen();
    expect(first.lastId).toBeUndefined();
    first.line.end();
    const again = await listen('1-7');
    expect(again.lastId).toBe('1-7');
    again.line.end();
    expect(await Promise.all([first.ended, again.ended])).toEqual([undefined, undefined]);
  });

  test('a refusal says its status, so that nobody signed in is not asked again', async () => {
    server.answer((_request, response) => response.writeHead(401).end());
    let opened = 0;
    await expect(
      readEvents(
        '',
        new AbortController().signal,
        () => (opened += 1),
        () => undefined,
      ),
    ).rejects.toMatchObject({ cause: 401 });
    expect(opened).toBe(0);
  });

  test('given up, it ends; broken, it is a fault', async () => {
    const stopped = await listen();
    stopped.stop();
    expect(await stopped.ended).toMatchObject({ name: 'AbortError' });
    const broken = await listen();
    broken.line.destroy();
    expect(await broken.ended).toBeInstanceOf(Error);
  });
});

describe('an event as the hub may write it', () => {
  const events = (text: string) => {
    const found: HubEvent[] = [];
    createEventParser((event) => found.push(event))(text);
    return found;
  };
  test.each([
    ['without a body', 'event: reset\n\n', [{ id: '', type: 'reset', data: {} }]],
    [
      'with a body that is no JSON',
      'data: hello\n\n',
      [{ id: '', type: 'message', data: { text: 'hello' } }],
    ],
    [
      'without a space behind the colon',
      'event:a\ndata:{"n":1}\n\n',
      [{ id: '', type: 'a', data: { n: 1 } }],
    ],
    [
      'with a field nobody knows, and one without a colon',
      'retry: 5\nnonsense\nevent: a\n\n',
      [{ id: '', type: 'a', data: {} }],
    ],
    ['of which the end is missing', 'event: a\ndata: {}\n', []],
    ['that is only a beat', ': beat\n\n\n', []],
  ])('%s', (_name, text, found) => expect(events(text)).toEqual(found));
});
