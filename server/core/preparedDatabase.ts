import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { DB } from '../../db/types.ts';
import type { Database } from './database.ts';

/** A caller whose statements are made up at run time must not fill the connections with them. */
const MAX_STATEMENTS = 500;
/** "cached plan must not change result type": the schema was migrated under this connection. */
const STALE_PLAN = '0A000';

/**
 * The same database over the same pool for a path that sends the same statements thousands of times: each is prepared
 * once a connection and not planned anew. A connection whose plans became stale by a migration is replaced.
 */
export function preparedDatabase(pool: pg.Pool): Database {
  const known = databases.get(pool) ?? open(pool);
  databases.set(pool, known);
  return known;
}

/** One a pool: names of statements belong to its connections. */
const databases = new WeakMap<pg.Pool, Database>();

function open(pool: pg.Pool): Database {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known || names.size >= MAX_STATEMENTS) return known;
    const name = `hub${names.size}`;
    names.set(text, name);
    return name;
  };
  const dialect = new PostgresDialect({
    pool: {
      connect: async () => prepared(await pool.connect(), nameOf),
      end: () => Promise.resolve(), // the pool is closed by who opened it
    } as unknown as pg.Pool,
  });
  return new Kysely<DB>({ dialect, plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })] });
}

function prepared(client: pg.PoolClient, nameOf: (text: string) => string | undefined) {
  let stale = false;
  return {
    async query(text: string, values: unknown[] = []): Promise<pg.QueryResult> {
      const name = values.length > 0 ? nameOf(text) : undefined; // begin and commit have no plan
      try {
        return await client.query({ ...(name && { name }), text, values });
      } catch (error) {
        stale ||= error instanceof Error && 'code' in error && error.code === STALE_PLAN;
        throw error;
      }
    },
    release: (discard = false) => client.release(stale || discard),
  };
}
