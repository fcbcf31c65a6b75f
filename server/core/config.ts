import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { SUITE_NAMES, type SuiteName } from './cipherSuites.ts';

const port = z.coerce.number().int().min(0).max(65535);
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

/** An address, a network (10.1.0.0/16), or one of the named ranges of express. */
const isProxy = (text: string): boolean => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[net.isIP(address)] ?? 0;
  return bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d+$/.test(prefix) && +prefix <= bits));
};

export const ROLES = ['web', 'dimse', 'hl7', 'worker'] as const;
export type HubRole = (typeof ROLES)[number];

const schema = z.object({
  PORT: port.default(8080),
  HOST: z.string().min(1).default('127.0.0.1'),
  DIMSE_PORT: port.default(11112),
  AE_TITLE: z
    .string()
    .regex(/^[A-Z0-9_ -]{1,16}$/, 'up to 16 characters A-Z 0-9 _ -')
    .default('HUB'),
  MLLP_PORT: port.default(2575),
  MLLP_TLS_PORT: optional(port),
  ASTM_PORT: optional(port),
  PRINTOUT_PORT: optional(port),
  HUB_ROLES: z
    .string()
    .default(ROLES.join(','))
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(ROLES)).min(1)),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/ })),
  DATABASE_DIRECT_URL: optional(z.url({ protocol: /^postgres(ql)?$/ })),
  S3_ENDPOINT: optional(z.url({ protocol: /^https?$/ })),
  S3_BUCKET: optional(z.string().min(3)),
  S3_ACCESS_KEY: optional(z.string().min(1)),
  S3_SECRET_KEY: optional(z.string().min(1)),
  S3_REGION: z.string().default('us-east-1'),
  HUB_DEMO: optional(z.enum(['0', '1'])),
  HUB_DEMO_PASSWORD: optional(z.string().min(8)),
  HUB_KEY_FILE: optional(z.string().min(1)),
  HUB_CIPHER_SUITE: z.enum(SUITE_NAMES).default('international'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  PUBLIC_URL: optional(z.url({ protocol: /^https?$/ })),
  TRUSTED_PROXIES: z
    .string()
    .default('loopback')
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .pipe(z.array(z.string().refine(isProxy, 'addresses, networks or loopback, linklocal, uniquelocal'))),
  TLS_CERT: optional(z.string()),
  TLS_KEY: optional(z.string()),
  DIMSE_TLS_PORT: optional(port),
  METRICS_TOKEN: optional(z.string().min(8)),
  OIDC_ISSUER: optional(z.url({ protocol: /^https?$/ })),
  OIDC_CLIENT_ID: optional(z.string().min(1)),
  OIDC_CLIENT_SECRET: optional(z.string().min(1)),
  OIDC_SCOPES: z
    .string()
    .default('openid profile')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine((scopes) => scopes.includes('openid'), 'openid must be among them'),
  OIDC_LABEL: optional(z.string().trim().min(1).max(40)),
  OIDC_ACCOUNT_CLAIM: z.string().min(1).default('preferred_username'),
  OIDC_LINK: z.enum(['administrator', 'claim']).default('administrator'),
  OIDC_SECOND_FACTOR: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean)),
});

export interface Config {
  port: number;
  host: string;
  dimsePort: number;
  dimseTlsPort?: number;
  aeTitle: string;
  mllpPort: number;
  mllpTlsPort?: number;
  astmPort?: number;
  printoutPort?: number;
  roles: HubRole[];
  dataDir: string;
  databaseUrl?: string;
  databaseDirectUrl?: string;
  s3?: { endpoint: string; bucket: string; accessKey: string; secretKey: string; region: string };
  demo: boolean;
  demoPassword: string;
  keyFile: string;
  /** Of the key made at the first start; later ones are chosen by `hub key rotate --suite`. */
  cipherSuite: SuiteName;
  logLevel: string;
  publicUrl?: string;
  /** Proxies whose word on the caller's address is taken; lockout and audit go by that address. */
  trustedProxies: string[];
  /** The HTTP port that was bound where PORT is 0: known once the role `web` listens. */
  boundPort?: number;
  tls?: { cert: string; key: string };
  metricsToken?: string;
  oidc?: OidcConfig;
}

/** The identity provider of the county (OpenID Connect). */
export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret?: string;
  scopes: string[];
  /** Words of the button on the sign-in page; without them the page has its own. */
  label?: string;
  /** Claim that holds the account name. */
  accountClaim: string;
  /** Who links an account there with a person here, see ADR 11. */
  link: 'administrator' | 'claim';
  /** Values of `amr` or `acr` by which the provider says that it asked a second factor itself. */
  secondFactor: string[];
}

/**
 * Reads the configuration of CONTRACT from an environment. Throws one Error that names every fault.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const parsed = schema.safeParse(environment);
  const faults: string[] = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const env = parsed.data;
  if (env) {
    const s3 = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const;
    const missing = s3.filter((name) => env[name] === undefined);
    if (missing.length > 0 && missing.length < s3.length)
      faults.push(`${missing.join(', ')}: needed with the other S3 settings`);
    if (env.HUB_ROLES.length < ROLES.length && !env.DATABASE_URL)
      faults.push('DATABASE_URL: needed when the roles are split over processes');
    if ((env.TLS_CERT === undefined) !== (env.TLS_KEY === undefined))
      faults.push('TLS_CERT, TLS_KEY: one needs the other');
    for (const name of ['MLLP_TLS_PORT', 'DIMSE_TLS_PORT'] as const)
      if (env[name] !== undefined && !(env.TLS_CERT && env.TLS_KEY))
        faults.push(`${name}: needs TLS_CERT and TLS_KEY`);
    for (const name of ['TLS_CERT', 'TLS_KEY'] as const)
      if (env[name] && !fs.existsSync(env[name])) faults.push(`${name}: file ${env[name]} is not there`);
    faults.push(...oidcFaults(env));
    if (env.HUB_DEMO === '1' && !isLoopback(env.HOST) && !env.HUB_DEMO_PASSWORD)
      faults.push('HUB_DEMO: off loopback the demo county needs HUB_DEMO_PASSWORD');
  }
  if (!env || faults.length > 0)
    throw new Error(
      `The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );

  const configured = env.DATABASE_URL !== undefined || env.S3_ENDPOINT !== undefined || !isLoopback(env.HOST);
  const dataDir = path.resolve(env.DATA_DIR);
  return {
    port: env.PORT,
    host: env.HOST,
    dimsePort: env.DIMSE_PORT,
    ...(env.DIMSE_TLS_PORT !== undefined && { dimseTlsPort: env.DIMSE_TLS_PORT }),
    aeTitle: env.AE_TITLE,
    mllpPort: env.MLLP_PORT,
    ...(env.MLLP_TLS_PORT !== undefined && { mllpTlsPort: env.MLLP_TLS_PORT }),
    ...(env.ASTM_PORT !== undefined && { astmPort: env.ASTM_PORT }),
    ...(env.PRINTOUT_PORT !== undefined && { printoutPort: env.PRINTOUT_PORT }),
    roles: env.HUB_ROLES,
    dataDir,
    ...(env.DATABASE_URL && { databaseUrl: env.DATABASE_URL }),
    ...(env.DATABASE_DIRECT_URL && { databaseDirectUrl: env.DATABASE_DIRECT_URL }),
    ...(env.S3_ENDPOINT && env.S3_BUCKET && env.S3_ACCESS_KEY && env.S3_SECRET_KEY
      ? {
          s3: {
            endpoint: env.S3_ENDPOINT,
            bucket: env.S3_BUCKET,
            accessKey: env.S3_ACCESS_KEY,
            secretKey: env.S3_SECRET_KEY,
            region: env.S3_REGION,
          },
        }
      : {}),
    demo: env.HUB_DEMO ? env.HUB_DEMO === '1' : !configured,
    demoPassword: env.HUB_DEMO_PASSWORD ?? 'Demo-2026!',
    keyFile: path.resolve(env.HUB_KEY_FILE ?? path.join(dataDir, 'hub.key')),
    cipherSuite: env.HUB_CIPHER_SUITE,
    logLevel: env.LOG_LEVEL,
    trustedProxies: env.TRUSTED_PROXIES,
    ...(env.PUBLIC_URL && { publicUrl: env.PUBLIC_URL.replace(/\/$/, '') }),
    ...(env.TLS_CERT && env.TLS_KEY ? { tls: { cert: env.TLS_CERT, key: env.TLS_KEY } } : {}),
    ...(env.METRICS_TOKEN && { metricsToken: env.METRICS_TOKEN }),
    ...(env.OIDC_ISSUER && env.OIDC_CLIENT_ID
      ? {
          oidc: {
            issuer: env.OIDC_ISSUER,
            clientId: env.OIDC_CLIENT_ID,
            ...(env.OIDC_CLIENT_SECRET && { clientSecret: env.OIDC_CLIENT_SECRET }),
            scopes: env.OIDC_SCOPES,
            ...(env.OIDC_LABEL && { label: env.OIDC_LABEL }),
            accountClaim: env.OIDC_ACCOUNT_CLAIM,
            link: env.OIDC_LINK,
            secondFactor: env.OIDC_SECOND_FACTOR,
          },
        }
      : {}),
  };
}

function oidcFaults(env: z.output<typeof schema>): string[] {
  if (!env.OIDC_ISSUER && !env.OIDC_CLIENT_ID)
    return env.OIDC_CLIENT_SECRET ? ['OIDC_CLIENT_SECRET: needs OIDC_ISSUER and OIDC_CLIENT_ID'] : [];
  if (!env.OIDC_ISSUER || !env.OIDC_CLIENT_ID) return ['OIDC_ISSUER, OIDC_CLIENT_ID: one needs the other'];
  const issuer = new URL(env.OIDC_ISSUER);
  return [
    // Who can change the provider's answer on its way signs in as anybody.
    ...(issuer.protocol === 'https:' || isLoopback(issuer.hostname)
      ? []
      : ['OIDC_ISSUER: must be https, plain http is for this machine only']),
    ...(env.PUBLIC_URL || isLoopback(env.HOST)
      ? []
      : ['OIDC_ISSUER: needs PUBLIC_URL, the address that the provider sends people back to']),
  ];
}

export function isLoopback(host: string): boolean {
  return ['localhost', '::1', '[::1]'].includes(host) || (net.isIPv4(host) && host.startsWith('127.'));
}

/** Where people reach this hub: PUBLIC_URL, else the address it listens on. Links in reports and messages begin with it. */
export function baseUrl(config: Config): string {
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  return (
    config.publicUrl ??
    `${config.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${config.boundPort ?? config.port}`
  );
}
