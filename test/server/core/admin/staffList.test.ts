import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { grant, said, siteOf, staffOf } from './trail.ts';

let hub: TestHub;
let admin: Client;
let town: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  admin = await hub.as('admin1');
  town = await siteOf(hub, 'LIUHE');
});
afterAll(() => hub?.close());

type Person = Record<string, unknown> & { id: string; username: string; roles: Record<string, unknown>[] };
const list = async (client: Client, query: string) =>
  (await client.get(`/api/staff?${query}`)).body.items as Person[];

describe('the list of staff', () => {
  test.each([
    ['admin1', '200'],
    ['security1', '200'],
    ['head1', '200'],
    ['duty1', '200'],
    ['qa1', '200'],
    ['doctor1', '403 forbidden'],
    ['radiologist2', '403 forbidden'],
    ['registrar1', '403 forbidden'],
    ['auditor1', '403 forbidden'],
    ['regulator1', '403 forbidden'],
  ])('is read by %s: %s', async (name, answer) => {
    expect(said(await (await hub.as(name)).get('/api/staff?limit=5'))).toBe(answer);
  });

  test('shows each with the roles held now, where and in which centre, and no secret', async () => {
    const id = await staffOf(hub, 'nurse1');
    await grant(hub, { staffId: id, institutionId: town, role: 'technician', centerKind: 'ecg' });
    await hub.ctx.db
      .insertInto('staffRole')
      .values({ staffId: id, institutionId: town, role: 'clinician', revokedAt: hub.ctx.clock.now() })
      .execute();
    const [nurse] = await list(admin, 'q=nurse1');
    expect(nurse).toMatchObject({ id, institutionName: expect.any(String), active: true, lockedUntil: null });
    expect(nurse?.roles.map(({ role, centerKind }) => [role, centerKind])).toEqual([
      ['nurse', null],
      ['technician', 'ecg'],
    ]);
    expect(
      Object.keys(nurse ?? {}).filter((key) => /hash|secret|recovery|settings|failed/i.test(key)),
    ).toEqual([]);
  });

  test('is narrowed to an institution, with those who have left as such', async () => {
    const before = await list(admin, `institutionId=${town}`);
    expect(before.map(({ username }) => username)).toEqual(['doctor1', 'nurse1', 'tech1']);
    const id = await staffOf(hub, 'tech1');
    await admin.put(`/api/staff/${id}`, { active: false });
    expect((await list(admin, `institutionId=${town}`)).find((row) => row.id === id)).toMatchObject({
      active: false,
    });
    await admin.put(`/api/staff/${id}`, { active: true });
    expect(said(await admin.get('/api/staff?institutionId=town'))).toMatch(/^400 invalid institutionId/);
  });
});

describe('a licence', () => {
  const change = async (body: object) => admin.put(`/api/staff/${await staffOf(hub, 'radiologist1')}`, body);
  test.each([
    ['of centres and modalities', { licenceScope: ['imaging', 'imaging:US', 'ecg'] }, '200'],
    ['of none', { licenceScope: [] }, '200'],
    [
      'of a centre that there is not',
      { licenceScope: ['dental'] },
      '422 invalid licenceScope.0:licence-scope',
    ],
    [
      'of a modality of seventeen',
      { licenceScope: [`imaging:${'U'.repeat(17)}`] },
      '422 invalid licenceScope.0:licence-scope',
    ],
    ['of twenty-one scopes', { licenceScope: Array(21).fill('ecg') }, '422 invalid licenceScope:too_big'],
    ['until a day', { licenceUntil: '2027-06-30' }, '200'],
    ['until no day', { licenceUntil: null }, '200'],
    ['until an instant', { licenceUntil: '2027-06-30T00:00:00Z' }, '422 invalid licenceUntil:invalid_format'],
  ])('%s is taken or refused by its field', async (_what, body, answer) => {
    expect(said(await change(body))).toBe(answer);
  });

  test('is kept as it was sent, day for day', async () => {
    await change({ licenceUntil: '2027-03-01', licenceScope: ['imaging:CT'], licenceNumber: '110' });
    const [row] = await list(admin, 'q=radiologist1');
    expect(row).toMatchObject({
      licenceUntil: '2027-03-01',
      licenceScope: ['imaging:CT'],
      licenceNumber: '110',
    });
  });
});

describe('closing an account', () => {
  test('ends its sessions at once, opens nothing until it is opened again, and then with a new sign-in only', async () => {
    const village = await hub.as('village1');
    const path = `/api/staff/${await staffOf(hub, 'village1')}`;
    await admin.put(path, { active: false });
    expect((await village.get('/api/session')).status).toBe(401);
    await expect(hub.as('village1')).rejects.toThrow('401');
    await admin.put(path, { active: true });
    expect((await village.get('/api/session')).status, 'the old session stays closed').toBe(401);
    expect((await (await hub.as('village1')).get('/api/session')).status).toBe(200);
  });

  test('and any other change of him ends none', async () => {
    const courier = await hub.as('courier1');
    await admin.put(`/api/staff/${await staffOf(hub, 'courier1')}`, { title: '队长', phone: null });
    expect((await courier.get('/api/session')).body).toMatchObject({ title: '队长' });
  });

  test('does not lift a lock; a new first password does, and ends what was open', async () => {
    const id = await staffOf(hub, 'lab1');
    const lab = await hub.as('lab1');
    const until = new Date(hub.ctx.clock.now().getTime() + 600_000);
    await hub.ctx.db.updateTable('staff').set({ lockedUntil: until }).where('id', '=', id).execute();
    await admin.put(`/api/staff/${id}`, { title: '主管' });
    await expect(hub.as('lab1')).rejects.toThrow('423');
    expect((await admin.post(`/api/staff/${id}/password`, { password: 'Given-2026!' })).status).toBe(200);
    expect((await lab.get('/api/session')).status).toBe(401);
    expect((await (await hub.as('lab1', 'Given-2026!')).get('/api/session')).body.mustChangePassword).toBe(
      true,
    );
  });
});
