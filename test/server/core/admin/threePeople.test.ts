import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { NOWHERE, said, siteOf, staffOf, trailOf } from './trail.ts';

let hub: TestHub;
let security: Client;
let lead: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  security = await hub.as('security1');
  lead = await siteOf(hub, 'QHRM');
});
afterAll(() => hub?.close());

const give = async (username: string, role: string, more: object = {}) =>
  security.post(`/api/staff/${await staffOf(hub, username)}/roles`, { role, institutionId: lead, ...more });
const rolesOf = async (username: string) =>
  (
    await hub.ctx.db
      .selectFrom('staffRole')
      .select('role')
      .where('staffId', '=', await staffOf(hub, username))
      .where('revokedAt', 'is', null)
      .orderBy('role')
      .execute()
  ).map(({ role }) => role);

describe('who sets up, who grants and who looks at the trail', () => {
  test.each([
    ['admin1', 'auditor'],
    ['admin1', 'security-admin'],
    ['auditor1', 'system-admin'],
    ['auditor1', 'security-admin'],
  ])('are three people: %s does not become %s', async (username, role) => {
    const before = await rolesOf(username);
    const { result, rows } = await trailOf(hub, () => give(username, role));
    expect(said(result)).toBe('409 one-administrator');
    expect(await rolesOf(username)).toEqual(before);
    expect(rows).toEqual([]);
  });

  test('may hold a role of another kind, or the same one elsewhere', async () => {
    expect(said(await give('admin1', 'courier'))).toBe('201');
    const made = await give('admin1', 'system-admin', { institutionId: await siteOf(hub, 'LIUHE') });
    expect(said(made)).toBe('201');
  });

  test('granted two at once to one person leaves him with one', async () => {
    const both = await Promise.all([give('doctor4', 'auditor'), give('doctor4', 'system-admin')]);
    expect(both.map(said).sort()).toEqual(['201', '409 one-administrator']);
    expect(await rolesOf('doctor4')).toHaveLength(2);
  });

  test('change places when the old role is taken first', async () => {
    const [held] = await hub.ctx.db
      .selectFrom('staffRole')
      .select('id')
      .where('staffId', '=', await staffOf(hub, 'auditor1'))
      .execute();
    expect(said(await security.delete(`/api/staff-roles/${held?.id}`))).toBe('204');
    expect(said(await give('auditor1', 'system-admin'))).toBe('201');
    expect(await rolesOf('auditor1')).toEqual(['system-admin']);
  });
});

describe('a role', () => {
  test('is held once at a place; taken and given again it is a new one', async () => {
    expect(said(await give('nurse1', 'technician'))).toBe('201');
    expect(said(await give('nurse1', 'technician'))).toBe('409 exists');
    expect(said(await give('nurse1', 'technician', { centerKind: 'ecg' })), 'another reach').toBe('201');
    const [{ id }] = (await hub.ctx.db
      .selectFrom('staffRole')
      .select('id')
      .where('staffId', '=', await staffOf(hub, 'nurse1'))
      .where('role', '=', 'technician')
      .where('centerKind', 'is', null)
      .execute()) as [{ id: string }];
    expect(said(await security.delete(`/api/staff-roles/${id}`))).toBe('204');
    const again = await give('nurse1', 'technician');
    expect([said(again), again.body.id === id]).toEqual(['201', false]);
  });

  test('names who gave it, and the database keeps anybody from giving it to himself', async () => {
    const made = await give('tech1', 'nurse');
    expect(made.body).toMatchObject({ grantedBy: await staffOf(hub, 'security1'), centerKind: null });
    const staffId = await staffOf(hub, 'security1');
    await expect(
      hub.ctx.db
        .insertInto('staffRole')
        .values({ staffId, grantedBy: staffId, role: 'quality', institutionId: lead })
        .execute(),
    ).rejects.toThrow(/check constraint/);
  });

  test.each([
    ['of no kind', { role: 'king' }, /^422 invalid role/],
    ['at no place', { institutionId: NOWHERE }, /^422 unknown-reference$/],
    ['at no institution at all', { institutionId: undefined }, /^422 invalid institutionId/],
    ['in a centre that there is not', { centerKind: 'dental' }, /^422 invalid centerKind/],
  ])('%s is not given', async (_what, more, refusal) => {
    const before = await rolesOf('doctor3');
    expect(said(await give('doctor3', 'nurse', more))).toMatch(refusal);
    expect(await rolesOf('doctor3')).toEqual(before);
  });

  test('taken ends what it opened with the next request, also a stream of pages', async () => {
    const doctor = await hub.as('doctor2');
    expect((await doctor.get('/api/orders')).status).toBe(200);
    const [held] = await hub.ctx.db
      .selectFrom('staffRole')
      .select('id')
      .where('staffId', '=', await staffOf(hub, 'doctor2'))
      .execute();
    await security.delete(`/api/staff-roles/${held?.id}`);
    expect(said(await doctor.get('/api/orders'))).toBe('403 forbidden');
    expect((await doctor.get('/api/session')).body.permissions).toEqual([]);
    expect((await doctor.get('/dicom-web/studies')).status).toBe(403);
  });
});

test('whoever only sets up or grants reads no patient, no case and no trail', async () => {
  const paths = ['/api/orders', '/api/patients?q=x', '/api/audit', '/api/notifiable', '/api/access-grants'];
  const answers = async (username: string) => {
    const client = await hub.as(username);
    return Promise.all(paths.map(async (path) => (await client.get(path)).status));
  };
  expect(await answers('security1'), 'reviews openings').toEqual([403, 403, 403, 403, 200]);
  expect(await answers('regulator1')).toEqual([403, 403, 403, 403, 403]);
});
