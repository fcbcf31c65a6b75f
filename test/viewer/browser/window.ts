import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

/** What a page has and Node has not, as far as modules of the viewer use it outside React. */
const page = globalThis as unknown as Record<string, unknown>;

/** Storage of a page as the standard says it: strings by key, null for what is not there. */
export function givePageStorage(): Map<string, string> {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, String(value)),
    removeItem: (key: string) => void kept.delete(key),
  };
  page['localStorage'] = new Proxy(storage, {
    ownKeys: () => [...kept.keys()],
    getOwnPropertyDescriptor: (_target, key) => ({
      value: kept.get(String(key)),
      enumerable: true,
      configurable: true,
    }),
  });
  return kept;
}

export function givePageDocument(lang = 'zh-CN'): void {
  page['document'] = { documentElement: { lang } };
}

/** A page's `fetch` takes paths: they go to `base()`, with these headers. */
export function sendPathsTo(base: () => string, headers: () => Record<string, string> = () => ({})): void {
  const network = globalThis.fetch;
  beforeAll(() => {
    globalThis.fetch = (input, init) =>
      typeof input === 'string' && input.startsWith('/')
        ? network(base() + input, { ...init, headers: { ...init?.headers, ...headers() } })
        : network(input, init);
  });
  afterAll(() => {
    globalThis.fetch = network;
  });
}

/** A real server on loopback for one file of tests, answering as each test says. */
export function openServer(): {
  answer: (handler: http.RequestListener) => void;
  base: () => string;
  close: () => Promise<void>;
} {
  let handler: http.RequestListener = (_request, response) => response.writeHead(500).end();
  const server = http.createServer((request, response) => handler(request, response));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  afterAll(() => (server.listening ? close() : undefined));
  return {
    answer: (next) => (handler = next),
    base: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close,
  };
}

/** The JSON that a request brought. */
export async function bodyOf(request: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || 'null');
}
