import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

const PUBLIC = 'https://hub.county.example';
let hub: TestHub;
let doctor: Client;
let token: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web', PUBLIC_URL: PUBLIC } });
  doctor = await hub.as('doctor1');
  const admin = await hub.as('admin1');
  const { institutionId } = (await doctor.get('/api/session')).body;
  token = (
    await admin.post('/api/tokens', { name: 'his', institutionId, verbs: ['order.read', 'order.request'] })
  ).body.token;
});
afterAll(() => hub?.close());

const write = (headers: Record<string, string>, method = 'PUT', path = '/api/session/settings') =>
  fetch(hub.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method !== 'GET' && { body: '{"mark":1}' }),
  });
const said = async (answer: Response) =>
  `${answer.status} ${answer.status < 400 ? 'done' : ((await answer.json()) as { type: string }).type}`;
const marked = async () =>
  (
    await hub.ctx.db
      .selectFrom('staff')
      .select('settings')
      .where('username', '=', 'doctor1')
      .executeTakeFirstOrThrow()
  ).settings as Record<string, unknown>;

describe('a write by cookie', () => {
  test.each([
    ['without Origin', {}],
    ['from another site', { origin: 'https://evil.example' }],
    ['from a page that hides where it comes from', { origin: 'null' }],
    ['from the same host by another port', { origin: 'http://127.0.0.1:1' }],
    ['from a host that only begins alike', { origin: `${PUBLIC}.evil.example` }],
    ['from the public address by plain HTTP', { origin: PUBLIC.replace('https', 'http') }],
    ['with a header that only looks like a token', { authorization: 'Bearer x' }],
    ['with a basic password beside it', { authorization: 'Basic eDp5' }],
  ])('%s is refused and changes nothing', async (_what, headers) => {
    expect(await said(await write({ cookie: doctor.cookie, ...headers }))).toBe('403 foreign-origin');
    expect(await marked()).not.toHaveProperty('mark');
  });

  test('from the public address, or from the host that was asked, is taken', async () => {
    for (const origin of [PUBLIC, hub.url, hub.url.replace('http', 'https')])
      expect(await said(await write({ cookie: doctor.cookie, origin })), origin).toBe('200 done');
    expect(await marked()).toHaveProperty('mark', 1);
  });

  test('is refused for every kind of write, and a look is not', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect(await said(await write({ cookie: doctor.cookie }, method, '/api/orders')), method).toBe(
        '403 foreign-origin',
      );
    expect(await said(await write({ cookie: doctor.cookie }, 'GET', '/api/orders'))).toBe('200 done');
  });

  test('is refused on the other two doors as well', async () => {
    for (const path of ['/dicom-web/studies', '/fhir/ServiceRequest'])
      expect((await write({ cookie: doctor.cookie }, 'POST', path)).status, path).toBe(403);
  });
});

describe('a machine', () => {
  test('needs no Origin, and its token outweighs a cookie that is sent along', async () => {
    const bearer = { authorization: `Bearer ${token}` };
    expect(await said(await write(bearer, 'POST', '/api/orders'))).toBe('422 invalid');
    const both = { ...bearer, cookie: doctor.cookie };
    expect(await said(await write(both, 'GET', '/api/session')), 'it is the machine').toBe('403 forbidden');
  });

  test('with a token of nobody is 401, whatever cookie is sent along', async () => {
    const wrong = { authorization: `Bearer ${'x'.repeat(43)}`, cookie: doctor.cookie };
    expect(await said(await write(wrong, 'GET', '/api/orders'))).toBe('401 bad-token');
  });

  test.each([
    ['the audit trail', '/api/audit'],
    ['staff', '/api/staff'],
    ['tokens', '/api/tokens'],
    ['reviews of openings', '/api/access-grants'],
    ['sessions', '/api/sessions'],
    ['notifications', '/api/notifications'],
  ])('does not read %s', async (_what, path) => {
    expect(await said(await write({ authorization: `Bearer ${token}` }, 'GET', path))).toBe('403 forbidden');
  });
});

test('behind TLS the cookie goes over TLS only', async () => {
  const answer = await fetch(`${hub.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: PUBLIC },
    body: JSON.stringify({ username: 'nurse1', password: 'Demo-2026!' }),
  });
  expect(answer.headers.getSetCookie()[0]).toMatch(/; Secure/);
});

test('a program that tries passwords is slowed down: 120 tries a minute from one address', async () => {
  const tries = async () => (await write({ origin: hub.url }, 'POST', '/api/session')).status; // no name: nothing is counted as a failure
  const seen = new Set<number>();
  for (let n = 0; n < 130; n++) seen.add(await tries());
  expect([...seen]).toEqual([422, 429]);
  expect(
    await said(await write({ cookie: doctor.cookie }, 'GET', '/api/session')),
    'who is in stays in',
  ).toBe('200 done');
});
