import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../db/embedded.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-embedded-'));
fs.chmodSync(folder, 0o755);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test.each(['16', '19'])('data that PostgreSQL %s made are left alone, with what to do', async (version) => {
  const home = path.join(folder, `by-${version}`);
  const data = path.join(home, 'pgdata');
  fs.mkdirSync(data, { recursive: true });
  fs.writeFileSync(path.join(data, 'PG_VERSION'), `${version}\n`);
  fs.writeFileSync(path.join(data, 'kept'), 'rows');
  await expect(startEmbeddedPostgres(home)).rejects.toThrow(
    `The data in ${data} was made by PostgreSQL ${version}; this hub runs 18. Restore a backup into an empty DATA_DIR, or upgrade the folder with pg_upgrade.`,
  );
  expect(fs.readdirSync(data).sort()).toEqual(['PG_VERSION', 'kept']);
});

test('a start that was cut off while the data were made is begun anew; a second process adopts the server', async () => {
  const home = path.join(folder, 'fresh');
  fs.mkdirSync(path.join(home, 'pgdata.new-4711', 'base'), { recursive: true });
  fs.mkdirSync(path.join(home, 'pgdata'));
  const first = await startEmbeddedPostgres(home, { durable: false });
  try {
    expect(first.adopted).toBe(false);
    expect(fs.readdirSync(home).filter((name) => name.startsWith('pgdata'))).toEqual(['pgdata']);
    expect(fs.statSync(path.join(home, 'superuser.password')).mode & 0o777).toBe(0o600);
    const second = await startEmbeddedPostgres(home, { durable: false });
    expect([second.adopted, second.pid, second.url]).toEqual([true, first.pid, first.url]);
    expect(new URL(second.url).hostname, 'nobody reaches it from elsewhere').toBe('127.0.0.1');
  } finally {
    await first.stop();
  }
  await first.stop();
  expect(fs.existsSync(path.join(home, 'pgdata', 'postmaster.pid'))).toBe(false);
});
