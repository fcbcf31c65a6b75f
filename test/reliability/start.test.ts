import fs from 'node:fs';
import path from 'node:path';
import type { Pool } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { migrate, migrationNames } from '../../db/migrate.ts';
import { createDatabase } from '../helpers/database.ts';
import {
  makeFolder,
  openEmbedded,
  postgresHome,
  removeFolder,
  seeded,
  servers,
  startHub,
  startOrEnd,
} from './hubProcess.ts';

const KILLS = Math.ceil(Number(process.env.RELIABILITY_KILLS ?? 3) / 2);
const SEED = Number(process.env.RELIABILITY_SEED ?? 20_261_122);

const folder = makeFolder();
afterAll(() => removeFolder(folder), 60_000);

/** The embedded database as an older release left it: a part of the files is applied, the others are not. */
async function goBack(share: number): Promise<void> {
  const database = openEmbedded(folder);
  await database.pool.query('drop schema public cascade; create schema public');
  await database.close();
  const home = postgresHome(folder);
  const password = fs.readFileSync(path.join(home, 'superuser.password'), 'utf8').trim();
  const port = fs.readFileSync(path.join(home, 'pgdata/postmaster.pid'), 'utf8').split('\n')[3];
  const old = migrationNames().slice(0, Math.floor(share * migrationNames().length));
  await migrate(`postgres://postgres:${password}@127.0.0.1:${port}/hub`, old);
}

/** Everything that migrations make, in words that can be compared. */
async function schemaOf(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(`
    select table_name || '.' || column_name as name, data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') as form
      from information_schema.columns where table_schema = 'public'
    union all select conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
    union all select indexname, indexdef from pg_indexes where schemaname = 'public'
    union all select tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    order by 1, 2`);
  return rows;
}

/** Tables and columns as they stand, to compare with a database that was migrated without a break. */
async function shape(): Promise<{ migrations: string[]; half: number }> {
  const { pool, close } = openEmbedded(folder);
  try {
    const names = await pool.query<{ name: string }>('select name from schema_migration order by name');
    const half = await pool.query(
      "select from information_schema.tables where table_schema = 'public' and table_name <> 'schema_migration'",
    );
    return { migrations: names.rows.map((row) => row.name), half: half.rowCount ?? 0 };
  } finally {
    await close();
  }
}

test('the first start, killed at each step, goes on where it was', { timeout: 300_000 }, async () => {
  const killed = async (point: string) => {
    const { ended } = await startOrEnd(folder, { HUB_CRASH_AT: point });
    expect(await ended, point).toMatchObject({ signal: 'SIGKILL', stdout: '' });
  };
  await killed('database.initialised');
  expect(servers(folder)).toEqual([]);
  await killed('database.starting');
  await killed('migration.middle');
  expect(await shape()).toEqual({ migrations: [], half: 0 });
  const [server] = servers(folder);
  await killed('migration.before-commit@2');
  expect((await shape()).migrations).toEqual(migrationNames().slice(0, 1));
  await killed('migration.after-commit@2');
  expect((await shape()).migrations).toEqual(migrationNames().slice(0, 3));
  expect(servers(folder)).toEqual([server]);
});

test(`and at ${KILLS} random moments (seed ${SEED})`, { timeout: 120_000 + KILLS * 30_000 }, async () => {
  const random = seeded(SEED);
  const all = migrationNames();
  const reached: [before: number, after: number][] = [];
  for (let n = 0; n < KILLS; n++) {
    // Once the last file is applied, the next moments fall into migrations of an old database again.
    if (n === 0 || reached.at(-1)?.[1] === all.length) await goBack(random() * 0.8);
    const before = (await shape()).migrations.length;
    const file = Math.ceil(random() * (all.length - before));
    const { hub, ended } = await startOrEnd(folder, {
      HUB_CRASH_AT: `migration.file@${file}+${Math.round(random() * 40)}`, // a file takes some 10 ms
    });
    await hub?.stop('SIGKILL'); // it was quicker than that
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    expect(servers(folder).length).toBeLessThan(2);
    const { migrations } = await shape();
    expect(migrations).toEqual(all.slice(0, migrations.length));
    reached.push([before, migrations.length]);
  }
  const between = reached.filter(([before, now]) => now > before && now < all.length).length;
  console.log(
    `kill -9 while migrating: ${between} of ${KILLS} between two of ${all.length} files; ${reached.map((pair) => pair.join('→')).join(', ')}`,
  );
});

test('a database whose migrations were killed has the tables, columns and rules of one that was not', async () => {
  const hub = await startHub(folder);
  const killed = openEmbedded(folder);
  const unbroken = await createDatabase({ empty: true });
  try {
    await migrate(unbroken.url);
    expect(await schemaOf(killed.pool)).toEqual(await schemaOf(unbroken.pool));
  } finally {
    await killed.close();
    await unbroken.close();
    await hub.stop('SIGKILL');
  }
});

test('a second hub on the same folder is refused with one sentence, the first goes on', async () => {
  const hub = await startHub(folder);
  expect((await shape()).migrations).toEqual(migrationNames());
  const second = await startOrEnd(folder);
  const { code, stderr } = await second.ended;
  expect(second.hub).toBeUndefined();
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Another hub runs on \/.+: stop it, or choose another DATA_DIR and other ports\.\n$/,
  );
  expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
  expect(servers(folder)).toHaveLength(1);
  await hub.stop('SIGKILL');
});

test('of two that start at once behind a killed one, one runs', async () => {
  const both = await Promise.all([startOrEnd(folder), startOrEnd(folder)]);
  expect(both.filter(({ hub }) => hub)).toHaveLength(1);
  expect(servers(folder)).toHaveLength(1);
  const hub = both.find((one) => one.hub)?.hub;
  expect((await hub?.stop('SIGTERM'))?.code).toBe(0);
  expect(servers(folder)).toEqual([]);
});

test('SIGTERM before it is ready: it ends by itself and leaves no database running', async () => {
  const fresh = makeFolder();
  try {
    const starting = startOrEnd(fresh);
    await expect.poll(() => servers(fresh).length, { timeout: 120_000, interval: 5 }).toBe(1);
    process.kill(Number.parseInt(fs.readFileSync(path.join(fresh, 'hub.lock'), 'utf8')), 'SIGTERM');
    expect(await (await starting).ended).toMatchObject({ code: 0, signal: null });
    expect(servers(fresh)).toEqual([]);
  } finally {
    await removeFolder(fresh);
  }
});

test('SIGTERM stops hub and database; the second start finds everything and says how long it took', async () => {
  const hub = await startHub(folder);
  const database = openEmbedded(folder);
  await database.pool.query(`insert into setting (key, value) values ('test.kept', '"yes"')`);
  await database.close();
  const began = performance.now();
  expect(await hub.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  const stopMs = Math.round(performance.now() - began);
  expect(servers(folder)).toEqual([]);
  const again = await startHub(folder);
  const found = openEmbedded(folder);
  const { rows } = await found.pool.query(`select value from setting where key = 'test.kept'`);
  await found.close();
  expect(rows).toEqual([{ value: 'yes' }]);
  console.log(`SIGTERM to end ${stopMs} ms; second start ${again.startMs} ms to ready`);
  expect((await again.stop('SIGTERM')).code).toBe(0);
});
