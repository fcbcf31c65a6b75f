import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../db/embedded.ts';
import { readConfig } from '../../server/core/config.ts';
import { databaseNamed } from './databaseNamed.ts';
import { preparedServer } from './preparedServer.ts';

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
  const folder = await preparedServer(prepare);
  const server = await startEmbeddedPostgres(folder, { durable: false });
  project.provide('databaseUrl', server.url);
  project.provide('countyKeyFile', county(folder, server.url).keyFile);
  return async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
}

/** Passwords and signing keys are costly to make, by design: they are made once and copied. */
async function prepare(folder: string): Promise<void> {
  // Half of the hub, which a run on a prepared server does not need.
  const { migrate } = await import('../../db/migrate.ts');
  const { openContext } = await import('../../server/context.ts');
  const { seedCounty } = await import('../../db/demo/seedCounty.ts');
  const server = await startEmbeddedPostgres(folder, { durable: false });
  await migrate(server.url);
  const admin = new pg.Client({ connectionString: databaseNamed(server.url, 'postgres') });
  await admin.connect();
  await admin.query('create database county template hub');
  await admin.end();
  const { ctx, close } = await openContext(county(folder, server.url), { exclusive: true });
  await seedCounty(ctx);
  await close();
  await server.stop();
}

const county = (folder: string, url: string) =>
  readConfig({
    DATABASE_URL: databaseNamed(url, 'county'),
    DATA_DIR: path.join(folder, 'county'),
    LOG_LEVEL: 'silent',
  });
