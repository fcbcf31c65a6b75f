import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type TestHub } from '../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub?.close());
const get = (at: string, headers: Record<string, string> = {}) => fetch(hub.url + at, { headers });

describe('every answer', () => {
  test.each(['/healthz', '/api/session', '/api/no-such', '/dicom-web/studies', '/fhir/metadata', '/verify/x', '/'])(
    'of %s has a number, tells no maker, and lets no other page frame it or run scripts',
    async (at) => {
      const { headers } = await get(at);
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const policy = headers.get('content-security-policy') ?? '';
      for (const rule of ["default-src 'self'", "frame-ancestors 'self'", "base-uri 'self'", "form-action 'self'"])
        expect(policy, rule).toContain(rule);
      expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval'(;|$)/);
    },
  ); // prettier-ignore

  test('has another number each time, and a refusal names it', async () => {
    const [one, two] = [await get('/api/orders'), await get('/api/orders')];
    const id = one.headers.get('x-request-id');
    expect(id).not.toBe(two.headers.get('x-request-id'));
    expect(await one.json()).toMatchObject({ status: 401, instance: `urn:request:${id}` });
  });
});

describe('a path that is none', () => {
  test.each(['/api/no-such', '/api/orders/x/y/z', '/dicom-web/no-such', '/fhir/NoSuch', '/api'])(
    'of a program, %s, is a problem and never a page',
    async (at) => {
      const client = await hub.as('doctor1');
      const { status, headers } = await client.get(at);
      expect(status).toBe(404);
      expect(headers.get('content-type')).toMatch(/json/);
    },
  );

  test('that cannot be decoded is the caller’s fault', async () => {
    for (const at of ['/api/orders/%ff', '/%E0%A4%A', '/assets/%2e%2e%2f%2e%2e%2fpackage.json'])
      expect([400, 403, 404], at).toContain((await get(at)).status);
  });
});

describe('what a client sends', () => {
  test('as JSON is 2 MB at most, and JSON', async () => {
    const client = await hub.as('doctor1');
    const large = await client.post('/api/orders', { clinicalInfo: 'x'.repeat(2_100_000) });
    expect(large).toMatchObject({ status: 413, body: { type: 'too-large', most: '2 MB' } });
    const broken = await fetch(`${hub.url}/api/orders`, {
      method: 'POST',
      headers: { cookie: client.cookie, origin: hub.url, 'content-type': 'application/json' },
      body: '{"center":',
    });
    expect(broken.status).toBe(400);
    expect((await client.get('/api/orders')).status, 'the session stands').toBe(200);
  });

  test('in a query is plain text: no lists and no objects out of brackets', async () => {
    const client = await hub.as('doctor1');
    for (const query of ['accessionNumber[]=1', 'accessionNumber[x]=1', 'limit[]=1'])
      expect((await client.get(`/api/orders?${query}`)).status, query).toBe(200);
    expect((await client.get('/api/orders?limit=1&limit=2')).status).toBe(400);
  });

  test.each(['Bearer', 'Bearer short', `Bearer ${'x'.repeat(300)}`, 'Basic ZG9jdG9yMTp4', 'Bearer hub_0123456789abcdef'])(
    'to say who it is as %s is nobody',
    async (authorization) => {
      expect((await get('/api/orders', { authorization })).status).toBe(401);
    },
  ); // prettier-ignore
});

describe('answers are packed where they are worth it', () => {
  const encoding = async (at: string, client: { cookie: string }) =>
    (await get(at, { cookie: client.cookie, 'accept-encoding': 'gzip' })).headers.get('content-encoding');
  test('a long JSON is, pixels and their metadata are not, a stream of events never', async () => {
    const client = await hub.as('doctor1');
    expect(await encoding('/api/openapi.json', client)).toBe('gzip');
    expect(await encoding('/healthz', client)).toBeNull();
    expect(await encoding('/dicom-web/studies', await hub.as('radiologist1'))).toBeNull();
    const stop = new AbortController();
    const events = await fetch(`${hub.url}/api/events`, {
      headers: { cookie: client.cookie, 'accept-encoding': 'gzip' },
      signal: stop.signal,
    });
    expect(events.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(events.headers.get('content-encoding')).toBeNull();
    stop.abort();
  });
});

describe('the probes', () => {
  test('say alive and ready without a session', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', database: true, store: true },
    ]);
  });

  test('say which part is away, while the process lives', async () => {
    const objects = path.join(hub.ctx.config.dataDir, 'objects');
    fs.renameSync(objects, `${objects}.away`);
    try {
      const ready = await get('/readyz');
      expect([ready.status, await ready.json()]).toEqual([
        503,
        { status: 'not ready', database: true, store: false },
      ]);
      expect((await get('/healthz')).status).toBe(200);
    } finally {
      fs.renameSync(`${objects}.away`, objects);
    }
    expect((await get('/readyz')).status).toBe(200);
  });
});

test('sign-ins from one address are 120 a minute; reading the session is not counted', async () => {
  const attempt = () =>
    fetch(`${hub.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: hub.url },
      body: '{}',
    });
  const client = await hub.as('doctor1');
  const codes: number[] = [];
  for (let n = 0; n < 12; n++)
    codes.push(...(await Promise.all(Array.from({ length: 10 }, attempt))).map(({ status }) => status));
  expect(new Set(codes)).toEqual(new Set([422, 429]));
  const last = await attempt();
  expect(last.status).toBe(429);
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await client.get('/api/session')).status).toBe(200);
});

const built = path.resolve('viewer/dist/index.html');
describe.skipIf(!fs.existsSync(built))('the browser application', () => {
  test('is one page at every address of its own, never cached', async () => {
    const page = fs.readFileSync(built, 'utf8');
    for (const at of ['/', '/worklist', '/orders', '/orders/not-an-id', '/api-docs']) {
      const answer = await get(at);
      expect([answer.status, await answer.text()], at).toEqual([200, page]);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
  });

  test('asks for the order of a case ahead of its program', async () => {
    const id = '01990000-0000-7000-8000-000000000001';
    const text = await (await get(`/orders/${id}`)).text();
    expect(text).toContain(`<link rel="preload" as="fetch" crossorigin href="/api/orders/${id}?purpose=prefetch" />`);
    expect(text.replace(/ *<link rel="preload" as="fetch"[^>]*>\n?/g, '').replace(/\s+/g, '')).toBe(fs.readFileSync(built, 'utf8').replace(/\s+/g, ''));
  }); // prettier-ignore

  const script = () => fs.readdirSync(path.resolve('viewer/dist/assets')).find((name) => fs.existsSync(path.resolve('viewer/dist/assets', `${name}.br`)) && name.endsWith('.js'))!; // prettier-ignore
  test.each([
    ['br', 'br'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ])('gives its assets for good, as %s packed by %s', async (accepted, packed) => {
    const name = script();
    const answer = await get(`/assets/${name}`, { 'accept-encoding': accepted });
    expect(answer.headers.get('content-encoding')).toBe(packed);
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    if (packed) expect(answer.headers.get('vary')).toContain('Accept-Encoding');
    expect(await answer.text()).toBe(fs.readFileSync(path.resolve('viewer/dist/assets', name), 'utf8'));
  });

  test('has no asset that is not there, and none outside its folder', async () => {
    for (const name of ['no-such.js', '..%2f..%2fpackage.json'])
      expect([403, 404], name).toContain((await get(`/assets/${name}`, { 'accept-encoding': 'br' })).status);
  });
});
