import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let first: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  first = await hub.as('tech1');
});
afterAll(() => hub?.close());

type Session = { id: string; current: boolean; address: string; method: string };
const open = async (client: Client) => (await client.get('/api/sessions')).body.items as Session[];
const said = ({ status, body }: { status: number; body: { type?: string } | null }) =>
  [status, body?.type].filter((part) => part !== undefined).join(' ');
const staff = (username: string) =>
  hub.ctx.db.selectFrom('staff').selectAll().where('username', '=', username).executeTakeFirstOrThrow();

describe('the own sessions', () => {
  test('are listed for their person alone, with the one that asks', async () => {
    const second = await hub.as('tech1');
    await hub.as('nurse1');
    const list = await open(second);
    expect(list).toHaveLength(2);
    expect(list.filter(({ current }) => current)).toHaveLength(1);
    const [mine] = await open(first).then((all) => all.filter(({ current }) => current));
    expect(list.find(({ id }) => id === mine?.id)).toMatchObject({ current: false, method: 'password' });
    expect(JSON.stringify(list)).not.toContain('token');
  });

  test('are closed one by one: the other browser is signed out at its next step, and it is on record', async () => {
    const second = await hub.as('tech1');
    const [mine] = (await open(second)).filter(({ current }) => current);
    expect((await first.delete(`/api/sessions/${mine?.id}`)).status).toBe(204);
    expect(said(await second.get('/api/session'))).toBe('401 unauthenticated');
    expect((await open(first)).map(({ id }) => id)).not.toContain(mine?.id);
    const acts = await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['action', 'actorName', 'subjectType'])
      .where('subjectId', '=', mine?.id ?? '')
      .orderBy('seq')
      .execute();
    expect(acts).toEqual([
      { action: 'session.open', actorName: '周志强', subjectType: 'session' },
      { action: 'session.close', actorName: '周志强', subjectType: 'session' },
    ]);
  });

  test('of somebody else is not there to be closed', async () => {
    const nurse = await hub.as('nurse1');
    const [hers] = await open(nurse);
    expect(said(await first.delete(`/api/sessions/${hers?.id}`))).toBe('404 not-found');
    expect(said(await first.delete('/api/sessions/mine'))).toBe('400 invalid');
    expect((await nurse.get('/api/session')).status).toBe(200);
  });

  test('that idled out are not called open', async () => {
    const doctor = await hub.as('doctor1');
    hub.clock.advance(20);
    const other = await hub.as('doctor1');
    expect(await open(other)).toHaveLength(2);
    hub.clock.advance(11);
    expect(await open(other), 'the first was not seen for thirty minutes').toMatchObject([{ current: true }]);
    expect((await doctor.get('/api/session')).status).toBe(401);
  });

  test('go on while they are used', async () => {
    const doctor = await hub.as('doctor2');
    for (let n = 0; n < 4; n++) {
      hub.clock.advance(29);
      expect((await doctor.get('/api/session')).status).toBe(200);
    }
  });

  test('end with a sign-out, and the browser is told to forget its cookie', async () => {
    const doctor = await hub.as('doctor3');
    const out = await fetch(`${hub.url}/api/session`, {
      method: 'DELETE',
      headers: { cookie: doctor.cookie, origin: hub.url },
    });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^hub_session=;.*Max-Age=0/);
    expect((await doctor.get('/api/session')).status).toBe(401);
    expect(said(await doctor.delete('/api/session')), 'twice').toBe('401 unauthenticated');
  });
});

describe('the own password', () => {
  const change = (client: Client, current: string, password: string) =>
    client.post('/api/session/password', { current, password });
  const fault = ({ body }: { body: { errors?: { path: string; code: string }[] } }) =>
    body.errors?.map(({ path, code }) => `${path}:${code}`).join();

  test.each([
    ['one that is wrong', 'Wrong-2026!', 'Other-2026!', '403 wrong-password', ''],
    ['the same again', 'Demo-2026!', 'Demo-2026!', '422 invalid', 'password:password-same'],
    ['a weak one', 'Demo-2026!', 'password', '422 invalid', 'password:password-rules'],
    ['the own name', 'Demo-2026!', 'Nurse1-2026', '422 invalid', 'password:password-rules'],
  ])('is not changed by %s', async (_what, current, password, refusal, faults) => {
    const nurse = await hub.as('nurse1');
    const before = await staff('nurse1');
    const answer = await change(nurse, current, password);
    expect([said(answer), fault(answer)]).toEqual([refusal, faults]);
    expect(await staff('nurse1')).toMatchObject({
      passwordHash: before.passwordHash,
      passwordChangedAt: before.passwordChangedAt,
    });
  });

  test('changed closes the other sessions and keeps this one; the old one opens nothing more', async () => {
    const [here, there] = [await hub.as('nurse1'), await hub.as('nurse1')];
    expect((await change(here, 'Demo-2026!', 'Newer-2026!')).body).toEqual({ ok: true });
    expect((await here.get('/api/session')).status).toBe(200);
    expect((await there.get('/api/session')).status).toBe(401);
    await expect(hub.as('nurse1')).rejects.toThrow('bad-credentials');
    await hub.as('nurse1', 'Newer-2026!');
    const { id } = await staff('nurse1');
    const acts = await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['actorId', 'detail'])
      .where('action', '=', 'staff.change-password')
      .execute();
    expect(acts).toEqual([{ actorId: id, detail: {} }]);
  });

  test('guessed at from an open session is locked like at the login', async () => {
    const village = await hub.as('village1');
    for (let n = 0; n < 4; n++)
      expect(said(await change(village, `guess${n}`, 'Other-2026!'))).toBe('403 wrong-password');
    const off = await fetch(`${hub.url}/api/session/totp`, {
      method: 'DELETE',
      headers: { cookie: village.cookie, origin: hub.url, 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'guess5' }),
    });
    expect(off.status).toBe(403);
    expect(said(await change(village, 'Demo-2026!', 'Other-2026!'))).toBe('423 locked');
    await expect(hub.as('village1')).rejects.toThrow('423');
    hub.clock.advance(16);
    await hub.as('village1');
  });

  test('given out by the administrator cannot be kept as it is', async () => {
    const admin = await hub.as('admin1');
    const { id } = await staff('courier1');
    await admin.post(`/api/staff/${id}/password`, { password: 'Given-2026!' });
    const courier = await hub.as('courier1', 'Given-2026!');
    expect(fault(await change(courier, 'Given-2026!', 'Given-2026!'))).toBe('password:password-same');
    expect(await staff('courier1')).toMatchObject({ mustChangePassword: true });
    expect((await change(courier, 'Given-2026!', 'Mine-2026!')).status).toBe(200);
    expect(await staff('courier1')).toMatchObject({ mustChangePassword: false });
  });
});

describe('the own settings', () => {
  const settings = async (client: Client) => (await client.get('/api/session')).body.settings as object;

  test('change one by one and belong to their person', async () => {
    const lab = await hub.as('lab1');
    await lab.put('/api/session/settings', { theme: 'dark', layout: { left: 30 } });
    await lab.put('/api/session/settings', { theme: 'light' });
    expect(await settings(lab)).toEqual({ theme: 'light', layout: { left: 30 } });
    expect(await settings(await hub.as('lab2'))).not.toHaveProperty('theme');
  });

  test('are bounded all together, and a change that is too large changes nothing', async () => {
    const lab = await hub.as('lab1');
    const before = await settings(lab);
    expect((await lab.put('/api/session/settings', { a: 'x'.repeat(60_000) })).status).toBe(200);
    expect(said(await lab.put('/api/session/settings', { b: 'x'.repeat(60_000) }))).toBe(
      '422 settings-too-large',
    );
    expect(Object.keys(await settings(lab)).sort()).toEqual([...Object.keys(before), 'a'].sort());
    expect((await lab.put('/api/session/settings', { a: null })).status, 'room is made again').toBe(200);
    expect(said(await lab.put('/api/session/settings', { ['n'.repeat(61)]: 1 }))).toBe('422 invalid');
    expect(said(await lab.put('/api/session/settings', ['a']))).toBe('422 invalid');
  });
});

describe('signing in by HTTP', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${hub.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: hub.url, ...headers },
      body: JSON.stringify(body),
    });

  test('sets a cookie that no script reads and no other site sends', async () => {
    const answer = await post({ username: 'qa1', password: 'Demo-2026!' });
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^hub_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(await answer.json())).not.toContain(cookie.slice(12, 55));
  });

  test.each([
    ['no name', { password: 'x' }],
    ['no password', { username: 'qa1' }],
    ['a name that is too long', { username: 'n'.repeat(65), password: 'x' }],
    ['a password that is too long', { username: 'qa1', password: 'p'.repeat(201) }],
    ['a code that is too long', { username: 'qa1', password: 'x', otp: '1'.repeat(21) }],
    ['a number for a password', { username: 'qa1', password: 12_345_678 }],
  ])('with %s is refused before anything is counted', async (_what, body) => {
    const before = (await staff('qa1')).failedLoginsAt;
    const answer = await post(body);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([422, []]);
    expect((await staff('qa1')).failedLoginsAt).toEqual(before);
  });

  test('says who is in, with rights and centres, and nothing that proves him', async () => {
    const qa = await hub.as('qa1');
    const me = (await qa.get('/api/session')).body;
    expect(me).toMatchObject({ username: 'qa1', institutionCode: 'QHRM', mustChangePassword: false });
    expect(me.roles).toMatchObject([{ role: 'quality', centerKind: null }]);
    expect(me.permissions).toEqual([...me.permissions].sort());
    expect(me.permissions).toContain('access.review');
    expect(me.permissions).not.toContain('audit.read');
    expect(me.centers.map((center: { kind: string }) => center.kind).sort()).toEqual(
      ['ecg', 'imaging', 'lab', 'pathology', 'sterilization'].sort(),
    );
    expect(JSON.stringify(me)).not.toMatch(/argon2|passwordHash/);
  });
});
