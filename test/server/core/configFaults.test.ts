import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isLoopback, readConfig, ROLES } from '../../../server/core/config.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-config-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const [cert, key] = ['cert.pem', 'key.pem'].map((name) => {
  fs.writeFileSync(path.join(folder, name), name);
  return path.join(folder, name);
}) as [string, string];
const s3 = {
  S3_ENDPOINT: 'http://127.0.0.1:9000',
  S3_BUCKET: 'hub',
  S3_ACCESS_KEY: 'a',
  S3_SECRET_KEY: 'b',
};
const database = { DATABASE_URL: 'postgres://hub@db/hub' };

test('without any setting it is the hub of one machine with the demo county', () => {
  expect(readConfig({})).toEqual({
    port: 8080,
    host: '127.0.0.1',
    dimsePort: 11112,
    aeTitle: 'HUB',
    mllpPort: 2575,
    roles: [...ROLES],
    dataDir: path.resolve('data'),
    demo: true,
    demoPassword: 'Demo-2026!',
    keyFile: path.resolve('data/hub.key'),
    cipherSuite: 'international',
    logLevel: 'info',
    trustedProxies: ['loopback'],
  });
});

describe('a setting that is wrong is named with what it may be', () => {
  test.each([
    [{ PORT: '70000' }, 'PORT'],
    [{ PORT: '-1' }, 'PORT'],
    [{ PORT: '80.5' }, 'PORT'],
    [{ MLLP_PORT: 'x' }, 'MLLP_PORT'],
    [{ ASTM_PORT: '65536' }, 'ASTM_PORT'],
    [{ HOST: '' }, 'HOST'],
    [{ AE_TITLE: 'lower' }, 'AE_TITLE: up to 16 characters'],
    [{ AE_TITLE: 'A'.repeat(17) }, 'AE_TITLE'],
    [{ HUB_ROLES: 'web,fax' }, 'HUB_ROLES'],
    [{ HUB_ROLES: '' }, 'HUB_ROLES'],
    [{ DATABASE_URL: 'mysql://db/hub' }, 'DATABASE_URL'],
    [{ DATABASE_DIRECT_URL: 'db/hub' }, 'DATABASE_DIRECT_URL'],
    [{ S3_ENDPOINT: 'ftp://store' }, 'S3_ENDPOINT'],
    [{ ...s3, S3_BUCKET: 'x' }, 'S3_BUCKET'],
    [{ HUB_DEMO: 'yes' }, 'HUB_DEMO'],
    [{ HUB_DEMO_PASSWORD: 'short' }, 'HUB_DEMO_PASSWORD'],
    [{ HUB_CIPHER_SUITE: 'rot13' }, 'HUB_CIPHER_SUITE'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
    [{ PUBLIC_URL: 'hub.example' }, 'PUBLIC_URL'],
    [{ PUBLIC_URL: 'javascript:alert(1)' }, 'PUBLIC_URL'],
    [{ METRICS_TOKEN: 'short' }, 'METRICS_TOKEN'],
    [{ TRUSTED_PROXIES: 'all' }, 'TRUSTED_PROXIES'],
    [{ TRUSTED_PROXIES: '10.0.0.0/8/8' }, 'TRUSTED_PROXIES'],
    [{ TRUSTED_PROXIES: '10.0.0.0/x' }, 'TRUSTED_PROXIES'],
    [{ TRUSTED_PROXIES: 'fd00::/129' }, 'TRUSTED_PROXIES'],
    [{ TRUSTED_PROXIES: '' }, 'TRUSTED_PROXIES'],
    [{ OIDC_LABEL: ' ' }, 'OIDC_LABEL'],
    [{ OIDC_CLIENT_SECRET: 's' }, 'OIDC_CLIENT_SECRET: needs OIDC_ISSUER and OIDC_CLIENT_ID'],
    [{ OIDC_CLIENT_ID: 'hub' }, 'OIDC_ISSUER, OIDC_CLIENT_ID: one needs the other'],
    [{ S3_ENDPOINT: 'http://store' }, 'S3_BUCKET, S3_ACCESS_KEY, S3_SECRET_KEY: needed with the other S3 settings'],
    [{ HUB_ROLES: 'web' }, 'DATABASE_URL: needed when the roles are split over processes'],
    [{ TLS_CERT: cert }, 'TLS_CERT, TLS_KEY: one needs the other'],
    [{ TLS_KEY: key }, 'TLS_CERT, TLS_KEY: one needs the other'],
    [{ TLS_CERT: cert, TLS_KEY: '/no/such' }, 'TLS_KEY: file /no/such is not there'],
    [{ MLLP_TLS_PORT: '2576' }, 'MLLP_TLS_PORT: needs TLS_CERT and TLS_KEY'],
    [{ OIDC_ISSUER: 'http://127.example.cn', OIDC_CLIENT_ID: 'hub' }, 'OIDC_ISSUER: must be https'],
    [{ HUB_DEMO: '1', HOST: '0.0.0.0' }, 'HUB_DEMO: off loopback the demo county needs HUB_DEMO_PASSWORD'],
  ] as [Record<string, string>, string][])('%j', (environment, words) => {
    expect(() => readConfig(environment)).toThrow(/^The configuration has 1 fault/);
    expect(() => readConfig(environment)).toThrow(words);
  }); // prettier-ignore

  test('all faults of the relations between settings stand in one message', () => {
    const act = () => readConfig({ S3_BUCKET: 'hub', HUB_ROLES: 'dimse', TLS_CERT: '/no/such', HUB_DEMO: '1', HOST: '10.0.0.1' }); // prettier-ignore
    expect(act).toThrow(/has 5 fault/);
    for (const words of [/S3_ENDPOINT/, /DATABASE_URL/, /one needs the other/, /no\/such is not there/, /HUB_DEMO/])
      expect(act).toThrow(words);
  }); // prettier-ignore

  test('a secret is never repeated in the message', () => {
    const secret = 'hunter2';
    for (const environment of [{ METRICS_TOKEN: secret }, { HUB_DEMO_PASSWORD: secret }, { ...s3, S3_SECRET_KEY: secret, S3_BUCKET: 'x' }])
      expect(() => readConfig(environment)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) as string })); // prettier-ignore
  });
});

describe('the demo county', () => {
  test.each([
    [{}, true],
    [{ HUB_DEMO: '0' }, false],
    [{ HUB_DEMO: '' }, true],
    [database, false],
    [{ ...database, HUB_DEMO: '1' }, true],
    [s3, false],
    [{ HOST: '0.0.0.0' }, false],
    [{ HOST: '0.0.0.0', HUB_DEMO: '1', HUB_DEMO_PASSWORD: 'Long-enough-1' }, true],
    [{ HOST: '::1' }, true],
    [{ DATA_DIR: folder, PORT: '9000' }, true],
  ])('with %j: %s', (environment, demo) => {
    expect(readConfig(environment).demo).toBe(demo);
  });
});

test('what is set empty counts as not set', () => {
  const empty = ['MLLP_TLS_PORT', 'DATABASE_URL', 'S3_ENDPOINT', 'HUB_KEY_FILE', 'PUBLIC_URL', 'TLS_CERT', 'METRICS_TOKEN', 'OIDC_ISSUER', 'OIDC_LABEL']; // prettier-ignore
  expect(readConfig(Object.fromEntries(empty.map((name) => [name, ''])))).toEqual(readConfig({}));
});

test('what is set is taken', () => {
  expect(
    readConfig({
      ...database,
      ...s3,
      HUB_ROLES: ' web , worker',
      DATA_DIR: folder,
      HUB_KEY_FILE: 'keys/hub.key',
      TLS_CERT: cert,
      TLS_KEY: key,
      DIMSE_TLS_PORT: '2762',
      MLLP_TLS_PORT: '0',
      ASTM_PORT: '5150',
      PRINTOUT_PORT: '9100',
      METRICS_TOKEN: 'long enough',
      DATABASE_DIRECT_URL: 'postgresql://hub@direct/hub',
    }),
  ).toMatchObject({
    roles: ['web', 'worker'],
    keyFile: path.resolve('keys/hub.key'),
    tls: { cert, key },
    dimseTlsPort: 2762,
    mllpTlsPort: 0,
    astmPort: 5150,
    printoutPort: 9100,
    metricsToken: 'long enough',
    databaseUrl: database.DATABASE_URL,
    databaseDirectUrl: 'postgresql://hub@direct/hub',
    s3: { endpoint: s3.S3_ENDPOINT, bucket: 'hub', accessKey: 'a', secretKey: 'b', region: 'us-east-1' },
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['128.0.0.1', false],
  ['1127.0.0.1', false],
  ['localhost.example.cn', false],
  ['[::1]', true],
  ['127.example.cn', false],
  ['127.0.0.1.example.cn', false],
])('%s is this machine: %s', (host, local) => {
  expect(isLoopback(host)).toBe(local);
});
