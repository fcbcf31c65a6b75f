import { createHash } from 'node:crypto';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely';
import type { Pool, QueryResultRow } from 'pg';

// Only writes SQL text: values stay apart, names are as written.
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

const names = new Map<string, string>();

/** Runs a statement prepared by name, one name per text: for the queries whose planning time would be felt. */
export async function runPrepared<Row extends QueryResultRow>(
  pool: Pool,
  statement: RawBuilder<unknown>,
): Promise<Row[]> {
  const compiled = statement.compile(compiler);
  let name = names.get(compiled.sql);
  if (!name) {
    name = `img-${createHash('sha256').update(compiled.sql).digest('hex').slice(0, 24)}`;
    if (names.size < 2_000) names.set(compiled.sql, name);
  }
  const result = await pool.query<Row>({ name, text: compiled.sql, values: [...compiled.parameters] });
  return result.rows;
}
