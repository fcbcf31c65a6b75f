import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remindReviewers } from '../../../../server/core/access/remindReviewers.ts';
import { signIn } from '../../../../server/core/access/signIn.ts';
import { PEOPLE } from '../../../../db/demo/people.ts';
import { endpoints } from '../../../../server/core/http.ts';
import { PERMISSIONS, ROLE_NAMES, type Permission } from '../../../../server/core/access/roles.ts';
import { startHub, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub.close());

const NOWHERE = '00000000-0000-4000-8000-000000000000';

describe('every route against every role', () => {
  test('nobody gets past a permission he does not hold, and nobody signed out gets anywhere', async () => {
    const faults: string[] = [];
    // One person of every role; a role nobody holds would go untested.
    const people = ROLE_NAMES.map((role) => {
      const person = PEOPLE.find(({ roles }) => roles.length === 1 && roles[0]?.[0] === role);
      if (!person) throw new Error(`nobody of the demo county is only ${role}`);
      return person;
    });
    const clients = await Promise.all(
      people.map(async (person) => ({ person, client: await hub.as(person.username) })),
    );
    for (const endpoint of endpoints) {
      if (endpoint.access === 'public' || endpoint.path === '/events' || endpoint.path.startsWith('/session'))
        continue;
      const path = `/api${endpoint.path.replace(/:(\w+)/g, NOWHERE)}`;
      const init = {
        method: endpoint.method.toUpperCase(),
        headers: { 'content-type': 'application/json', origin: hub.url },
        ...(endpoint.method !== 'get' && endpoint.method !== 'delete' && { body: '{}' }),
      };
      const stranger = await fetch(hub.url + path, init);
      if (stranger.status !== 401) faults.push(`signed out: ${endpoint.method} ${path} → ${stranger.status}`);
      await stranger.body?.cancel();
      if (endpoint.access === 'signed-in') continue;
      const wanted: Permission[] = Array.isArray(endpoint.access)
        ? endpoint.access
        : [endpoint.access as Permission];
      await Promise.all(
        clients.map(async ({ person, client }) => {
          if (
            person.roles.some(([role]) => wanted.some((permission) => PERMISSIONS[role].includes(permission)))
          )
            return;
          const answer = await fetch(hub.url + path, {
            ...init,
            headers: { ...init.headers, cookie: client.cookie },
          });
          if (answer.status !== 403)
            faults.push(`${person.username}: ${endpoint.method} ${path} → ${answer.status}`);
          await answer.body?.cancel();
        }),
      );
    }
    expect(faults).toEqual([]);
  });

  test('the three administrators are kept apart and see no clinical data', () => {
    for (const role of ['system-admin', 'security-admin', 'auditor', 'regulator'] as const)
      expect(
        PERMISSIONS[role].filter((permission) => /^(order|report|patient|input|critical)\./.test(permission)),
      ).toEqual([]);
    expect(PERMISSIONS['security-admin']).not.toContain('admin.staff');
    expect(PERMISSIONS['system-admin']).not.toContain('security.grant');
  });
});

describe('signing in', () => {
  const attempt = (
    username: string,
    password: string,
    headers: Record<string, string> = { origin: hub.url },
  ) =>
    fetch(`${hub.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ username, password }),
    });

  test('locks an account after five failures, also for the right password', async () => {
    for (let n = 0; n < 5; n++) expect((await attempt('courier1', 'wrong')).status).toBe(401);
    expect((await attempt('courier1', 'Demo-2026!')).status).toBe(423);
    hub.clock.advance(16);
    expect((await attempt('courier1', 'Demo-2026!')).status).toBe(200);
  });

  test('failures older than 15 minutes do not lock it', async () => {
    for (let n = 0; n < 4; n++) expect((await attempt('courier1', 'wrong')).status).toBe(401);
    hub.clock.advance(10);
    expect((await attempt('qa1', 'Demo-2026!')).status, 'the address is one where people work').toBe(200);
    hub.clock.advance(6);
    for (let n = 0; n < 4; n++) expect((await attempt('courier1', 'wrong')).status).toBe(401);
    expect((await attempt('courier1', 'Demo-2026!')).status).toBe(200);
  });

  describe('from one address', () => {
    const at = (address: string, username: string, password = 'wrong') =>
      signIn(hub.ctx, { username, password, address, userAgent: 'test' }).then(
        () => 200,
        (error: unknown) => (error as { status: number }).status,
      );

    test('five failures lock it for 15 minutes, for every account', async () => {
      for (const name of ['nobody1', 'nobody2', 'nobody3', 'nobody4', 'nobody4'])
        expect(await at('10.9.0.1', name)).toBe(401);
      expect(await at('10.9.0.1', 'courier1', 'Demo-2026!')).toBe(423);
      expect(await at('10.9.0.2', 'courier1', 'Demo-2026!')).toBe(200);
      hub.clock.advance(16);
      expect(await at('10.9.0.1', 'courier1', 'Demo-2026!')).toBe(200);
    });

    test('a success starts the count anew', async () => {
      for (let n = 0; n < 4; n++) expect(await at('10.9.0.3', `nobody${n}`)).toBe(401);
      expect(await at('10.9.0.3', 'courier1', 'Demo-2026!')).toBe(200);
      for (let n = 0; n < 4; n++) expect(await at('10.9.0.3', `nobody${n}`)).toBe(401);
      expect(await at('10.9.0.3', 'courier1', 'Demo-2026!')).toBe(200);
    });

    test('one person who mistypes does not lock out the others at work there; five names do', async () => {
      expect(await at('10.9.0.4', 'tech1', 'Demo-2026!')).toBe(200);
      for (let n = 0; n < 5; n++) expect(await at('10.9.0.4', 'courier1')).toBe(401);
      expect(await at('10.9.0.4', 'courier1', 'Demo-2026!')).toBe(423);
      for (let n = 0; n < 3; n++) expect(await at('10.9.0.4', `nobody${n}`)).toBe(401);
      expect(await at('10.9.0.4', 'tech1', 'Demo-2026!')).toBe(200);
      for (let n = 0; n < 5; n++) expect(await at('10.9.0.4', `nobody${n}`)).toBe(401);
      expect(await at('10.9.0.4', 'tech1', 'Demo-2026!')).toBe(423);
      hub.clock.advance(16);
    });
  });

  test('a password that somebody else gave out opens nothing but its change', async () => {
    const admin = await hub.as('admin1');
    const me = (await admin.get('/api/session')).body;
    const made = await admin.post('/api/staff', {
      username: 'newcomer',
      name: '新来',
      institutionId: me.institutionId,
      password: 'Given-2026!',
    });
    expect(made.status).toBe(201);
    const newcomer = await hub.as('newcomer', 'Given-2026!');
    expect((await newcomer.get('/api/session')).body.user.mustChangePassword).toBe(true);
    for (const path of ['/api/sessions', '/api/orders', '/dicom-web/studies', '/fhir/Patient'])
      expect([path, (await newcomer.get(path)).body]).toMatchObject([
        path,
        { status: 403, type: 'password-change-required' },
      ]);
    const own = { current: 'Given-2026!', password: 'My-Own-2026!' };
    expect((await newcomer.post('/api/session/password', own)).status).toBe(200);
    expect((await newcomer.get('/api/sessions')).status).toBe(200);
  });

  test('a write by cookie from another origin is refused', async () => {
    const client = await hub.as('doctor1');
    const answer = await client.post('/api/session/settings', {}, { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
  });

  test('a write without Origin is refused where there is a cookie; signing in from no browser needs none', async () => {
    const client = await hub.as('doctor1');
    const answer = await fetch(`${hub.url}/api/session/settings`, {
      method: 'PUT',
      headers: { cookie: client.cookie, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(403);
    // A header that names no token does not open a way around it.
    const basic = await fetch(`${hub.url}/api/session/settings`, {
      method: 'PUT',
      headers: { cookie: client.cookie, authorization: 'Basic eDp5', 'content-type': 'application/json' },
      body: '{}',
    });
    expect(basic.status).toBe(403);
    expect((await attempt('doctor1', 'Demo-2026!', {})).status).toBe(200);
    expect((await attempt('doctor1', 'Demo-2026!', { origin: 'https://evil.example' })).status).toBe(403);
  });

  test('a problem keeps its HTTP status, whatever the order stands at', async () => {
    const client = await hub.as('doctor1');
    const placed = await client.post('/api/orders', {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      patient: {
        name: '孔小满',
        sex: 'F',
        birthDate: '1980-02-02',
        identifiers: [{ type: 'mrn', value: 'PR1' }],
      },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    });
    const path = `/api/orders/${placed.body.id}/cancel`;
    expect((await client.post(path, { reason: 'not-needed' })).status).toBe(200);
    const again = await client.post(path, { reason: 'not-needed' });
    expect(again.status).toBe(409);
    expect(again.headers.get('content-type')).toContain('application/problem+json');
    expect(again.body).toMatchObject({ type: 'wrong-status', status: 409, orderStatus: 'cancelled' });
  });

  test('a one-time code opens one session, a recovery code one more; the password gives the factor up', async () => {
    const client = await hub.as('clinician1');
    const { secret } = (await client.post('/api/session/totp')).body;
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    const confirmed = await client.post('/api/session/totp/confirm', { otp: totp.generate() });
    const [recovery] = confirmed.body.recoveryCodes as string[];
    const withOtp = (otp?: string) =>
      fetch(`${hub.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: hub.url },
        body: JSON.stringify({ username: 'clinician1', password: 'Demo-2026!', ...(otp && { otp }) }),
      });
    const bare = await withOtp();
    expect([bare.status, ((await bare.json()) as { type: string }).type]).toEqual([401, 'otp-required']);
    const code = totp.generate({ timestamp: Date.now() + 30_000 });
    expect((await withOtp(code)).status).toBe(200);
    const spent = async (otp: string | undefined) => {
      const answer = await withOtp(otp);
      return [answer.status, ((await answer.json()) as { type: string }).type];
    };
    // the password was right: who mistyped the code is not sent to look for another password
    expect(await spent(code)).toEqual([401, 'bad-code']);
    expect((await withOtp(recovery)).status).toBe(200);
    expect(await spent(recovery)).toEqual([401, 'bad-code']);
    const off = (password: string) =>
      fetch(`${hub.url}/api/session/totp`, {
        method: 'DELETE',
        headers: { cookie: client.cookie, origin: hub.url, 'content-type': 'application/json' },
        body: JSON.stringify({ password }),
      });
    expect((await off('wrong')).status).toBe(403);
    expect((await off('Demo-2026!')).status).toBe(204);
    expect((await withOtp()).status).toBe(200);
  });

  test('an idle session ends after thirty minutes', async () => {
    const client = await hub.as('nurse1');
    hub.clock.advance(31);
    expect((await client.get('/api/session')).status).toBe(401);
  });

  test('nobody grants rights to himself', async () => {
    const client = await hub.as('security1');
    const me = (await client.get('/api/session')).body;
    expect(
      (await client.post(`/api/staff/${me.id}/roles`, { role: 'auditor', institutionId: me.institutionId }))
        .status,
    ).toBe(403);
  });
});

describe('break-glass', () => {
  test('opens a patient of another site for hours to one person, with a reason that is audited and reviewed', async () => {
    // back to the wall's time: that of audit rows is the database's
    hub.clock.advance((Date.now() - hub.clock.now().getTime()) / 60_000);
    const doctor = await hub.as('doctor1');
    const idCard = '32062319800506001X';
    const placed = await doctor.post('/api/orders', {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient: {
        name: '周建设',
        sex: 'M',
        birthDate: '1980-05-06',
        identifiers: [{ type: 'id-card', value: idCard }],
      },
      remoteConsent: { by: '周建设', at: hub.clock.now().toISOString() },
    });
    expect(placed.status, JSON.stringify(placed.body)).toBe(201);
    const path = `/api/orders/${placed.body.id}`;
    const stranger = await hub.as('doctor2');
    expect((await stranger.get(path)).status).toBe(404);
    const nobody = { idCard: '110101199003070038', reason: '昏迷,急诊抢救' };
    expect((await stranger.post('/api/patients/break-glass', nobody)).status).toBe(404);
    expect((await stranger.post('/api/patients/break-glass', { idCard })).status, 'without a reason').toBe(
      422,
    );
    const reason = '昏迷,急诊抢救';
    expect((await stranger.post('/api/patients/break-glass', { idCard, reason, hours: 2 })).status).toBe(201);
    expect((await stranger.get(path)).status).toBe(200);
    expect((await stranger.get(`/api/orders?q=${idCard}`)).body.items).toHaveLength(1);
    expect((await (await hub.as('doctor3')).get(path)).status).toBe(404);
    const rows = await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['actorName', 'detail', 'outcome'])
      .where('action', '=', 'patient.break-glass')
      .orderBy('seq')
      .execute();
    expect(rows).toEqual([
      { actorName: '贺春生', detail: { reason, hours: 8 }, outcome: 'denied' },
      { actorName: '贺春生', detail: { reason, hours: 2 }, outcome: 'done' },
    ]);
    const reviewer = await hub.as('security1');
    const [grant] = (await reviewer.get('/api/access-grants')).body.items;
    expect(grant).toMatchObject({ kind: 'break-glass', staffName: '贺春生', reason, reviewedAt: null });
    expect(grant).toMatchObject({ patientName: '周**', casesRead: 1 });
    const told = (await reviewer.get('/api/notifications')).body.items;
    expect(told).toMatchObject([{ kind: 'access.break-glass', body: { grantId: grant.id, who: '贺春生' } }]);
    expect((await stranger.get('/api/notifications')).body.items).toEqual([]);
    hub.clock.advance(3 * 24 * 60 + 1);
    await remindReviewers(hub.ctx);
    await remindReviewers(hub.ctx);
    const late = await hub.as('qa1');
    const kinds = (await late.get('/api/notifications')).body.items.map(
      (each: { kind: string }) => each.kind,
    );
    expect(kinds, 'once, after three days').toEqual(['access.review-overdue', 'access.break-glass']);
    expect((await late.post(`/api/access-grants/${NOWHERE}/review`, { note: '属实' })).status).toBe(404);
    expect((await late.post(`/api/access-grants/${grant.id}/review`, { note: '属实' })).status).toBe(200);
    const again = await late.post(`/api/access-grants/${grant.id}/review`, { note: '不属实' });
    expect([again.status, again.body.type]).toEqual([409, 'reviewed']);
    expect((await late.get('/api/access-grants')).body.items[0]).toMatchObject({
      reviewNote: '属实',
      reviewedBy: '潘慧',
    });
    expect((await (await hub.as('doctor2')).get(path)).status, 'when the hours are over').toBe(404);
  });
});

describe('machine tokens', () => {
  test('open what their verbs allow, at their institution, until they are revoked', async () => {
    const admin = await hub.as('admin1');
    const institutions = (await admin.get('/api/institutions')).body.items as { id: string; code: string }[];
    const liuhe = institutions.find((institution) => institution.code === 'LIUHE')!;
    const made = (
      await admin.post('/api/tokens', { name: 'his', institutionId: liuhe.id, verbs: ['order.read'] })
    ).body;
    const call = (path: string, method = 'GET') =>
      fetch(hub.url + path, {
        method,
        headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{}' }),
      });
    expect((await call('/api/orders')).status).toBe(200);
    expect((await call('/api/orders', 'POST')).status).toBe(403);
    expect((await call('/api/audit')).status).toBe(403);
    await admin.delete(`/api/tokens/${made.id}`);
    expect((await call('/api/orders')).status).toBe(401);
  });
});
