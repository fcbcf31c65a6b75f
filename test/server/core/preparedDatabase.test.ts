import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../server/core/database.ts';
import { preparedDatabase } from '../../../server/core/preparedDatabase.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

let hub: TestContext;
let db: Database;
beforeAll(async () => {
  hub = await createContext();
  db = preparedDatabase(hub.ctx.pool);
});
afterAll(() => hub.close());

const ask = (value: number) =>
  db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ value: number }>`select * from plan_probe where value = ${value}`.execute(
      trx,
    );
    const held = await sql<{
      n: number;
    }>`select count(*)::int as n from pg_prepared_statements where statement like 'select * from plan_probe%'`.execute(
      trx,
    );
    return { rows, prepared: held.rows[0]?.n };
  });

test('a statement is prepared once; a migration under it costs one try, not the connection for ever', async () => {
  await sql`create table plan_probe as select 1 as value`.execute(hub.ctx.db);
  expect(await ask(1)).toEqual({ rows: [{ value: 1 }], prepared: 1 });
  expect(await ask(1)).toEqual({ rows: [{ value: 1 }], prepared: 1 });
  await sql`alter table plan_probe add column more text`.execute(hub.ctx.db);
  await expect(ask(1)).rejects.toThrow('cached plan');
  expect((await ask(1)).rows).toEqual([{ value: 1, more: null }]);
});

test('an error inside a transaction rolls back and leaves the connection usable', async () => {
  await expect(db.transaction().execute((trx) => sql`select 1 / ${0}::int`.execute(trx))).rejects.toThrow(
    'division by zero',
  );
  expect((await sql<{ one: number }>`select ${1}::int as one`.execute(db)).rows).toEqual([{ one: 1 }]);
});
