import { expect, test } from 'vitest';
import { migrate, migrationNames } from '../db/migrate.ts';
import { createDatabase } from './helpers/database.ts';

test('an empty database is migrated once, a second run finds nothing to do', async () => {
  const database = await createDatabase({ empty: true });
  try {
    expect(await migrate(database.url)).toEqual(migrationNames());
    expect(await migrate(database.url)).toEqual([]);
  } finally {
    await database.close();
  }
});

test('two processes that migrate at once apply each file once', async () => {
  const database = await createDatabase({ empty: true });
  try {
    const [a, b] = await Promise.all([migrate(database.url), migrate(database.url)]);
    expect([...a, ...b].sort()).toEqual(migrationNames());
    const { rows } = await database.pool.query('select count(*)::int as n from schema_migration');
    expect(rows[0].n).toBe(migrationNames().length);
  } finally {
    await database.close();
  }
});
