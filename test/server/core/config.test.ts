import { expect, test } from 'vitest';
import { baseUrl, readConfig } from '../../../server/core/config.ts';

const config = (env: Record<string, string>) => readConfig({ DATA_DIR: '/tmp/none', ...env });

test('links begin with PUBLIC_URL, else with the address that was bound', () => {
  expect(baseUrl(config({ PUBLIC_URL: 'https://hub.example/', PORT: '0' }))).toBe('https://hub.example');
  expect(baseUrl(config({ PORT: '8081' }))).toBe('http://127.0.0.1:8081');
  expect(baseUrl({ ...config({ PORT: '0' }), boundPort: 40001 })).toBe('http://127.0.0.1:40001');
  expect(baseUrl(config({ HOST: '0.0.0.0', PORT: '80', HUB_DEMO: '0' }))).toBe('http://127.0.0.1:80');
  expect(baseUrl(config({ HOST: '::1', PORT: '80' }))).toBe('http://[::1]:80');
});

test('wrong values stop the start with one message that names every fault', () => {
  expect(() => config({ PORT: 'x', MLLP_TLS_PORT: '2576' })).toThrow(/PORT/);
  expect(() => config({ DIMSE_TLS_PORT: '2762' })).toThrow(/DIMSE_TLS_PORT: needs TLS_CERT/);
  expect(() => config({ TLS_CERT: '/no/such', MLLP_TLS_PORT: '2576' })).toThrow(/2 fault|3 fault/);
  expect(() => config({ TRUSTED_PROXIES: 'loopback, 10.0.0.0/33' })).toThrow(/TRUSTED_PROXIES/);
  expect(config({ TRUSTED_PROXIES: 'uniquelocal,10.9.0.7, fd00::/8' }).trustedProxies).toHaveLength(3);
});

test('the identity provider is named whole, over TLS, and knows where to send people back', () => {
  const oidc = { OIDC_ISSUER: 'https://id.example/realm', OIDC_CLIENT_ID: 'hub' };
  expect(config(oidc).oidc).toEqual({
    issuer: 'https://id.example/realm',
    clientId: 'hub',
    scopes: ['openid', 'profile'],
    accountClaim: 'preferred_username',
    link: 'administrator',
    secondFactor: [],
  });
  expect(config({ ...oidc, OIDC_SECOND_FACTOR: 'mfa, otp' }).oidc?.secondFactor).toEqual(['mfa', 'otp']);
  expect(config({}).oidc).toBeUndefined();
  expect(() => config({ OIDC_ISSUER: oidc.OIDC_ISSUER })).toThrow(/OIDC_CLIENT_ID: one needs the other/);
  expect(() => config({ ...oidc, OIDC_SCOPES: 'profile' })).toThrow(/OIDC_SCOPES: openid/);
  expect(() => config({ ...oidc, OIDC_LINK: 'guess' })).toThrow(/OIDC_LINK/);
  expect(() => config({ ...oidc, OIDC_ISSUER: 'http://id.example' })).toThrow(/must be https/);
  expect(config({ ...oidc, OIDC_ISSUER: 'http://127.0.0.1:9000' }).oidc?.issuer).toBe(
    'http://127.0.0.1:9000',
  );
  expect(() => config({ ...oidc, HOST: '0.0.0.0' })).toThrow(/needs PUBLIC_URL/);
});
