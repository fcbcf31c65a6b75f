import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '../../../../server/core/access/signIn.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let nurse: Client;
let totp: TOTP;
let recoveryCodes: string[];
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  nurse = await hub.as('nurse1');
});
afterAll(() => hub?.close());

const STEP_MS = 30_000;
const row = (username = 'nurse1') =>
  hub.ctx.db.selectFrom('staff').selectAll().where('username', '=', username).executeTakeFirstOrThrow();
let addresses = 0;
/** Signs in with a code from an address of its own; the status and what was wrong. */
const enter = (otp?: string, username = 'nurse1') =>
  signIn(hub.ctx, {
    username,
    password: 'Demo-2026!',
    address: `10.7.0.${++addresses}`,
    userAgent: 'test',
    ...(otp !== undefined && { otp }),
  }).then(
    () => 'in',
    (error: unknown) => `${(error as { status: number }).status} ${(error as { type: string }).type}`,
  );
const codeAt = (steps: number) => totp.generate({ timestamp: Date.now() + steps * STEP_MS });
const audit = async (action: string) =>
  hub.ctx.db
    .selectFrom('auditEvent')
    .select(['actorName', 'subjectId', 'detail'])
    .where('action', '=', action)
    .orderBy('seq')
    .execute();

describe('setting it up', () => {
  test('begins with a secret that is stored sealed and asked of nobody before it is confirmed', async () => {
    const refusedEarly = await nurse.post('/api/session/totp/confirm', { otp: '123456' });
    expect([refusedEarly.status, refusedEarly.body.type]).toEqual([422, 'begin-second-factor']);
    const begun = await nurse.post('/api/session/totp');
    expect(begun.status).toBe(200);
    const { secret, uri } = begun.body as { secret: string; uri: string };
    expect(Secret.fromBase32(secret).bytes).toHaveLength(20);
    expect(new URL(uri).protocol).toBe('otpauth:');
    expect(decodeURIComponent(uri)).toContain('County Hub:nurse1');
    const stored = await row();
    expect(stored.totpSecret).not.toContain(secret);
    expect(hub.ctx.keys.decrypt(stored.totpSecret ?? '')).toBe(secret);
    expect(await enter()).toBe('in');
  });

  test('takes the last secret only, and a wrong code sets nothing up', async () => {
    const first = (await nurse.post('/api/session/totp')).body.secret as string;
    const second = (await nurse.post('/api/session/totp')).body.secret as string;
    expect(second).not.toBe(first);
    for (const secret of [first, undefined]) {
      const otp = secret ? new TOTP({ secret: Secret.fromBase32(secret) }).generate() : 'abcdef';
      const answer = await nurse.post('/api/session/totp/confirm', { otp });
      expect([answer.status, answer.body.errors]).toMatchObject([422, [{ path: 'otp', code: 'otp' }]]);
    }
    expect(await row()).toMatchObject({ totpConfirmedAt: null, recoveryCodes: [] });
    expect(await audit('staff.totp-on')).toEqual([]);
    totp = new TOTP({ secret: Secret.fromBase32(second) });
  });

  test('answers ten recovery codes once, keeps their hashes, and is on record', async () => {
    const answer = await nurse.post('/api/session/totp/confirm', { otp: totp.generate() });
    recoveryCodes = answer.body.recoveryCodes as string[];
    expect(new Set(recoveryCodes).size).toBe(10);
    const stored = await row();
    expect(stored.totpConfirmedAt).not.toBeNull();
    expect(stored.recoveryCodes).toEqual(recoveryCodes.map((code) => hub.ctx.keys.lookup(code)));
    expect(await audit('staff.totp-on')).toEqual([{ actorName: '吴秀兰', subjectId: stored.id, detail: {} }]);
    expect((await nurse.get('/api/session')).body.totpConfirmedAt).toBeTruthy();
    expect(JSON.stringify((await nurse.get('/api/session')).body)).not.toMatch(/recoveryCodes|totpSecret/);
  });

  test('is not begun anew over one that is in use', async () => {
    const before = (await row()).totpSecret;
    const answer = await nurse.post('/api/session/totp');
    expect([answer.status, answer.body.type]).toEqual([409, 'totp-on']);
    expect((await row()).totpSecret).toBe(before);
  });
});

describe('a code', () => {
  test.each([
    ['none', undefined, '401 otp-required'],
    ['an empty one', '', '401 otp-required'],
    ['of digits that are wrong', '000000', '401 bad-code'],
    ['of letters', 'abcdef', '401 bad-code'],
    ['too short', '12345', '401 bad-code'],
  ])('%s opens nothing', async (_what, otp, answer) => {
    expect(await enter(otp)).toBe(answer);
  });

  test('of two steps ago or ahead is none, of the step before or after it is', async () => {
    await hub.ctx.db
      .updateTable('staff')
      .set({ failedLoginsAt: [] })
      .where('username', '=', 'nurse1')
      .execute();
    for (const steps of [-3, 3]) expect(await enter(codeAt(steps))).toBe('401 bad-code');
    expect(await enter(codeAt(-1))).toBe('in');
    expect(await enter(codeAt(1))).toBe('in');
    expect(await enter(codeAt(0)), 'an older step than the last one used').toBe('401 bad-code');
  });

  test('sent by two at the same moment opens one session', async () => {
    await hub.ctx.db
      .updateTable('staff')
      .set({ totpStep: 0, failedLoginsAt: [] })
      .where('username', '=', 'nurse1')
      .execute();
    const code = codeAt(0);
    expect((await Promise.all([enter(code), enter(code), enter(code)])).sort()).toEqual([
      '401 bad-code',
      '401 bad-code',
      'in',
    ]);
  });

  test('of recovery is read with spaces, hyphens and capitals, and opens once', async () => {
    const [first = '', second = ''] = recoveryCodes;
    const typed = `${first.slice(0, 5)}-${first.slice(5)}`.toUpperCase();
    expect(await enter(typed)).toBe('in');
    expect(await enter(first)).toBe('401 bad-code');
    expect((await Promise.all([enter(second), enter(second)])).sort()).toEqual(['401 bad-code', 'in']);
    expect((await row()).recoveryCodes).toEqual(
      recoveryCodes.slice(2).map((code) => hub.ctx.keys.lookup(code)),
    );
  });

  test('of somebody else’s recovery is none', async () => {
    const tech = await hub.as('tech1');
    const { secret } = (await tech.post('/api/session/totp')).body;
    const own = new TOTP({ secret: Secret.fromBase32(secret) });
    await tech.post('/api/session/totp/confirm', { otp: own.generate() });
    expect(await enter(recoveryCodes[3], 'tech1')).toBe('401 bad-code');
    expect((await row()).recoveryCodes).toHaveLength(8);
  });

  test('that is wrong five times locks the account, whose right code is then refused too', async () => {
    hub.clock.advance(16);
    for (let n = 0; n < 5; n++) expect(await enter('000000', 'tech1')).toBe('401 bad-code');
    expect(await enter('000000', 'tech1')).toBe('423 locked');
    hub.clock.advance(16);
  });

  test('stands in the audit of the session as the factor that was asked', async () => {
    expect(await enter(recoveryCodes[4])).toBe('in');
    expect((await audit('session.open')).at(-1)?.detail).toEqual({
      method: 'password',
      secondFactor: 'totp',
    });
  });
});

describe('taking it off', () => {
  test('by the security administrator for a lost phone lets the password open alone, and names him', async () => {
    const security = await hub.as('security1');
    const { id } = await row('tech1');
    expect((await (await hub.as('admin1')).delete(`/api/staff/${id}/totp`)).status).toBe(403);
    expect(await enter(undefined, 'tech1')).toBe('401 otp-required');
    expect((await security.delete(`/api/staff/${id}/totp`)).status).toBe(204);
    expect(await row('tech1')).toMatchObject({ totpSecret: null, totpConfirmedAt: null, recoveryCodes: [] });
    expect(await enter(undefined, 'tech1')).toBe('in');
    const [{ name }] = (await hub.ctx.db
      .selectFrom('staff')
      .select('name')
      .where('username', '=', 'security1')
      .execute()) as [{ name: string }];
    expect(await audit('staff.totp-off')).toEqual([{ actorName: name, subjectId: id, detail: {} }]);
  });

  test('by its person needs the password; a wrong one leaves it on', async () => {
    const me = await hub.as('tech1');
    const off = (body: object) =>
      fetch(`${hub.url}/api/session/totp`, {
        method: 'DELETE',
        headers: { cookie: me.cookie, origin: hub.url, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await me.post('/api/session/totp');
    expect((await off({})).status).toBe(422);
    expect((await off({ password: 'x' })).status).toBe(403);
    expect((await row('tech1')).totpSecret).not.toBeNull();
    expect((await off({ password: 'Demo-2026!' })).status).toBe(204);
    expect((await row('tech1')).totpSecret).toBeNull();
  });
});
