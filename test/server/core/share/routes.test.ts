import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { place } from '../admin/placed.ts';
import { NOWHERE, said, trailOf } from '../admin/trail.ts';

let hub: TestHub;
let doctor: Client;
let orderId: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  doctor = await hub.as('doctor1');
  orderId = (await place(doctor, hub)).id;
  // What a signature leaves behind, as far as a share asks for it.
  await hub.ctx.db
    .updateTable('orders')
    .set({ status: 'final', finalAt: hub.ctx.clock.now() })
    .where('id', '=', orderId)
    .execute();
});
afterAll(() => hub?.close());

const share = (more: object = {}, client = doctor) =>
  client.post('/api/shares', { orderIds: [orderId], purpose: '外院就诊', consentBy: '本人', ...more });
const BIRTH = '19700708';
const hospital = { hospital: '省人民医院', person: '李医生' };
const open = (code: string, factor = BIRTH, headers: Record<string, string> = {}) =>
  fetch(`${hub.url}/api/share/open`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: hub.url, ...headers },
    body: JSON.stringify({ code, factor, ...hospital }),
  });
const cookieOf = async (code: string) =>
  ((await open(code)).headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
const read = (path: string, cookie: string, method = 'GET') =>
  fetch(hub.url + path, { method, headers: { cookie, origin: hub.url } });

describe('making a share', () => {
  test.each([
    ['of no order', { orderIds: [] }, 'orderIds'],
    ['of more than fifty', { orderIds: Array(51).fill(NOWHERE) }, 'orderIds'],
    ['for no day', { days: 0 }, 'days'],
    ['for more than a month', { days: 31 }, 'days'],
    ['without a purpose', { purpose: ' ' }, 'purpose'],
    ['to which nobody agreed', { consentBy: '' }, 'consentBy'],
  ])('%s is refused by its field', async (_what, more, field) => {
    const { result, rows } = await trailOf(hub, () => share(more));
    expect(said(result)).toMatch(new RegExp(`^422 invalid ${field}`));
    expect(rows).toEqual([]);
  });

  test('is for who answers for the results or may export; who made one sees who opened it', async () => {
    for (const name of ['nurse1', 'tech1', 'radiologist1', 'registrar1', 'regulator1', 'admin1', 'duty1']) {
      const client = await hub.as(name);
      expect(said(await share({}, client)), name).toBe('403 forbidden');
      expect(said(await client.get(`/api/orders/${orderId}/shares`)), name).toBe('403 forbidden');
    }
    const made = await share();
    expect(said(made)).toBe('201');
    expect(said(await share({}, await hub.as('doctor2')))).toBe('404 not-found');
    const { result, rows } = await trailOf(hub, () => doctor.get(`/api/orders/${orderId}/shares`));
    expect(result.body.items).toMatchObject([
      { id: made.body.id, opened: 0, openings: [], withPackage: true },
    ]);
    expect(rows).toMatchObject([{ action: 'share.list', subjectId: orderId, patientId: expect.any(String) }]);
    expect(said(await (await hub.as('doctor2')).get(`/api/orders/${orderId}/shares`))).toBe('404 not-found');
  });
});

describe('an opened share', () => {
  let code: string, reading: string;
  let signedOrder: string;
  beforeAll(async () => {
    signedOrder = (await place(doctor, hub)).id;
    await hub.ctx.db
      .updateTable('orders')
      .set({ status: 'final', finalAt: hub.ctx.clock.now() })
      .where('id', '=', signedOrder)
      .execute();
    code = (await share({ orderIds: [signedOrder] })).body.code;
    reading = (await share({ orderIds: [signedOrder], withPackage: false, withImages: false })).body.code;
  });

  test('gives a cookie that no script reads, for as long as it is open', async () => {
    const answer = await open(code);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^hub_share=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/);
    const { expiresAt } = (await answer.json()) as { expiresAt: string };
    const minutes = (Date.parse(expiresAt) - hub.ctx.clock.now().getTime()) / 60_000;
    expect(minutes).toBeGreaterThan(29);
    expect(minutes).toBeLessThanOrEqual(30);
  });

  test('made for reading only gives no package', async () => {
    const answer = await read('/api/share/package', await cookieOf(reading));
    expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([
      403,
      'share-reading-only',
    ]);
    expect((await read('/api/share', await cookieOf(reading))).status).toBe(200);
  });

  test('ends when its reader says so, in this browser and not in another', async () => {
    const [one, two] = [await cookieOf(code), await cookieOf(code)];
    const ended = await read('/api/share', one, 'DELETE');
    expect(ended.status).toBe(200);
    expect(ended.headers.getSetCookie()[0]).toMatch(/^hub_share=;/);
    expect((await read('/api/share', one)).status).toBe(401);
    expect((await read('/api/share', two)).status).toBe(200);
    expect((await read('/api/share', one, 'DELETE')).status, 'twice').toBe(401);
  });

  test('opens nothing else: no list, no case, no patient, no message, no trail', async () => {
    const cookie = await cookieOf(code);
    for (const path of ['/api/orders', `/api/orders/${signedOrder}`, '/api/patients?q=x', '/api/session', '/api/audit', '/api/events', '/fhir/Patient', '/api/shares'])
      expect([401, 404], path).toContain((await read(path, cookie)).status); // prettier-ignore
    expect((await read(`/api/share/orders/${orderId}/report.pdf`, cookie)).status, 'an order beside it').toBe(
      404,
    );
    const studies = await read('/dicom-web/studies', cookie);
    expect([200, 204], 'its images').toContain(studies.status);
    expect((await read('/dicom-web/studies', cookie, 'POST')).status).toBeGreaterThanOrEqual(400);
  });

  test('is opened by a page of this host, not from another site', async () => {
    expect((await open(code, BIRTH, { origin: 'https://evil.example' })).status).toBe(403);
  });
});

test('codes are tried twenty times a minute from one address, then no more', async () => {
  const seen: number[] = [];
  for (let n = 0; n < 24; n++) seen.push((await open('0000-0000-0000-0000')).status);
  const limited = seen.indexOf(429);
  expect(limited, seen.join(' ')).toBeGreaterThan(0);
  expect(seen.slice(limited).every((status) => status === 429)).toBe(true);
  expect(seen.slice(0, limited).every((status) => status === 403)).toBe(true);
  expect(said(await share()), 'who makes them is not hindered').toBe('201');
});
