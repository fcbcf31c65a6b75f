import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client;
let admin: Client;
const servers: Server[] = [];
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, admin] = await Promise.all([hub.as('doctor1'), hub.as('admin1')]);
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await hub.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
}
const add = async (name: string, baseUrl: string, token?: string): Promise<string> => {
  const made = await admin.post('/api/recognition/platforms', { name, baseUrl, ...(token && { token }) });
  expect(made.status).toBe(201);
  return made.body.id;
};
const switchOff = (id: string, name: string, baseUrl: string) =>
  admin.put(`/api/recognition/platforms/${id}`, { name, baseUrl, active: false });
const person = (serial: number) => ({ type: 'id-card', value: completeIdCard(`32062119720518${serial}`) });
const check = (serial: number, code = 'CBC') =>
  doctor.post('/api/recognition/check', { items: [{ code }], identifiers: [person(serial)] });

const daysAgo = (days: number) => new Date(hub.clock.now().getTime() - days * 86_400_000).toISOString();
const cbc = (id: string, more: object) => ({
  resource: {
    resourceType: 'DiagnosticReport',
    id,
    subject: { identifier: { value: person(401).value } },
    status: 'final',
    code: { coding: [{ system: 'urn:other', code: 'CBC' }], text: '血常规' },
    issued: daysAgo(1),
    performer: [{ display: '省人民医院' }],
    ...more,
  },
});

test('results of another platform stand in the answer under its name, newest and valid ones only', async () => {
  const asked: { url: string; authorization: string | undefined }[] = [];
  const url = await serve((request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
    response.setHeader('content-type', 'application/fhir+json');
    response.end(
      JSON.stringify({
        resourceType: 'Bundle',
        entry: [
          cbc('older', { issued: daysAgo(2) }),
          cbc('newest', { conclusion: '白细胞升高', result: [{ reference: 'Observation/w' }] }),
          cbc('draft', { status: 'registered', issued: daysAgo(0) }),
          cbc('ancient', { issued: daysAgo(900) }),
          { resource: { resourceType: 'DiagnosticReport', id: 7 } },
          {
            resource: {
              resourceType: 'Observation',
              id: 'w',
              code: { text: '白细胞' },
              valueQuantity: { value: 12.5, unit: '10^9/L' },
              interpretation: [{ coding: [{ code: 'H' }] }],
            },
          },
        ],
      }),
    );
  });
  const id = await add('省平台', url, 'secret-of-the-province');
  const { status, body } = await check(401);
  expect(status).toBe(200);
  expect(body.platforms.failures).toEqual([]);
  expect(body.platforms.items).toMatchObject([
    {
      platformName: '省平台',
      itemCode: 'CBC',
      institutionName: '省人民医院',
      impression: '白细胞升高',
      values: [{ name: '白细胞', value: '12.5', unit: '10^9/L', flag: 'H' }],
    },
  ]);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.authorization).toBe('Bearer secret-of-the-province');
  expect(asked[0]?.url).toContain(`patient.identifier=${person(401).value}`);
  const listed = await admin.get('/api/recognition/platforms');
  expect(JSON.stringify(listed.body)).not.toContain('secret-of-the-province');
  expect(listed.body.items).toMatchObject([{ name: '省平台', hasToken: true }]);
  expect((await doctor.get('/api/recognition/platforms')).status).toBe(403);
  await switchOff(id, '省平台', url);
  expect((await check(401)).body.platforms).toEqual({ items: [], failures: [] });
});

test('a platform that is slow, endless, refusing, unreadable or away is named and the order is placed', async () => {
  const bad = {
    慢: await serve(() => undefined),
    拒: await serve((_, response) => response.writeHead(403).end()),
    乱: await serve((_, response) => response.end('<html>')),
    长: await serve((_, response) => response.end('x'.repeat(1_100_000))),
    无: 'http://127.0.0.1:9/fhir',
  };
  const ids = await Promise.all(Object.entries(bad).map(([name, url]) => add(name, url)));
  const { status, body } = await check(402);
  expect(status).toBe(200);
  const reasons = Object.fromEntries(
    body.platforms.failures.map((each: { platformName: string; reason: string }) => [
      each.platformName,
      each.reason,
    ]),
  );
  expect(reasons).toEqual({
    慢: 'timeout',
    拒: 'refused',
    乱: 'unreadable',
    长: 'too-large',
    无: 'unreachable',
  });
  const placed = await doctor.post('/api/orders', {
    center: 'lab',
    items: [{ code: 'CBC' }],
    priority: 'routine',
    patient: { name: '外平台', sex: 'F', birthDate: '1972-05-18', identifiers: [person(402)] },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  });
  expect(placed.status).toBe(201);
  await Promise.all(Object.entries(bad).map(([name, url], at) => switchOff(ids[at] ?? '', name, url)));
});

test('another hub is such a platform: its own FHIR interface answers with the label', async () => {
  const made = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    patient: { name: '邻县', sex: 'F', birthDate: '1972-05-18', identifiers: [person(404)] },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  });
  const order = made.body.id;
  const [reader, verifier] = await Promise.all([hub.as('radiologist1'), hub.as('radiologist2')]);
  await reader.post(`/api/orders/${order}/accept`);
  await reader.post(`/api/orders/${order}/claim`);
  await reader.put(
    `/api/orders/${order}/report`,
    { findings: '双肺清晰', impression: '心肺未见异常' },
    { 'If-Match': '"0"' },
  );
  await reader.post(`/api/orders/${order}/report/submit`);
  expect((await verifier.post(`/api/orders/${order}/report/sign`, { pin: '246810' })).status).toBe(200);
  const site = await hub.ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  const token = await admin.post('/api/tokens', {
    name: '邻县互认',
    institutionId: site.id,
    scopes: ['system/DiagnosticReport.rs', 'system/Observation.rs', 'system/Patient.rs'],
    days: 30,
  });
  await add('邻县平台', `${hub.url}/fhir`, token.body.token);
  const { body } = await check(404, 'DR-CHEST');
  expect(body.platforms).toMatchObject({
    items: [{ platformName: '邻县平台', itemCode: 'DR-CHEST', impression: '心肺未见异常', label: '县HR' }],
    failures: [],
  });
});
