import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { seedCounty } from '../../db/demo/seedCounty.ts';
import { centers } from '../../server/centers.ts';
import { readConfig } from '../../server/core/config.ts';
import type { Context } from '../../server/core/context.ts';
import { startBell } from '../../server/core/events/bell.ts';
import { openKeys } from '../../server/core/keys.ts';
import { createLog } from '../../server/core/log.ts';
import { openFileStore } from '../../server/core/storage/fileStore.ts';
import { startRoles, type RunningRoles } from '../../server/roles.ts';
import { checkAnswer } from './checkAnswer.ts';
import { createDatabase } from './database.ts';

export interface TestClock {
  now(): Date;
  /** Moves on by minutes. */
  advance(minutes: number): void;
}

/** A clock that runs with the wall and can be moved on. */
export function testClock(): TestClock {
  let offset = 0;
  return { now: () => new Date(Date.now() + offset), advance: (minutes) => (offset += minutes * 60_000) };
}

export interface TestContext {
  ctx: Context;
  clock: TestClock;
  close(): Promise<void>;
}

/** A context on a private database and folder, optionally with the demo county (no centre content). */
export async function createContext(
  options: { county?: boolean; env?: Record<string, string> } = {},
): Promise<TestContext> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-ctx-'));
  // Another password or key file than the template's means another county.
  const copied = options.county && !options.env?.HUB_DEMO_PASSWORD && !options.env?.HUB_KEY_FILE;
  const database = await createDatabase({ county: copied ?? false });
  const config = readConfig({
    PORT: '0',
    DIMSE_PORT: '0',
    MLLP_PORT: '0',
    DATA_DIR: folder,
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    ...options.env,
  });
  if (copied) fs.copyFileSync(inject('countyKeyFile'), config.keyFile);
  const log = createLog(config.logLevel);
  const bell = await startBell(database.db, database.url, log);
  const clock = testClock();
  const ctx: Context = {
    config,
    db: database.db,
    pool: database.pool,
    objects: await openFileStore(path.join(folder, 'objects')),
    keys: openKeys(config.keyFile, config.cipherSuite),
    clock,
    log,
    bell,
    centers,
  };
  if (options.county && !copied) await seedCounty(ctx);
  return {
    ctx,
    clock,
    async close() {
      await bell.close();
      await database.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface TestHub extends TestContext {
  url: string;
  roles: RunningRoles;
  /** Signs in as a demo user. */
  as(username: string, password?: string): Promise<Client>;
}

export interface Client {
  cookie: string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers freely
  body: any;
}

/** The whole hub on free ports with the demo county; roles may be chosen by `env.HUB_ROLES`. */
export async function startHub(options: { env?: Record<string, string> } = {}): Promise<TestHub> {
  const context = await createContext({
    county: true,
    env: { DATABASE_URL: 'postgres://in.use/by-helper', ...options.env },
  });
  const roles = await startRoles(context.ctx);
  const url = `http://127.0.0.1:${roles.addresses.http}`;
  return {
    ...context,
    url,
    roles,
    as: (username, password) => signIn(url, username, password),
    async close() {
      await roles.close();
      await context.close();
    },
  };
}

async function signIn(url: string, username: string, password = 'Demo-2026!'): Promise<Client> {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`sign-in of ${username}: ${answer.status} ${await answer.text()}`);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const call =
    (method: string) =>
    async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(url + path, {
        method,
        headers: {
          cookie,
          origin: url,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const type = response.headers.get('content-type') ?? '';
      const bytes = Buffer.from(await response.arrayBuffer());
      const json = type.includes('json');
      const parsed: unknown = json ? JSON.parse(bytes.toString('utf8') || 'null') : bytes;
      if (json && response.ok) checkAnswer(method, path, parsed);
      return { status: response.status, headers: response.headers, body: parsed };
    };
  return {
    cookie,
    get: (path, headers) => call('GET')(path, undefined, headers),
    post: (path, body = {}, headers) => call('POST')(path, body, headers),
    put: call('PUT'),
    delete: (path) => call('DELETE')(path),
  };
}
