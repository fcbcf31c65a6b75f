import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');
const kept = path.join(root, 'node_modules', '.cache', 'test-database');
const MOST_KEPT = 8;

/**
 * A folder of its own for the server of this run: copied from the one that an earlier run prepared from the same
 * sources on the same day of the county (the roster is the day's), else made by `prepare`, which stops its server
 * when it is done, and kept. Making it takes ten times as long as most test files.
 */
export async function preparedServer(prepare: (folder: string) => Promise<void>): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-test-'));
  fs.chmodSync(folder, 0o755);
  const stored = path.join(kept, digestOfSources());
  if (fs.existsSync(stored)) {
    copy(stored, folder);
    return folder;
  }
  await prepare(folder);
  const draft = `${stored}.${process.pid}`;
  fs.mkdirSync(draft, { recursive: true });
  copy(folder, draft);
  if (fs.existsSync(stored)) fs.rmSync(draft, { recursive: true });
  else fs.renameSync(draft, stored);
  forgetOldest();
  return folder;
}

/** What goes into the databases: the migrations, the demo county and all that it calls of the core. */
function digestOfSources(): string {
  const hash = createHash('sha256').update(
    new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10) + process.version,
  );
  for (const source of ['db', 'server/core', 'test/helpers/globalSetup.ts']) {
    const from = path.join(root, source);
    const names = fs.statSync(from).isFile()
      ? ['']
      : fs.readdirSync(from, { recursive: true, encoding: 'utf8' });
    for (const name of names.sort()) {
      const file = path.join(from, name);
      if (fs.statSync(file).isFile()) hash.update(`${source}/${name}\0`).update(fs.readFileSync(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** With owners: the server's files belong to the account that it runs as. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', `${from}/.`, to]);
}

function forgetOldest(): void {
  const byAge = fs
    .readdirSync(kept)
    .map((name) => ({ name, at: fs.statSync(path.join(kept, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of byAge.slice(MOST_KEPT))
    fs.rmSync(path.join(kept, name), { recursive: true, force: true });
}
