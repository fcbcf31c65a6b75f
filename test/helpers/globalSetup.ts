import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../db/embedded.ts';
import { migrate } from '../../db/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Server of the test run; its database `hub` is migrated and is the template of every test file's own. */
    databaseUrl: string;
  }
}

/** One real PostgreSQL for the run. fsync is off: what survives a crash is tested elsewhere, on a durable server. */
export default async function setup(project: TestProject) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-test-'));
  fs.chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres(folder, { durable: false });
  await migrate(server.url);
  project.provide('databaseUrl', server.url);
  return async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
}
