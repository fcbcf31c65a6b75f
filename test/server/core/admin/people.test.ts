import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealEveryRow } from '../../../helpers/audit.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let admin: Client, security: Client, auditor: Client;
let liuhe: string, lead: string;
const NOWHERE = '00000000-0000-4000-8000-000000000000';
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [admin, security, auditor] = await Promise.all([hub.as('admin1'), hub.as('security1'), hub.as('auditor1')]);
  [liuhe, lead] = (await Promise.all(['LIUHE', 'QHRM'].map(siteOf))) as [string, string];
});
afterAll(() => hub?.close());

const siteOf = async (code: string) =>
  (await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', code).executeTakeFirstOrThrow())
    .id;
const staffOf = async (username: string) =>
  (
    await hub.ctx.db
      .selectFrom('staff')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow()
  ).id;
const said = ({ status, body }: { status: number; body: unknown }) => {
  const { type, errors } = (body ?? {}) as { type?: string; errors?: { path: string; code: string }[] };
  return [status, type, ...(errors ?? []).map(({ path, code }) => `${path}:${code}`)]
    .filter((part) => part !== undefined)
    .join(' ');
};
const newcomer = (more: object = {}) => ({
  username: 'new.one',
  name: '新来',
  institutionId: liuhe,
  password: 'Given-2026!',
  ...more,
});

describe('a person', () => {
  test.each([
    ['a name that is taken', { username: 'doctor1' }, '409 exists'],
    ['a user name with a blank', { username: 'new one' }, '422 invalid username:invalid_format'],
    ['a user name of one letter', { username: 'n' }, '422 invalid username:invalid_format'],
    ['a weak password', { password: 'password' }, '422 invalid password:password-rules'],
    [
      'his own name as password',
      { username: 'Xiaoming1', password: 'xiaoming1-A' },
      '422 invalid password:password-rules',
    ],
    ['a site that is nowhere', { institutionId: NOWHERE }, '422 unknown-reference'],
    ['a licence for no centre', { licenceScope: ['dentistry'] }, '422 invalid licenceScope.0:licence-scope'],
    [
      'a licence in small letters',
      { licenceScope: ['imaging:us'] },
      '422 invalid licenceScope.0:licence-scope',
    ],
    [
      'a licence until the 30th of February',
      { licenceUntil: '2026-02-30' },
      '422 invalid licenceUntil:invalid_format',
    ],
  ])('is not added under %s', async (_what, change, refusal) => {
    expect(said(await admin.post('/api/staff', newcomer(change)))).toBe(refusal);
  });

  test('is added without rights, changed, given a new password that ends his sessions, and retired', async () => {
    const made = await admin.post('/api/staff', newcomer({ licenceScope: ['imaging', 'imaging:US'] }));
    expect(made.status).toBe(201);
    expect(Object.keys(made.body as object).sort()).toEqual(['id', 'name', 'username']);
    const path = `/api/staff/${(made.body as { id: string }).id}`;
    const before = await hub.as('new.one', 'Given-2026!');
    expect(said(await admin.put(path, { name: '' }))).toBe('422 invalid name:required');
    expect(said(await admin.put(path, {}))).toBe('422 invalid :nothing-to-change');
    expect(said(await admin.put(`/api/staff/${NOWHERE}`, { title: 'x' }))).toBe('404 not-found');
    expect((await admin.put(path, { title: '主治医师' })).body).toMatchObject({ active: true });
    expect(said(await admin.post(`${path}/password`, { password: 'new.one-2026A' }))).toBe(
      '422 invalid password:password-rules',
    );
    expect(said(await admin.post(`/api/staff/${NOWHERE}/password`, { password: 'Other-2026!' }))).toBe(
      '404 not-found',
    );
    expect((await admin.post(`${path}/password`, { password: 'Other-2026!' })).status).toBe(200);
    expect((await before.get('/api/session')).status, 'the session is over').toBe(401);
    const after = await hub.as('new.one', 'Other-2026!');
    expect((await admin.put(path, { active: false })).body).toMatchObject({ active: false });
    expect((await after.get('/api/session')).status).toBe(401);
    await expect(hub.as('new.one', 'Other-2026!')).rejects.toThrow('401');
  });

  test('is found by a part of the name, page by page; % and _ are letters', async () => {
    const list = async (query: string) =>
      (await admin.get(`/api/staff?${query}`)).body as {
        items: { username: string }[];
        nextCursor: string | null;
      };
    expect((await list('q=radiologist')).items.map(({ username }) => username)).toEqual([
      'radiologist1',
      'radiologist2',
    ]);
    expect((await list('q=郑国')).items.map(({ username }) => username)).toEqual(['doctor1']);
    expect((await list('q=%25')).items).toEqual([]);
    expect((await list('q=_')).items).toEqual([]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<typeof list>> = await list(`limit=7${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ username }) => username));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toEqual(expect.arrayContaining(['admin1', 'doctor1', 'village1']));
    expect(JSON.stringify(await list('limit=200'))).not.toMatch(
      /argon2|passwordHash|totpSecret|recoveryCodes/,
    );
  });
});

describe('a right', () => {
  test('is granted by the security administrator alone, to others, and works with the next request', async () => {
    const nurse = await hub.as('nurse1');
    const id = await staffOf('nurse1');
    const grant = { role: 'technician', institutionId: liuhe };
    expect((await admin.post(`/api/staff/${id}/roles`, grant)).status).toBe(403);
    expect(said(await security.post(`/api/staff/${id}/roles`, { ...grant, role: 'king' }))).toMatch(
      /^422 invalid role/,
    );
    expect(said(await security.post(`/api/staff/${NOWHERE}/roles`, grant))).toBe('422 unknown-reference');
    expect(said(await security.post(`/api/staff/${await staffOf('security1')}/roles`, grant))).toBe(
      '403 own-rights',
    );
    const made = await security.post(`/api/staff/${id}/roles`, { ...grant, role: 'clinician' });
    expect(made.status).toBe(201);
    const permissions = async () =>
      ((await nurse.get('/api/session')).body as { permissions: string[] }).permissions;
    expect(await permissions()).toContain('report.acknowledge');
    const role = `/api/staff-roles/${(made.body as { id: string }).id}`;
    expect((await security.delete(role)).status).toBe(204);
    expect(await permissions()).not.toContain('report.acknowledge');
    expect(said(await security.delete(role)), 'once').toBe('404 not-found');
    const own = await hub.ctx.db
      .selectFrom('staffRole')
      .select('id')
      .where('staffId', '=', await staffOf('security1'))
      .executeTakeFirstOrThrow();
    expect(said(await security.delete(`/api/staff-roles/${own.id}`))).toBe('403 own-rights');
    expect((await security.get('/api/session')).status, 'and keeps it').toBe(200);
    expect(said(await security.delete(`/api/staff/${await staffOf('security1')}/totp`))).toBe(
      '403 own-rights',
    );
    expect(said(await security.delete(`/api/staff/${NOWHERE}/totp`))).toBe('404 not-found');
    const acts = await auditor.get(`/api/audit?subjectId=${id}&action=security.`);
    expect((acts.body as { items: { action: string; detail: object }[] }).items).toMatchObject([
      { action: 'security.revoke', detail: { role: 'clinician', institutionId: liuhe } },
      { action: 'security.grant', detail: { role: 'clinician', institutionId: liuhe } },
    ]);
  });
});

describe('a machine token', () => {
  test.each([
    ['nothing', {}, '422 invalid verbs:token-empty'],
    ['the administration of people', { verbs: ['admin.staff'] }, /^422 invalid verbs\.0/],
    ['the audit trail', { verbs: ['audit.read'] }, /^422 invalid verbs\.0/],
    ['rights', { verbs: ['security.grant'] }, /^422 invalid verbs\.0/],
    ['a scope of no type here', { scopes: ['system/Medication.rs'] }, '422 invalid scopes.0:fhir-scope'],
    ['more than two years', { verbs: ['order.read'], days: 731 }, '422 invalid days:too_big'],
    ['a site that is nowhere', { verbs: ['order.read'], institutionId: NOWHERE }, '422 unknown-reference'],
  ])('is not made for %s', async (_what, change, refusal) => {
    const answer = said(await admin.post('/api/tokens', { name: 'HIS', institutionId: liuhe, ...change }));
    if (typeof refusal === 'string') expect(answer).toBe(refusal);
    else expect(answer).toMatch(refusal);
  });

  test('is shown once, ends with its day and its revocation, and never stands in a list or in the audit', async () => {
    const made = async (days: number) =>
      (
        await admin.post('/api/tokens', {
          name: `T${days}`,
          institutionId: liuhe,
          verbs: ['order.read'],
          days,
        })
      ).body as { id: string; token: string };
    const [short, long] = [await made(1), await made(30)];
    const status = async (token: string) => {
      const answer = await fetch(`${hub.url}/api/orders`, { headers: { authorization: `Bearer ${token}` } });
      await answer.body?.cancel();
      return answer.status;
    };
    expect([await status(short.token), await status(long.token), await status(`${long.token}x`)]).toEqual([
      200, 200, 401,
    ]);
    hub.clock.advance(1_441);
    [admin, security, auditor] = await Promise.all([
      hub.as('admin1'),
      hub.as('security1'),
      hub.as('auditor1'),
    ]);
    expect([await status(short.token), await status(long.token)]).toEqual([401, 200]);
    expect((await admin.delete(`/api/tokens/${long.id}`)).status).toBe(204);
    expect(await status(long.token)).toBe(401);
    expect(said(await admin.delete(`/api/tokens/${long.id}`))).toBe('404 not-found');
    const list = await admin.get('/api/tokens');
    expect(
      (list.body as { items: { name: string; institutionName: string }[] }).items.map(({ name }) => name),
    ).toEqual(expect.arrayContaining(['T1', 'T30']));
    const trail = await auditor.get('/api/audit?action=token.&limit=200');
    for (const text of [JSON.stringify(list.body), JSON.stringify(trail.body)])
      for (const { token } of [short, long]) expect(text).not.toContain(token.slice(4));
  });
});

describe('the audit trail', () => {
  test('is narrowed by act, person, outcome and time, and walked page by page', async () => {
    type Page = {
      items: { seq: number; action: string; outcome: string; actorId: string; at: string }[];
      nextCursor: string | null;
    };
    const trail = async (query: string) => (await auditor.get(`/api/audit?${query}`)).body as Page;
    const all = (await trail('limit=200')).items;
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null && seen.length < all.length;) {
      const page: Page = await trail(`limit=9${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ seq }) => seq));
      cursor = page.nextCursor;
    }
    // the first look stands in the trail itself
    expect(seen.slice(1, all.length)).toEqual(all.map(({ seq }) => seq).slice(0, all.length - 1));
    expect((await trail('outcome=denied&limit=200')).items.every(({ outcome }) => outcome === 'denied')).toBe(
      true,
    );
    expect(
      (await trail('action=session.open&limit=200')).items.every(({ action }) => action === 'session.open'),
    ).toBe(true);
    expect((await trail('action=%25')).items, '% is a letter').toEqual([]);
    const id = await staffOf('admin1');
    const own = (await trail(`actorId=${id}&limit=200`)).items;
    expect(own.length).toBeGreaterThan(3);
    expect(own.every(({ actorId }) => actorId === id)).toBe(true);
    const [newest] = own;
    expect(
      (await trail(`actorId=${id}&to=${encodeURIComponent(newest?.at ?? '')}&limit=200`)).items[0]?.seq,
    ).toBe(own[1]?.seq);
    expect(said(await auditor.get('/api/audit?cursor=abc'))).toBe('400 bad-request');
    expect((await admin.get('/api/audit')).status, 'by the auditor alone').toBe(403);
  });

  test('is verified by the auditor over everything that was done here', async () => {
    await sealEveryRow(hub.ctx);
    const verdict = async () =>
      (await auditor.post('/api/audit/verify')).body as { fault?: object; sealed: number };
    const { sealed, fault } = await verdict();
    expect([sealed > 10, fault]).toEqual([true, undefined]);
  });
});

describe('an institution, a centre, a device', () => {
  const site = (more: object = {}) => ({
    code: 'NEW-1',
    name: '新镇卫生院',
    shortName: '新镇',
    kind: 'township',
    ...more,
  });
  test('an institution stands once under its code, is not its own parent, and its credit code is checked', async () => {
    expect(said(await admin.post('/api/institutions', site({ code: 'liuhe' })))).toBe(
      '422 invalid code:invalid_format',
    );
    expect(said(await admin.post('/api/institutions', site({ code: 'LIUHE' })))).toBe('409 exists');
    expect(said(await admin.post('/api/institutions', site({ creditCode: '91350100M000100Y44' })))).toBe(
      '422 invalid creditCode:credit-code',
    );
    expect(said(await admin.post('/api/institutions', site({ parentId: NOWHERE })))).toBe(
      '422 unknown-reference',
    );
    const made = await admin.post(
      '/api/institutions',
      site({ creditCode: '91350100M000100Y43', parentId: lead }),
    );
    expect(made.body).toMatchObject({ code: 'NEW-1', active: true, parentId: lead });
    const path = `/api/institutions/${(made.body as { id: string }).id}`;
    expect(said(await admin.put(path, { parentId: (made.body as { id: string }).id }))).toBe(
      '422 own-parent',
    );
    const below = async (parentId: unknown, code: string) =>
      (await admin.post('/api/institutions', site({ code, parentId }))).body as { id: string };
    const child = await below((made.body as { id: string }).id, 'NEW-2');
    const grandchild = await below(child.id, 'NEW-3');
    expect(said(await admin.put(path, { parentId: grandchild.id }))).toBe('422 own-parent');
    expect((await admin.put(`/api/institutions/${grandchild.id}`, { parentId: lead })).status).toBe(200);
    // Two that move at once below each other: one of them does not.
    const moved = await Promise.all([
      admin.put(`/api/institutions/${child.id}`, { parentId: grandchild.id }),
      admin.put(`/api/institutions/${grandchild.id}`, { parentId: child.id }),
    ]);
    expect(moved.map(said).sort()).toEqual(['200', '422 own-parent']);
    expect(said(await admin.put(path, { code: 'LIUHE' }))).toBe('409 exists');
    expect(said(await admin.put(`/api/institutions/${NOWHERE}`, { name: 'x' }))).toBe('404 not-found');
    expect((await admin.put(path, { dutyPhone: null, active: false })).body).toMatchObject({
      active: false,
      name: '新镇卫生院',
    });
  });

  test('a centre is switched on once; its rules have bounds', async () => {
    expect(said(await admin.post('/api/centers', { kind: 'imaging', institutionId: lead }))).toBe(
      '409 exists',
    );
    const made = await admin.post('/api/centers', { kind: 'imaging', institutionId: liuhe });
    expect(made.status).toBe(201);
    const path = `/api/centers/${(made.body as { id: string }).id}`;
    expect(said(await admin.put(path, { claimIdleMinutes: 0 }))).toBe(
      '422 invalid claimIdleMinutes:too_small',
    );
    expect(said(await admin.put(path, { claimIdleMinutes: 1_441 }))).toBe(
      '422 invalid claimIdleMinutes:too_big',
    );
    expect(said(await admin.put(`/api/centers/${NOWHERE}`, { active: false }))).toBe('404 not-found');
    expect((await admin.put(path, { active: false, twoPerson: false })).body).toMatchObject({
      active: false,
      twoPerson: false,
      twoPersonEmergency: true,
    });
  });

  test('a device of a site is admitted, one of no site is unknown and stands first; it is blocked by name', async () => {
    const post = async (more: object) =>
      admin.post('/api/devices', { kind: 'dicom', name: '新 CT', ...more });
    expect(said(await post({ aeTitle: 'A'.repeat(17) }))).toBe('422 invalid aeTitle:invalid_format');
    expect(said(await post({ aeTitle: '柳河' }))).toBe('422 invalid aeTitle:invalid_format');
    expect(said(await post({ dicomPort: 65_536 }))).toBe('422 invalid dicomPort:too_big');
    const [known, unknown] = [
      await post({ institutionId: liuhe, aeTitle: 'NEWCT' }),
      await post({ aeTitle: 'STRAY' }),
    ];
    expect([known.body, unknown.body]).toMatchObject([{ state: 'admitted' }, { state: 'unknown' }]);
    const list = (await admin.get('/api/devices')).body as { items: { state: string; id: string }[] };
    expect(list.items[0]?.state).toBe('unknown');
    const path = `/api/devices/${(unknown.body as { id: string }).id}`;
    expect((await admin.put(path, { state: 'blocked' })).body).toMatchObject({
      state: 'blocked',
      aeTitle: 'STRAY',
    });
    expect(said(await admin.put(`/api/devices/${NOWHERE}`, { state: 'blocked' }))).toBe('404 not-found');
  });
});
