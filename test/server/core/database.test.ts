import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUniqueViolation, openDatabase } from '../../../server/core/database.ts';
import { describeError } from '../../../server/core/log.ts';
import { toProblem } from '../../../server/core/http.ts';
import { createDatabase, type TestDatabase } from '../../helpers/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.close());
const one = async <T>(query: string) =>
  (await sql<{ value: T }>`${sql.raw(`select ${query} as value`)}`.execute(database.db)).rows[0]?.value;
const fault = async (work: Promise<unknown>): Promise<unknown> => {
  const outcome: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error('nothing failed');
  return outcome;
};

describe('a value of the database is', () => {
  test.each([
    [`date '2026-02-28'`, '2026-02-28'],
    [`9007199254740991::bigint`, 9_007_199_254_740_991],
    [`count(*)`, 1],
    [`12.50::numeric`, 12.5],
    [`timestamptz '2026-11-22 10:32:00+08'`, new Date('2026-11-22T02:32:00Z')],
    [`current_setting('timezone')`, 'UTC'],
    [`jsonb_build_object('snake_case', 1, 'camelCase', 2)`, { snake_case: 1, camelCase: 2 }],
  ])('%s as %j', async (query, value) => {
    expect(await one(query)).toEqual(value);
  });

  test('never a number that JavaScript would round', async () => {
    await expect(one('9007199254740993::bigint')).rejects.toThrow('beyond what JavaScript counts exactly');
    expect(await one('1'), 'the connection is usable afterwards').toBe(1);
  });
});

describe('what the database refuses', () => {
  beforeAll(async () => {
    await sql`create table probe (id int primary key, name text constraint probe_name unique, n int check (n > 0))`.execute(database.db);
    await sql`insert into probe values (1, '张三', 1)`.execute(database.db);
  }); // prettier-ignore
  const insert = (id: number, name: string, n = 1) =>
    sql`insert into probe values (${id}, ${name}, ${n})`.execute(database.db);

  test('a second of its kind is known by its constraint', async () => {
    const twice = await fault(insert(2, '张三'));
    expect([isUniqueViolation(twice), isUniqueViolation(twice, 'probe_name'), isUniqueViolation(twice, 'probe_pkey')]).toEqual([true, true, false]);
    const other = await fault(insert(3, '李四', 0));
    expect([isUniqueViolation(other), isUniqueViolation(new Error('23505')), isUniqueViolation(undefined)]).toEqual([false, false, false]);
  }); // prettier-ignore

  test('is logged without the row it quotes', async () => {
    const twice = await fault(insert(2, '张三'));
    const told = JSON.stringify(describeError(twice));
    expect(told).toContain('probe_name');
    expect(told).toContain('23505');
    expect(told).not.toContain('张三');
    const outer = new Error('outer', { cause: twice });
    expect(JSON.stringify(describeError(outer))).not.toContain('张三');
    expect(describeError('plain')).toEqual({ message: 'plain' });
  });

  test.each([
    [`'x'::uuid`, 400],
    [`'99999'::smallint`, 400],
    [`'2026-02-30'::date`, 400],
    [`1 / 0`, 500],
  ])('%s is answered with %i', async (query, status) => {
    expect(toProblem(await fault(one(query))).status).toBe(status);
  });
});

describe('a connection', () => {
  test('that breaks is replaced at its next use, and nobody else notices', async () => {
    const own = openDatabase(database.url, { max: 2 });
    const pid = async () => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(own.db)).rows[0]!.pid; // prettier-ignore
    const before = await pid();
    await sql`select pg_terminate_backend(${before})`.execute(database.db);
    let after = 0;
    await expect
      .poll(async () => {
        after = await pid().catch(() => 0);
        return after;
      })
      .toBeGreaterThan(0);
    expect(after).not.toBe(before);
    await own.close();
  });

  test('to a server that is not there is unavailable', async () => {
    const nowhere = openDatabase('postgres://hub@127.0.0.1:1/hub');
    expect(toProblem(await fault(sql`select 1`.execute(nowhere.db)))).toMatchObject({
      status: 503,
      type: 'unavailable',
    });
    await nowhere.close();
  });

  test('that is not to be had in time is unavailable, not a fault of the server', async () => {
    const narrow = openDatabase(database.url, { max: 1 });
    const held = await narrow.pool.connect();
    const waiting = fault(sql`select 1`.execute(narrow.db));
    expect(toProblem(await waiting)).toMatchObject({ status: 503 });
    held.release();
    await narrow.close();
  });
});
