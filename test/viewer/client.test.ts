import { describe, expect, test } from 'vitest';
import type { Problem } from '../../viewer/src/api/problem.ts';
import { bodyOf, givePageDocument, openServer, sendPathsTo } from './browser/window.ts';

interface ApiError extends Error {
  status: number;
  code: string;
  problem: Problem;
  requestId: string | null;
}
/** As the browser sees it; its own types are unknown on this side. */
interface Client {
  ApiError: new (...args: never[]) => ApiError;
  call(method: string, path: string): Promise<unknown>;
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  post(path: string, body?: unknown): Promise<unknown>;
  putTagged(path: string, body: unknown, etag: string): Promise<unknown>;
  onSignedOut(listener: () => void): () => void;
  query(values: Record<string, string | number | boolean | null | undefined>): string;
}
const source: string = '../../viewer/src/api/client.ts';
const { ApiError, call, get, onSignedOut, post, putTagged, query } = (await import(source)) as Client;

const server = openServer();
sendPathsTo(server.base);
givePageDocument();

/** The error of a call that must fail. */
async function refusal(made: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await made.then(
    () => new Error('answered'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw error;
  return error;
}

describe('a call to the hub', () => {
  test('sends JSON and gives what was answered, with its entity tag', async () => {
    server.answer(async (request, response) => {
      const seen = { method: request.method, url: request.url, body: await bodyOf(request) };
      response.setHeader('etag', '"7"');
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(JSON.stringify({ ...seen, match: request.headers['if-match'] ?? null }));
    });
    expect(await post('/api/a?b=1', { 姓名: '钱一鸣' })).toEqual({
      method: 'POST',
      url: '/api/a?b=1',
      body: { 姓名: '钱一鸣' },
      match: null,
    });
    expect(await post('/api/a')).toMatchObject({ body: {} });
    const tagged = await putTagged('/api/report', { findings: '' }, '"6"');
    expect(tagged).toMatchObject({ etag: '"7"', data: { method: 'PUT', match: '"6"' } });
  });

  test('text and empty answers are no JSON', async () => {
    server.answer((_request, response) => response.writeHead(204).end());
    expect(await get('/api/nothing')).toBeUndefined();
    server.answer((_request, response) => response.setHeader('content-type', 'text/csv').end('a,b'));
    expect(await get('/api/table')).toBe('a,b');
  });

  test('a refusal brings its code, its faults and the number of the request', async () => {
    const problem = {
      type: 'urn:hub:problem/claimed-by-other',
      title: 'Conflict',
      status: 409,
      detail: 'the case is claimed by somebody else',
      errors: [{ path: 'version', message: 'stale', code: 'stale' }],
    };
    server.answer((_request, response) =>
      response
        .writeHead(409, { 'content-type': 'application/problem+json', 'x-request-id': 'r-17' })
        .end(JSON.stringify(problem)),
    );
    const error = await refusal(get('/api/orders/1'));
    expect([error.status, error.code, error.message, error.requestId]).toEqual([
      409,
      'claimed-by-other',
      problem.detail,
      'r-17',
    ]);
    expect(error.problem.errors).toEqual(problem.errors);
  });

  test('what a proxy answers in HTML or breaks off is a refusal with the words of its status', async () => {
    server.answer((_request, response) => response.writeHead(502).end('<html>Bad Gateway</html>'));
    const proxied = await refusal(get('/api/orders'));
    expect([proxied.status, proxied.code, proxied.message]).toEqual([502, '', 'Bad Gateway']);
    server.answer((_request, response) => response.writeHead(500).end('{"title": "brok'));
    expect((await refusal(get('/api/orders'))).message).toBe('Internal Server Error');
  });

  test('nobody signed in is told to everybody who asked, once, but not for the call that asks who is', async () => {
    const told: string[] = [];
    const forget = onSignedOut(() => told.push('a'));
    onSignedOut(() => told.push('b'));
    server.answer((_request, response) => response.writeHead(401).end('{"type":"signed-out"}'));
    await refusal(get('/api/session'));
    expect(told).toEqual([]);
    await refusal(get('/api/orders'));
    expect(told).toEqual(['a', 'b']);
    forget();
    await refusal(get('/api/orders'));
    expect(told).toEqual(['a', 'b', 'b']);
  });

  test('given up is given up, no lost line', async () => {
    server.answer(() => undefined); // never answers
    const control = new AbortController();
    const made = get('/api/slow', control.signal);
    setTimeout(() => control.abort(), 20);
    await expect(made).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a hub that is not reached is status 0 and keeps its cause', async () => {
    server.answer((request) => request.socket.destroy());
    const error = await refusal(call('GET', '/api/orders'));
    expect([error.status, error.message]).toEqual([0, 'unreachable']);
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});

test('a query leaves out what is empty and escapes the rest', () => {
  expect(query({ q: '张 & 三=?', page: 0, all: false, none: null, missing: undefined, empty: '' })).toBe(
    '?q=%E5%BC%A0+%26+%E4%B8%89%3D%3F&page=0&all=false',
  );
  expect(query({ a: '' })).toBe('');
});
