import { CamelCasePlugin, Kysely, PostgresDialect, type Transaction as KyselyTransaction } from 'kysely';
import pg from 'pg';
import type { DB } from '../../db/types.ts';

export type Database = Kysely<DB>;
export type Transaction = KyselyTransaction<DB>;
/** Either: reads work on both, and an operation that must be atomic asks for a `Transaction`. */
export type Queryable = Database | Transaction;

// A date is a calendar day, not an instant; sequences and counts of ours stay below 2^53.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new Error(`bigint ${text} is beyond what JavaScript counts exactly`);
  return value;
});
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

export interface DatabaseHandle {
  db: Database;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** Opens a pool on `url`. `pool` is for the few hot statements that are prepared by name. */
export function openDatabase(url: string, options: { max?: number } = {}): DatabaseHandle {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 24,
    connectionTimeoutMillis: 5_000,
    options: '-c timezone=UTC',
  });
  // A connection that broke is replaced at its next use; without these the process would end.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  return { db, pool, close: () => db.destroy() };
}

/** True for a violated `unique` constraint, optionally a named one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof pg.DatabaseError &&
    error.code === '23505' &&
    (!constraint || error.constraint === constraint)
  );
}
