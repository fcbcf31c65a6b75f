import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { migrate, migrationNames } from '../../db/migrate.ts';
import { createDatabase, type TestDatabase } from '../helpers/database.ts';
import { databaseNamed } from '../helpers/databaseNamed.ts';

const databases: TestDatabase[] = [];
afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.close()));
});
async function bare(): Promise<TestDatabase> {
  const database = await createDatabase({ empty: true });
  databases.push(database);
  return database;
}
const applied = async ({ pool }: TestDatabase) =>
  (await pool.query<{ name: string }>('select name from schema_migration order by name')).rows.map(({ name }) => name); // prettier-ignore
const names = migrationNames();

test('migrations have numbers of their own and stand in their order', () => {
  const files = fs.readdirSync(path.resolve('db/migrations')).filter((name) => name.endsWith('.sql'));
  expect(names, 'every file is one').toEqual(files.sort());
  const numbers = names.map((name) => name.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
});

test('a migration that fails names itself and its cause, is undone whole, and what came before it stays', async () => {
  const database = await bare();
  // Somebody made a table by hand that a later migration wants to make.
  const tableOf = (name: string) =>
    /^create table (\w+)/m.exec(fs.readFileSync(path.resolve('db/migrations', name), 'utf8'))?.[1];
  const at = names.findIndex((name, index) => index > 3 && tableOf(name));
  const [before, failing, table] = [names.slice(0, at), names[at] ?? '', tableOf(names[at] ?? '')];
  await migrate(database.url, before);
  await database.pool.query(`create table ${table} (by_hand int)`);
  await expect(migrate(database.url)).rejects.toThrow(
    new RegExp(`^Migration ${failing} failed: .*"${table}" already exists`),
  );
  expect(await applied(database)).toEqual(before);
  const { rows } = await database.pool.query(`select * from ${table}`);
  expect(rows).toEqual([]);
  await database.pool.query(`drop table ${table}`);
  expect(await migrate(database.url)).toEqual(names.slice(at));
});

test('a backup’s migrations only, then the newer ones', async () => {
  const database = await bare();
  expect(await migrate(database.url, names.slice(0, 5))).toEqual(names.slice(0, 5));
  expect(await migrate(database.url, names.slice(0, 5))).toEqual([]);
  expect(await migrate(database.url, ['9999_unknown.sql'])).toEqual([]);
  expect(await migrate(database.url)).toEqual(names.slice(5));
});

test('a hub that is older than its database leaves the newer migrations alone', async () => {
  const database = await bare();
  await migrate(database.url);
  await database.pool.query(`insert into schema_migration (name) values ('9999_later.sql')`);
  expect(await migrate(database.url)).toEqual([]);
  expect(await applied(database)).toContain('9999_later.sql');
});

test('a process that dies in the middle of a migration leaves the others free to go on', async () => {
  const database = await bare();
  const half = new pg.Client({ connectionString: database.url });
  half.on('error', () => undefined);
  await half.connect();
  await half.query('select pg_advisory_lock(727001)');
  await half.query('begin');
  await half.query('create table half_done (n int)');
  const waiting = migrate(database.url, names.slice(0, 2));
  let done = false;
  void waiting.then(() => (done = true));
  const { rows } = await half.query<{ pid: number }>('select pg_backend_pid() as pid');
  await expect
    .poll(async () => (await database.pool.query(`select 1 from pg_locks where locktype = 'advisory' and not granted`)).rowCount)
    .toBeGreaterThan(0);
  expect(done, 'one works, the others wait').toBe(false);
  await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  expect(await waiting).toEqual(names.slice(0, 2));
  const left = await database.pool.query(`select to_regclass('half_done') as there`);
  expect(left.rows[0]).toEqual({ there: null });
}); // prettier-ignore

describe('a database in which Chinese is not found', () => {
  test.each([
    ['of the C locale', `locale 'C'`, /locale C \(provider c\)/],
    ['of the built-in provider', `locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`, /provider b/],
  ])('%s is refused with the command that makes one', async (_what, options, words) => {
    const admin = new pg.Client({ connectionString: databaseNamed(inject('databaseUrl'), 'postgres') });
    await admin.connect();
    const name = `t_${randomBytes(6).toString('hex')}`;
    await admin.query(`create database ${name} template template0 ${options}`);
    const url = databaseNamed(inject('databaseUrl'), name);
    try {
      await expect(migrate(url)).rejects.toThrow(words);
      await expect(migrate(url)).rejects.toThrow(
        /create database hub locale_provider libc locale 'C\.UTF-8'/,
      );
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query(`select to_regclass('schema_migration') as there`);
      expect(rows[0]).toEqual({ there: null });
      await client.end();
    } finally {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });
});

test('a database that is not there, or a server that is not, is said in one line', async () => {
  const nowhere = databaseNamed(inject('databaseUrl'), 'no_such_database');
  await expect(migrate(nowhere)).rejects.toThrow(/^The database cannot be reached: .*no_such_database/);
  for (const host of ['127.0.0.1', 'localhost', 'no-such-host.invalid'])
    await expect(migrate(`postgres://hub@${host}:1/hub`), host).rejects.toThrow(
      /^The database cannot be reached: (connect ECONNREFUSED|getaddrinfo \w+) \S+$/,
    );
});
