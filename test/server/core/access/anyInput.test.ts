import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PEOPLE } from '../../../../db/demo/people.ts';
import { MACHINE_VERBS, PERMISSIONS, type Permission } from '../../../../server/core/access/roles.ts';
import { endpoints, type EndpointDescription } from '../../../../server/core/http.ts';
import { startHub, type TestHub } from '../../../helpers/hub.ts';
import { NOWHERE, siteOf } from '../admin/trail.ts';

let hub: TestHub;
const cookies = new Map<string, string>();
let machine: string;
let reader: string;
const NAMES = ['head1', 'doctor1', 'qa1', 'registrar1', 'admin1', 'security1', 'auditor1', 'duty1', 'cssd2', 'lab2', 'courier1', 'regulator1']; // prettier-ignore
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  for (const name of NAMES) cookies.set(name, (await hub.as(name)).cookie);
  const admin = await hub.as('admin1');
  const institutionId = await siteOf(hub, 'QHRM');
  const token = async (verbs: readonly string[]) =>
    (await admin.post('/api/tokens', { name: 'all', institutionId, verbs })).body.token as string;
  machine = await token(MACHINE_VERBS);
  reader = await token(['order.read']);
});
afterAll(() => hub?.close());

const asked = () =>
  endpoints.filter(
    ({ path, access }) =>
      access !== 'public' &&
      path !== '/events' &&
      !path.startsWith('/session') &&
      !path.startsWith('/sessions'),
  );
const wanted = ({ access }: EndpointDescription): Permission[] | 'signed-in' =>
  access === 'signed-in' ? 'signed-in' : ((Array.isArray(access) ? access : [access]) as Permission[]);
/** The first of the people who may call it. */
const mayCall = (endpoint: EndpointDescription): string | undefined => {
  const permissions = wanted(endpoint);
  if (permissions === 'signed-in') return 'doctor1';
  return NAMES.find((name) =>
    PEOPLE.find(({ username }) => username === name)?.roles.some(([role]) =>
      permissions.some((permission) => PERMISSIONS[role].includes(permission)),
    ),
  );
};
const pathOf = ({ path }: EndpointDescription, value = NOWHERE) => `/api${path.replace(/:(\w+)/g, value)}`;

async function call(
  endpoint: EndpointDescription,
  headers: Record<string, string>,
  path: string,
  body?: string,
) {
  const method = endpoint.method.toUpperCase();
  const answer = await fetch(hub.url + path, {
    method,
    headers: {
      origin: hub.url,
      ...headers,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  });
  await answer.body?.cancel();
  return { status: answer.status, name: `${method} ${path}` };
}
const cookieOf = (name: string) => ({ cookie: cookies.get(name) ?? '' });

describe('no route breaks', () => {
  test('on ids that are nobody’s, none, or no text at all', async () => {
    const faults: string[] = [];
    for (const endpoint of asked().filter(({ method, path }) => method === 'get' || path.includes(':'))) {
      const who = mayCall(endpoint);
      if (!who) continue;
      const body = endpoint.method === 'get' || endpoint.method === 'delete' ? undefined : '{}';
      const values = endpoint.path.includes(':') ? [NOWHERE, '%00'] : [NOWHERE];
      for (const value of values) {
        const { status, name } = await call(endpoint, cookieOf(who), pathOf(endpoint, value), body);
        if (status >= 500) faults.push(`${who}: ${name} → ${status}`);
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);

  test('on a query that repeats itself or holds what no text may', async () => {
    const faults: string[] = [];
    for (const endpoint of asked().filter(({ method }) => method === 'get')) {
      const who = mayCall(endpoint);
      if (!who) continue;
      for (const query of ['q=a&q=b&name=%00&cursor=abc&from=x&to=x&limit=-1']) {
        const { status, name } = await call(endpoint, cookieOf(who), `${pathOf(endpoint)}?${query}`);
        if (status >= 500) faults.push(`${who}: ${name} → ${status}`);
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);
});

describe('a machine', () => {
  test('with one verb gets nowhere else, and with all of them into no administration', async () => {
    const faults: string[] = [];
    for (const endpoint of asked()) {
      const permissions = wanted(endpoint);
      if (permissions === 'signed-in') continue;
      const body = endpoint.method === 'get' || endpoint.method === 'delete' ? undefined : '{}';
      const knocks: [token: string, verbs: readonly Permission[]][] = [
        [reader, ['order.read']],
        [machine, MACHINE_VERBS],
      ];
      for (const [token, verbs] of knocks) {
        if (permissions.some((permission) => verbs.includes(permission))) continue;
        const { status, name } = await call(
          endpoint,
          { authorization: `Bearer ${token}` },
          pathOf(endpoint),
          body,
        );
        if (status !== 403) faults.push(`${verbs.length} verbs: ${name} → ${status}`);
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);
});
