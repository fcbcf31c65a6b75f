// Writes db/types.ts from a freshly migrated database. `--check` only compares.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';

const root = path.join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-types-'));
fs.chmodSync(folder, 0o755);
const server = await startEmbeddedPostgres(folder, { durable: false });
try {
  await migrate(server.url);
  const out = path.join(folder, 'types.ts');
  const run = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/kysely-codegen/dist/cli/bin.js'),
      '--dialect',
      'postgres',
      '--camel-case',
      '--url',
      server.url,
      '--out-file',
      out,
      '--date-parser',
      'string',
      '--numeric-parser',
      'number',
      '--type-mapping',
      JSON.stringify({ int8: 'number', xid8: 'string' }),
    ],
    { encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
  const made = fs.readFileSync(out, 'utf8');
  const target = path.join(root, 'db/types.ts');
  if (check) {
    if (fs.readFileSync(target, 'utf8') !== made) {
      console.error('db/types.ts is out of step with the migrations: run npm run types');
      process.exitCode = 1;
    }
  } else fs.writeFileSync(target, made);
} finally {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
