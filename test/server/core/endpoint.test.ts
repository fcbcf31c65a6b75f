import { once } from 'node:events';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PUBLIC, type Actor } from '../../../server/core/access/actor.ts';
import { conflict, unavailable } from '../../../server/core/errors.ts';
import { endpoint, endpoints, idParams, problemHandler } from '../../../server/core/http.ts';

let server: http.Server;
let url: string;
let actor: Actor | undefined;
let logged: { facts: Record<string, unknown>; message: string }[] = [];
const reader: Actor = {
  ...PUBLIC,
  kind: 'machine',
  name: 'machine',
  verbs: ['order.read', 'report.read'],
};

beforeAll(async () => {
  const app = express();
  const router = express.Router();
  app.use(express.json({ limit: '1kb' }));
  app.use((req, _res, next) => {
    if (actor) req.actor = actor;
    req.requestId = 'r-1';
    next();
  });
  const known = endpoints.length;
  endpoint(router, { method: 'get', path: '/open', summary: '', access: 'public' }, () => Promise.resolve({ ok: true }));
  endpoint(router, { method: 'get', path: '/inside', summary: '', access: 'signed-in' }, ({ actor: who }) => Promise.resolve({ name: who.name }));
  endpoint(router, { method: 'get', path: '/one', summary: '', access: 'order.read' }, () => Promise.resolve([]));
  endpoint(router, { method: 'get', path: '/either', summary: '', access: ['report.verify', 'report.read'] }, () => Promise.resolve({}));
  endpoint(router, { method: 'get', path: '/neither', summary: '', access: ['report.verify', 'report.write'] }, () => Promise.resolve({}));
  endpoint(router, { method: 'post', path: '/made', summary: '', access: 'public', status: 201, body: z.object({ name: z.string().min(1) }) }, ({ body }) => Promise.resolve(body));
  endpoint(router, { method: 'get', path: '/item/:id', summary: '', access: 'public', params: idParams, query: z.object({ n: z.coerce.number().int().default(1) }) }, ({ params, query }) => Promise.resolve({ ...params, ...query }));
  endpoint(router, { method: 'delete', path: '/nothing', summary: '', access: 'public' }, () => Promise.resolve(undefined));
  endpoint(router, { method: 'get', path: '/kept', summary: '', access: 'public' }, ({ res }) => {
    res.setHeader('Cache-Control', 'max-age=60');
    return Promise.resolve({});
  });
  endpoint(router, { method: 'get', path: '/file', summary: '', access: 'public' }, ({ res }) => {
    res.type('text/plain').send('file');
    return Promise.resolve(undefined);
  });
  endpoint(router, { method: 'get', path: '/conflict', summary: '', access: 'public' }, () => Promise.reject(conflict('taken', 'it is taken', { status: 'final', by: '林静' })));
  endpoint(router, { method: 'get', path: '/away', summary: '', access: 'public' }, () => Promise.reject(unavailable('the store is away')));
  endpoint(router, { method: 'get', path: '/secret', summary: '', access: 'public' }, () => Promise.reject(new Error('select * from patient where name = 张三')));
  endpoint(router, { method: 'get', path: '/half', summary: '', access: 'public' }, ({ res }) => {
    res.write('half of it');
    return Promise.reject(new Error('broke off'));
  });
  endpoints.length = known; // these are nobody's but this test's
  app.use(router);
  app.use(problemHandler({ log: { error: (facts: Record<string, unknown>, message: string) => logged.push({ facts, message }) } as never }));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}); // prettier-ignore
afterAll(() => server.close());
beforeEach(() => {
  actor = undefined;
  logged = [];
});

const call = async (method: string, path: string, body?: string) => {
  const answer = await fetch(url + path, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as unknown) : text;
  return { status: answer.status, headers: answer.headers, body: json };
};

describe('who may call', () => {
  test.each([
    ['/open', undefined, 200],
    ['/inside', undefined, 401],
    ['/inside', reader, 200],
    ['/one', undefined, 401],
    ['/one', reader, 200],
    ['/one', { ...reader, verbs: [] }, 403],
    ['/either', reader, 200],
    ['/neither', reader, 403],
  ] as [string, Actor | undefined, number][])('%s', async (path, who, status) => {
    actor = who;
    const answer = await call('GET', path);
    expect(answer.status).toBe(status);
    if (status >= 400)
      expect(answer.body).toMatchObject({ type: status === 401 ? 'unauthenticated' : 'forbidden' });
  });

  test('is asked before anything of what was sent is looked at', async () => {
    actor = undefined;
    expect((await call('GET', '/inside?x=%ff')).status).toBe(401);
  });
});

describe('what is sent', () => {
  test.each([
    ['POST', '/made', '{"name":"a"}', 201, undefined],
    ['POST', '/made', '{}', 422, 'name'],
    ['POST', '/made', '{"name":""}', 422, 'name'],
    ['POST', '/made', undefined, 422, 'name'],
    ['POST', '/made', '[]', 422, ''],
    ['GET', '/item/not-an-id', undefined, 400, 'id'],
    ['GET', '/item/01990000-0000-7000-8000-000000000001?n=x', undefined, 400, 'n'],
    ['GET', '/item/01990000-0000-7000-8000-000000000001?n=1.5', undefined, 400, 'n'],
  ])('%s %s %s: %i', async (method, path, body, status, field) => {
    const answer = await call(method, path, body);
    expect(answer.status).toBe(status);
    if (field !== undefined) expect((answer.body as { errors: { path: string }[] }).errors.map((fault) => fault.path)).toEqual([field]);
  }); // prettier-ignore

  test('is read with its defaults', async () => {
    const id = '01990000-0000-7000-8000-000000000001';
    expect((await call('GET', `/item/${id}`)).body).toEqual({ id, n: 1 });
    expect((await call('GET', `/item/${id}?n=7&other=1`)).body).toEqual({ id, n: 7 });
  });

  test('that is no JSON, or too much of it, is the caller’s fault', async () => {
    expect(await call('POST', '/made', '{"name":')).toMatchObject({
      status: 400,
      body: { type: 'bad-request' },
    });
    const large = await call('POST', '/made', JSON.stringify({ name: 'x'.repeat(2_000) }));
    expect(large).toMatchObject({ status: 413, body: { type: 'too-large', most: '0 MB' } });
    expect(logged).toEqual([]);
  });
});

describe('what is answered', () => {
  test('is kept by no cache unless it says so', async () => {
    expect((await call('GET', '/open')).headers.get('cache-control')).toBe('no-store');
    expect((await call('GET', '/kept')).headers.get('cache-control')).toBe('max-age=60');
  });

  test('is nothing, or a file of its own making', async () => {
    expect(await call('DELETE', '/nothing')).toMatchObject({ status: 204, body: '' });
    expect(await call('GET', '/file')).toMatchObject({ status: 200, body: 'file' });
  });
});

describe('what goes wrong', () => {
  test('by the rules is told with its number, and not logged as a fault', async () => {
    const { status, headers, body } = await call('GET', '/conflict');
    expect([status, headers.get('content-type')]).toEqual([409, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({
      type: 'taken',
      status: 409,
      orderStatus: 'final',
      by: '林静',
      instance: 'urn:request:r-1',
    });
    expect(logged).toEqual([]);
  });

  test('because something is away says when to try again', async () => {
    const { status, headers } = await call('GET', '/away');
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
    expect(logged).toMatchObject([{ facts: { path: '/away', requestId: 'r-1' } }]);
  });

  test('inside is logged and not told', async () => {
    const { status, body } = await call('GET', '/secret');
    expect([status, (body as { type: string }).type]).toEqual([500, 'internal']);
    expect(JSON.stringify(body)).not.toMatch(/patient|张三/);
    expect(logged).toHaveLength(1);
  });

  test('behind half an answer ends it: what came is not taken for the whole', async () => {
    await expect(call('GET', '/half')).rejects.toThrow();
    expect((await call('GET', '/open')).status, 'the next is answered').toBe(200);
  });
});
