import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CookieBrowser } from '../../../../helpers/cookieBrowser.ts';
import { CLIENT, freePort, startIdentityProvider, type Peer } from '../../../../helpers/identityProvider.ts';
import { startHub, type Client, type TestHub } from '../../../../helpers/hub.ts';

let hub: TestHub;
let peer: Peer;
let security: Client;
let url: string;
beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  peer = await startIdentityProvider(url);
  hub = await startHub({
    env: {
      PORT: String(port),
      HUB_ROLES: 'web',
      OIDC_ISSUER: `${peer.issuer}/`,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_LABEL: '健康青禾统一认证',
      OIDC_SECOND_FACTOR: 'otp mfa',
    },
  });
});
afterAll(async () => {
  await hub?.close();
  await peer?.stop();
});
beforeEach(async () => {
  security = await hub.as('security1');
});

const START = '/api/session/provider';
const isCallback = (location: string) => location.startsWith(`${url}${START}/callback`);

const staffId = async (username: string): Promise<string> =>
  (await security.get(`/api/staff?q=${username}`)).body.items[0].id;
const link = async (username: string, subject: string) =>
  security.put(`/api/staff/${await staffId(username)}/identity`, { subject });
const lastAudit = (action: string) =>
  hub.ctx.db
    .selectFrom('auditEvent')
    .select(['outcome', 'actorName', 'detail', 'subjectId'])
    .where('action', '=', action)
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();

/** From the button to the address at which the provider sends the browser back; `tamper` changes the way there. */
async function toCallback(
  browser: CookieBrowser,
  subject: string,
  from = '',
  tamper: (authorization: URL) => void = () => undefined,
): Promise<string> {
  const begun = await browser.open(`${url}${START}${from && `?from=${encodeURIComponent(from)}`}`);
  const authorization = new URL(begun.location ?? '');
  expect(authorization.origin).toBe(peer.issuer);
  tamper(authorization);
  const form = await browser.follow(authorization.href, isCallback);
  if (form.location) return form.location; // the provider knows the person still
  const signedIn = await browser.open(form.url, { login: subject });
  const back = await browser.follow(signedIn.location ?? '', isCallback);
  return back.location ?? '';
}

const signInAs = async (browser: CookieBrowser, subject: string, from = '') =>
  (await browser.open(await toCallback(browser, subject, from))).location;
const session = async (browser: CookieBrowser) => {
  const page = await browser.json('GET', `${url}/api/session`);
  return { status: page.status, body: JSON.parse(page.body || 'null') };
};

test('the sign-in page is told of the provider, without its secret', async () => {
  const methods = await (await fetch(`${url}/api/session/methods`)).json();
  expect(methods).toEqual({ provider: { label: '健康青禾统一认证', href: url + START } });
});

test('the way to the provider asks for a code with PKCE, state and nonce', async () => {
  const { location } = await new CookieBrowser().open(url + START);
  const query = new URL(location ?? '').searchParams;
  expect(Object.fromEntries(query)).toMatchObject({
    response_type: 'code',
    client_id: CLIENT.id,
    redirect_uri: `${url}${START}/callback`,
    scope: 'openid profile',
    code_challenge_method: 'S256',
  });
  for (const name of ['state', 'nonce', 'code_challenge'])
    expect(query.get(name)?.length, name).toBeGreaterThan(40);
  expect(query.has('prompt')).toBe(false);
});

describe('an account that nobody is linked to', () => {
  test('is refused with words, audited, and waits for the security administrator, who links it', async () => {
    peer.accounts.set('sub-doctor1', { preferred_username: 'doctor1', name: '医生' });
    const browser = new CookieBrowser();
    expect(await signInAs(browser, 'sub-doctor1')).toBe(`${url}/login?provider=unlinked`);
    expect((await session(browser)).status).toBe(401);
    expect(await lastAudit('session.open')).toMatchObject({
      outcome: 'denied',
      detail: { method: 'provider', reason: 'unlinked', subject: 'sub-doctor1', account: 'doctor1' },
    });
    const waiting = (await security.get('/api/waiting-identities')).body.items;
    expect(waiting).toMatchObject([{ subject: 'sub-doctor1', account: 'doctor1', name: '医生' }]);

    expect((await link('doctor1', 'sub-doctor1')).status).toBe(200);
    expect((await security.get('/api/waiting-identities')).body.items).toEqual([]);
    expect(await lastAudit('staff.link-identity')).toMatchObject({
      subjectId: await staffId('doctor1'),
      detail: { issuer: peer.issuer, subject: 'sub-doctor1', account: 'doctor1', by: 'administrator' },
    });
    // The provider's session goes on: no password is asked there a second time.
    expect(await signInAs(browser, '', '/orders?status=final')).toBe(`${url}/orders?status=final`);
    const { body } = await session(browser);
    expect(body.username).toBe('doctor1');
    expect(
      body.roles.map(({ role }: { role: string }) => role),
      'rights are the hub’s',
    ).toEqual(['clinician']);
    expect(await lastAudit('session.open')).toMatchObject({
      outcome: 'done',
      detail: { method: 'provider', account: 'doctor1' },
    });
    const open = JSON.parse((await browser.json('GET', `${url}/api/sessions`)).body).items;
    expect(open).toContainEqual(expect.objectContaining({ method: 'provider', current: true }));
  });

  test('one account opens one person, one person has one account, and nobody links himself', async () => {
    expect((await link('nurse1', 'sub-doctor1')).body).toMatchObject({ status: 409, type: 'exists' });
    expect((await link('doctor1', 'sub-other')).body).toMatchObject({ status: 409, type: 'exists' });
    expect((await link('security1', 'sub-security')).status).toBe(403);
    const admin = await hub.as('admin1');
    const path = `/api/staff/${await staffId('nurse1')}/identity`;
    expect(
      (await admin.put(path, { subject: 'sub-nurse' })).status,
      'no right of the system administrator',
    ).toBe(403);
  });

  test('the link is shown to who grants rights, not to who makes rosters', async () => {
    const [row] = (await security.get('/api/staff?q=doctor1')).body.items;
    expect(row.identity).toMatchObject({ subject: 'sub-doctor1', account: 'doctor1' });
    const [seen] = (await (await hub.as('head1')).get('/api/staff?q=doctor1')).body.items;
    expect(seen).not.toHaveProperty('identity');
  });

  test('unlinking ends the sessions that it opened', async () => {
    const browser = new CookieBrowser();
    await signInAs(browser, 'sub-doctor1');
    expect((await session(browser)).status).toBe(200);
    const path = `/api/staff/${await staffId('doctor1')}/identity`;
    expect((await security.delete(path)).status).toBe(204);
    expect((await session(browser)).status).toBe(401);
    expect(await signInAs(browser, 'sub-doctor1')).toBe(`${url}/login?provider=unlinked`);
    expect((await security.delete(path)).status).toBe(404);
    expect(await lastAudit('staff.unlink-identity')).toMatchObject({ actorName: expect.any(String) });
    expect((await link('doctor1', 'sub-doctor1')).status).toBe(200);
  });
});

describe('an answer that is not this browser’s', () => {
  const refused = async (browser: CookieBrowser, callback: string) => {
    const { location } = await browser.open(callback);
    expect((await session(browser)).status).toBe(401);
    return location;
  };

  test('with another state is refused', async () => {
    const browser = new CookieBrowser();
    const callback = new URL(await toCallback(browser, 'sub-doctor1'));
    callback.searchParams.set('state', 'of-somebody-else');
    expect(await refused(browser, callback.href)).toBe(`${url}/login?provider=not-proved`);
    expect((await lastAudit('session.open')).detail).toMatchObject({ reason: 'not-proved' });
  });

  test('with another nonce is refused', async () => {
    const browser = new CookieBrowser();
    const callback = await toCallback(browser, 'sub-doctor1', '', (authorization) =>
      authorization.searchParams.set('nonce', 'of-somebody-else'),
    );
    expect(await refused(browser, callback)).toBe(`${url}/login?provider=not-proved`);
  });

  test('without the verifier of the code is refused', async () => {
    const browser = new CookieBrowser();
    const callback = await toCallback(browser, 'sub-doctor1', '', (authorization) =>
      authorization.searchParams.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'),
    );
    expect(await refused(browser, callback)).toBe(`${url}/login?provider=not-proved`);
  });

  test('brought to a browser that did not begin is refused: nobody is signed in as somebody else', async () => {
    const callback = await toCallback(new CookieBrowser(), 'sub-doctor1');
    expect(await refused(new CookieBrowser(), callback)).toBe(`${url}/login?provider=expired`);
  });

  test('used a second time, or after ten minutes, is refused', async () => {
    const browser = new CookieBrowser();
    const callback = await toCallback(browser, 'sub-doctor1');
    hub.clock.advance(11);
    expect(await refused(browser, callback)).toBe(`${url}/login?provider=expired`);
    const other = new CookieBrowser();
    const once = await toCallback(other, 'sub-doctor1');
    expect((await other.open(once)).location).toBe(`${url}/`);
    expect((await new CookieBrowser().open(once)).location).toBe(`${url}/login?provider=expired`);
  });
});

test('after signing in nobody is led to another site', async () => {
  for (const from of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'orders',
  ])
    expect(await signInAs(new CookieBrowser(), 'sub-doctor1', from), from).toBe(`${url}/`);
});

test('who is refused by the provider is told', async () => {
  expect(await signInAs(new CookieBrowser(), 'sub-nobody-knows')).toBe(`${url}/login?provider=refused`);
});

test('a closed account opens nothing', async () => {
  peer.accounts.set('sub-village', { preferred_username: 'v', name: '村医' });
  expect((await link('village1', 'sub-village')).status).toBe(200);
  const admin = await hub.as('admin1');
  const path = `/api/staff/${await staffId('village1')}`;
  await admin.put(path, { active: false });
  expect(await signInAs(new CookieBrowser(), 'sub-village')).toBe(`${url}/login?provider=inactive`);
  expect((await lastAudit('session.open')).detail).toMatchObject({ reason: 'inactive' });
  await admin.put(path, { active: true });
  expect(await signInAs(new CookieBrowser(), 'sub-village')).toBe(`${url}/`);
});

test('wrong passwords of somebody do not keep him out at the provider, and its way lifts no lock', async () => {
  const wrong = () =>
    fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ username: 'village1', password: 'wrong' }),
    });
  for (let n = 0; n < 5; n++) expect((await wrong()).status).toBe(401);
  expect(await signInAs(new CookieBrowser(), 'sub-village')).toBe(`${url}/`);
  expect((await wrong()).status).toBe(423);
  hub.clock.advance(16);
});

test('a first password given by the administrator need not be changed by who never used it', async () => {
  const admin = await hub.as('admin1');
  await admin.post(`/api/staff/${await staffId('village1')}/password`, { password: 'Given-2026!' });
  const browser = new CookieBrowser();
  await signInAs(browser, 'sub-village');
  expect((await session(browser)).body.mustChangePassword).toBe(false);
  expect((await browser.json('GET', `${url}/api/orders`)).status).toBe(200);
  const byPassword = await hub.as('village1', 'Given-2026!');
  expect((await byPassword.get('/api/orders')).status).toBe(403);
});

describe('the second factor', () => {
  let totp: TOTP;
  beforeAll(async () => {
    peer.accounts.set('sub-clinician', { preferred_username: 'c1', name: '临床' });
    security = await hub.as('security1');
    await link('clinician1', 'sub-clinician');
    const client = await hub.as('clinician1');
    const { secret } = (await client.post('/api/session/totp')).body;
    totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await client.post('/api/session/totp/confirm', { otp: totp.generate() });
  });

  test('is asked as with a password; a wrong code opens nothing and counts', async () => {
    const browser = new CookieBrowser();
    expect(await signInAs(browser, 'sub-clinician', '/orders')).toBe(
      `${url}/login?provider=second-factor&from=%2Forders`,
    );
    expect((await session(browser)).status).toBe(401);
    const code = (otp: string) => browser.json('POST', url + START, { otp });
    const wrong = await code('000000');
    expect([wrong.status, JSON.parse(wrong.body).type]).toEqual([401, 'bad-code']);
    expect((await code(totp.generate())).status).toBe(200);
    expect((await session(browser)).body.username).toBe('clinician1');
    expect((await lastAudit('session.open')).detail).toMatchObject({
      method: 'provider',
      secondFactor: 'totp',
    });
    expect((await code(totp.generate())).status, 'the step is over').toBe(401);
  });

  test('five wrong codes lock the account here too', async () => {
    hub.clock.advance(16); // the wrong one above
    const browser = new CookieBrowser();
    await signInAs(browser, 'sub-clinician');
    for (let n = 0; n < 5; n++)
      expect((await browser.json('POST', url + START, { otp: '000000' })).status).toBe(401);
    expect((await browser.json('POST', url + START, { otp: totp.generate() })).status).toBe(423);
    hub.clock.advance(16);
  });

  test('is not asked again where the provider says that it asked one', async () => {
    peer.accounts.set('sub-clinician', { preferred_username: 'c1', name: '临床', amr: ['pwd', 'otp'] });
    const browser = new CookieBrowser();
    expect(await signInAs(browser, 'sub-clinician')).toBe(`${url}/`);
    expect((await lastAudit('session.open')).detail).toMatchObject({ secondFactor: 'provider' });
  });

  test('a code without the provider’s word opens nothing', async () => {
    const answer = await new CookieBrowser().json('POST', url + START, { otp: totp.generate() });
    expect([answer.status, JSON.parse(answer.body).type]).toEqual([401, 'sign-in-expired']);
  });
});

describe('signing out', () => {
  test('ends the session here and leads to the provider, which ends its own and comes back', async () => {
    const browser = new CookieBrowser();
    await signInAs(browser, 'sub-doctor1');
    const out = await browser.json('DELETE', `${url}/api/session`);
    expect((await session(browser)).status).toBe(401);
    const { endSessionUrl } = JSON.parse(out.body);
    expect(endSessionUrl).toMatch(new RegExp(`^${peer.issuer}/session/end\\?`));
    expect(new URL(endSessionUrl).searchParams.get('id_token_hint')?.split('.')).toHaveLength(3);
    const page = await browser.follow(endSessionUrl);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const ended = await browser.open(`${peer.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    expect(ended.location).toBe(`${url}/login`);
    const { location } = await browser.open(url + START);
    expect((await browser.follow(location ?? '', isCallback)).body, 'the provider asks again').toContain(
      'login',
    );
  });

  test('of a session by password is an answer without words, as it was', async () => {
    expect((await (await hub.as('nurse1')).delete('/api/session')).status).toBe(204);
  });
});

test('an idle session ends after thirty minutes, and the provider asks who sits there now', async () => {
  const browser = new CookieBrowser();
  await signInAs(browser, 'sub-doctor1');
  hub.clock.advance(31);
  expect((await session(browser)).status).toBe(401);
  const { location } = await browser.open(url + START);
  expect(new URL(location ?? '').searchParams.get('prompt')).toBe('login');
});

test('a provider that is away is told of; the password opens as always, and it is found again', async () => {
  const browser = new CookieBrowser();
  const callback = await toCallback(browser, 'sub-doctor1');
  await peer.stop();
  expect((await browser.open(callback)).location, 'away when the code is to be proved').toBe(
    `${url}/login?provider=unreachable`,
  );
  const other = await startOther();
  expect((await other.open(`${other.url}${START}?from=/orders`)).location).toBe(
    `${other.url}/login?provider=unreachable&from=%2Forders`,
  );
  expect((await (await hub.as('doctor1')).get('/api/session')).status).toBe(200);
  await peer.start();
  expect((await other.open(other.url + START)).location).toMatch(new RegExp(`^${peer.issuer}/`));
  await other.close();
});

/** A hub that has not asked the provider yet. */
async function startOther() {
  const started = await startHub({
    env: { HUB_ROLES: 'web', OIDC_ISSUER: peer.issuer, OIDC_CLIENT_ID: 'other' },
  });
  return Object.assign(new CookieBrowser(), { url: started.url, close: () => started.close() });
}

describe('first links by the account name, where the configuration trusts it', () => {
  test('are made once to an active person, never to an administrator', async () => {
    const port = await freePort();
    const home = `http://127.0.0.1:${port}`;
    const own = await startIdentityProvider(home);
    const trusting = await startHub({
      env: {
        PORT: String(port),
        HUB_ROLES: 'web',
        OIDC_ISSUER: own.issuer,
        OIDC_CLIENT_ID: CLIENT.id,
        OIDC_CLIENT_SECRET: CLIENT.secret,
        OIDC_LINK: 'claim',
      },
    });
    const enter = async (subject: string) => {
      const browser = new CookieBrowser();
      const arrives = (location: string) => location.startsWith(`${home}${START}/callback`);
      const form = await browser.follow(`${home}${START}`);
      const back = await browser.follow(
        (await browser.open(form.url, { login: subject })).location ?? '',
        arrives,
      );
      return (await browser.open(back.location ?? '')).location;
    };
    own.accounts.set('a', { preferred_username: 'tech1', name: '技师' });
    own.accounts.set('b', { preferred_username: 'tech1', name: '同名' });
    own.accounts.set('c', { preferred_username: 'security1', name: '安全' });
    expect(await enter('a')).toBe(`${home}/`);
    expect(await enter('a')).toBe(`${home}/`);
    expect(await enter('b'), 'the name is taken').toBe(`${home}/login?provider=unlinked`);
    expect(await enter('c')).toBe(`${home}/login?provider=unlinked`);
    const guard = await trusting.as('security1');
    const [person] = (await guard.get('/api/staff?q=tech1')).body.items;
    await guard.delete(`/api/staff/${person.id}/identity`);
    expect(await enter('a'), 'what was unlinked stays so').toBe(`${home}/login?provider=unlinked`);
    await trusting.close();
    await own.stop();
  });
});
