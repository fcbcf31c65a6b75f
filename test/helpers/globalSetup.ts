import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { seedCounty } from '../../db/demo/seedCounty.ts';
import { startEmbeddedPostgres } from '../../db/embedded.ts';
import { migrate } from '../../db/migrate.ts';
import { openContext } from '../../server/context.ts';
import { readConfig } from '../../server/core/config.ts';
import { databaseNamed } from './databaseNamed.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Server of the test run; its database `hub` is migrated and is the template of every test file's own. */
    databaseUrl: string;
    /** Keys of the server's database `county`: the demo county's places and people, copied where a test asks for them. */
    countyKeyFile: string;
  }
}

/** One real PostgreSQL for the run. fsync is off: what survives a crash is tested elsewhere, on a durable server. */
export default async function setup(project: TestProject) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-test-'));
  fs.chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres(folder, { durable: false });
  await migrate(server.url);
  const countyKeyFile = await seedTemplate(folder, server.url);
  project.provide('databaseUrl', server.url);
  project.provide('countyKeyFile', countyKeyFile);
  return async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
}

/** Passwords and signing keys are costly to make, by design: they are made once and copied. */
async function seedTemplate(folder: string, url: string): Promise<string> {
  const admin = new pg.Client({ connectionString: databaseNamed(url, 'postgres') });
  await admin.connect();
  await admin.query('create database county template hub');
  await admin.end();
  const config = readConfig({
    DATABASE_URL: databaseNamed(url, 'county'),
    DATA_DIR: path.join(folder, 'county'),
    LOG_LEVEL: 'silent',
  });
  const { ctx, close } = await openContext(config, { exclusive: true });
  await seedCounty(ctx);
  await close();
  return config.keyFile;
}
