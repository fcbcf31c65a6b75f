import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  IdentityProvider,
  normalIssuer,
  type Departure,
} from '../../../../../server/core/access/provider/identityProvider.ts';
import { readConfig } from '../../../../../server/core/config.ts';
import { createLog } from '../../../../../server/core/log.ts';
import { refusal } from '../../county.ts';
import { startForgingProvider, type ForgingProvider } from './forgingProvider.ts';

const CLIENT = 'county-hub';
const SECRET = 'a secret & more';
let peer: ForgingProvider;
let home: IdentityProvider;

function hub(more: Record<string, string | undefined> = {}): IdentityProvider {
  const config = readConfig({
    PORT: '8080',
    OIDC_ISSUER: peer.issuer,
    OIDC_CLIENT_ID: CLIENT,
    OIDC_CLIENT_SECRET: SECRET,
    OIDC_SECOND_FACTOR: 'otp mfa',
    ...more,
  });
  if (!config.oidc) throw new Error('no provider is configured');
  return new IdentityProvider({ config, log: createLog('silent') }, config.oidc);
}
beforeEach(async () => {
  peer = await startForgingProvider(CLIENT);
  home = hub();
});
afterEach(() => peer.close());

const with200 = (idToken: string | undefined, more: object = {}) => ({
  status: 200,
  body: {
    access_token: 'a',
    token_type: 'Bearer',
    expires_in: 60,
    ...(idToken && { id_token: idToken }),
    ...more,
  },
});
/** There and back: `answer` makes what the token endpoint says of the departure. */
async function signIn(
  answer: (departure: Departure) => ReturnType<ForgingProvider['token']>,
  query: (departure: Departure) => string = ({ state }) => `?code=c&state=${state}`,
  provider = home,
) {
  const { departure } = await provider.depart({ again: false });
  peer.token = () => answer(departure);
  return provider.arrive(query(departure), departure);
}
const proved = (more: Record<string, unknown> = {}, provider = home) =>
  signIn(({ nonce }) => with200(peer.signed(peer.claims(nonce, more))), undefined, provider);
const refused = async (work: Promise<unknown>) => {
  const { status, type } = await refusal(work);
  return `${status} ${type}`;
};

describe('an answer of the provider', () => {
  test('that is proved says who it is, and keeps the token for signing out', async () => {
    expect(await proved({ name: '郑国华' })).toEqual({
      issuer: peer.issuer,
      subject: 's1',
      account: 'doctor1',
      name: '郑国华',
      secondFactor: false,
      idToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });

  test.each<[string, (nonce: string) => string | undefined]>([
    ['signed by somebody else', (nonce) => peer.forged(peer.claims(nonce))],
    ['not signed at all', (nonce) => peer.unsigned(peer.claims(nonce))],
    ['signed with the secret of the client', (nonce) => peer.bySecret(peer.claims(nonce), SECRET)],
    ['altered after it was signed', (nonce) => alter(peer.signed(peer.claims(nonce)))],
    ['for another client', (nonce) => peer.signed(peer.claims(nonce, { aud: 'other' }))],
    ['of another issuer', (nonce) => peer.signed(peer.claims(nonce, { iss: 'https://evil.example' }))],
    ['that ended a minute ago', (nonce) => peer.signed(peer.claims(nonce, { exp: seconds(-60) }))],
    ['without an end', (nonce) => peer.signed(peer.claims(nonce, { exp: undefined }))],
    ['of another sign-in', () => peer.signed(peer.claims('another-nonce'))],
    ['of no sign-in', (nonce) => peer.signed({ ...peer.claims(nonce), nonce: undefined })],
    ['of nobody', (nonce) => peer.signed(peer.claims(nonce, { sub: undefined }))],
    ['by a key that the provider has not', (nonce) => peer.signed(peer.claims(nonce), { kid: 'k2' })],
    ['that is no token', () => 'a.b.c'],
    ['that is not there', () => undefined],
  ])('%s proves nobody', async (_what, token) => {
    expect(await refused(signIn(({ nonce }) => with200(token(nonce))))).toBe('403 provider-not-proved');
  });

  test('is good for half a minute more: clocks differ', async () => {
    expect(await proved({ exp: seconds(-15) })).toMatchObject({ subject: 's1' });
  });

  test.each<[string, (departure: Departure) => string, string]>([
    ['with another state', () => '?code=c&state=other', '403 provider-not-proved'],
    ['without a state', () => '?code=c', '403 provider-not-proved'],
    ['without a code', ({ state }) => `?state=${state}`, '403 provider-not-proved'],
    ['with two codes', ({ state }) => `?code=a&code=b&state=${state}`, '403 provider-not-proved'],
    ['of another issuer', ({ state }) => `?code=c&state=${state}&iss=https%3A%2F%2Fevil.example`, '403 provider-not-proved'],
    ['that says no', ({ state }) => `?error=access_denied&state=${state}`, '403 provider-refused'],
    ['that says no to another', () => '?error=access_denied&state=other', '403 provider-not-proved'],
  ])('on the way back %s is refused and no code is spent', async (_what, query, refusal) => {
    expect(await refused(signIn(({ nonce }) => with200(peer.signed(peer.claims(nonce))), query))).toBe(refusal);
    expect(peer.asked).toEqual([]);
  }); // prettier-ignore

  test.each<[string, ReturnType<ForgingProvider['token']>, string]>([
    ['a code that is spent', { status: 400, body: { error: 'invalid_grant' } }, '403 provider-not-proved'],
    [
      'a client that it does not know',
      { status: 401, body: { error: 'invalid_client' } },
      '403 provider-not-proved',
    ],
    ['a page instead of an answer', { status: 200, body: '<html>' }, '403 provider-not-proved'],
    ['an error of its own', { status: 500, body: {} }, '503 unavailable'],
    ['that it is being repaired', { status: 503, body: 'later' }, '503 unavailable'],
    ['nothing', 'hang up', '503 unavailable'],
  ])('to the code with %s is told apart', async (_what, answer, refusal) => {
    expect(await refused(signIn(() => answer))).toBe(refusal);
  });
});

describe('the account behind it', () => {
  test.each([
    ['a name', 'doctor1', 'doctor1'],
    ['a name with blanks around it', ' doctor1 ', 'doctor1'],
    ['a number', 7, null],
    ['a list', ['doctor1'], null],
    ['blanks', '  ', null],
    ['a name as long as a book', 'n'.repeat(300), 'n'.repeat(200)],
  ])('told by %s', async (_what, claim, account) => {
    expect((await proved({ preferred_username: claim })).account).toBe(account);
  });

  test('is asked for where the token does not tell it, and must be of the same person', async () => {
    peer.userinfo = { sub: 's1', preferred_username: 'asked', name: '问到的' };
    expect(await proved({ preferred_username: undefined })).toMatchObject({
      account: 'asked',
      name: '问到的',
    });
    peer.userinfo = { sub: 's2', preferred_username: 'somebody-else' };
    expect(await refused(proved({ preferred_username: undefined }))).toBe('403 provider-not-proved');
  });

  test('what the token says stands over what is told beside it', async () => {
    peer.userinfo = { sub: 's1', preferred_username: 'asked', name: '问到的' };
    expect(await proved({ preferred_username: undefined, name: '令牌里的' })).toMatchObject({
      name: '令牌里的',
    });
  });

  test('is told by another claim where it is configured so', async () => {
    const other = hub({ OIDC_ACCOUNT_CLAIM: 'employee_number' });
    expect((await proved({ employee_number: 'E17' }, other)).account).toBe('E17');
  });

  test.each([
    ['amr names one of them', { amr: ['pwd', 'otp'] }, true],
    ['acr is one of them', { acr: 'mfa' }, true],
    ['amr names a password alone', { amr: ['pwd'] }, false],
    ['amr is no list', { amr: 'otp' }, false],
    ['acr is another level', { acr: 'loa1' }, false],
    ['nothing is said', {}, false],
  ])('had a second factor there when %s: %j', async (_what, claims, secondFactor) => {
    expect(await proved(claims)).toMatchObject({ secondFactor });
  });
});

describe('the hub proves itself', () => {
  const form = () => peer.asked[0]?.form;
  test('with its secret as the provider takes it, and always with the verifier of the journey', async () => {
    const { departure } = await home.depart({ again: false });
    peer.token = () => with200(peer.signed(peer.claims(departure.nonce)));
    await home.arrive(`?code=the-code&state=${departure.state}`, departure);
    const [user = '', secret = ''] = Buffer.from(peer.asked[0]?.authorization?.slice(6) ?? '', 'base64').toString().split(':'); // prettier-ignore
    expect([decodeURIComponent(user), new URLSearchParams(`s=${secret}`).get('s')]).toEqual([CLIENT, SECRET]);
    expect(Object.fromEntries(form() ?? [])).toMatchObject({
      grant_type: 'authorization_code',
      code: 'the-code',
      code_verifier: departure.verifier,
      redirect_uri: 'http://127.0.0.1:8080/api/session/provider/callback',
    });
    expect(form()?.has('client_secret')).toBe(false);
  });

  test('in the form where the provider takes it there, and by its name alone without a secret', async () => {
    peer.described = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
    await proved();
    expect([peer.asked[0]?.authorization, form()?.get('client_secret')]).toEqual([undefined, SECRET]);
    peer.asked.length = 0;
    await proved({}, hub({ OIDC_CLIENT_SECRET: undefined }));
    expect([form()?.get('client_id'), form()?.has('client_secret')]).toEqual([CLIENT, false]);
  });

  test('each departure is another one', async () => {
    const [one, two] = [await home.depart({ again: false }), await home.depart({ again: true })];
    for (const key of ['state', 'nonce', 'verifier'] as const)
      expect(one.departure[key]).not.toBe(two.departure[key]);
    expect(one.url.searchParams.has('prompt')).toBe(false);
    expect(two.url.searchParams.get('prompt')).toBe('login');
    expect(one.url.href).not.toContain(one.departure.verifier);
  });
});

describe('a provider', () => {
  test('that describes another issuer, or nothing, is as good as away', async () => {
    peer.described = { issuer: 'https://evil.example' };
    expect(await refused(home.depart({ again: false }))).toBe('503 unavailable');
    const nobody = hub({ OIDC_ISSUER: `${peer.issuer}/nothing-here` });
    expect(await refused(nobody.depart({ again: false }))).toBe('503 unavailable');
    peer.described = {};
    await home.depart({ again: false });
  });

  test('that was described a moment ago is not asked again for every person', async () => {
    await home.depart({ again: false });
    peer.described = { issuer: 'https://evil.example' };
    await home.depart({ again: false });
    expect(await refused(hub().depart({ again: false })), 'a process that starts now').toBe(
      '503 unavailable',
    );
  });

  test('with a place to sign out is told whose session ends and where to come back to', async () => {
    const end = new URL((await home.endSessionUrl('the-token')) ?? '');
    expect(end.origin + end.pathname).toBe(`${peer.issuer}/end`);
    expect(end.searchParams.get('id_token_hint')).toBe('the-token');
    expect(end.searchParams.get('post_logout_redirect_uri')).toBe('http://127.0.0.1:8080/login');
    expect(new URL((await home.endSessionUrl(undefined)) ?? '').searchParams.has('id_token_hint')).toBe(
      false,
    );
  });

  test('without one is left alone', async () => {
    peer.described = { end_session_endpoint: undefined };
    expect(await home.endSessionUrl('the-token')).toBeUndefined();
  });

  test('is the same with a closing slash and without', () => {
    expect(['https://a.example/', 'https://a.example'].map(normalIssuer)).toEqual(
      Array(2).fill('https://a.example'),
    );
  });
});

const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;
/** The same signature under other words. */
function alter(token: string): string {
  const [head, body = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const other = Buffer.from(JSON.stringify({ ...claims, preferred_username: 'admin1' })).toString(
    'base64url',
  );
  return [head, other, signature].join('.');
}
