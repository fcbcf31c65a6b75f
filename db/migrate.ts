import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { crashPoint } from '../server/core/crashPoint.ts';

const FOLDER = path.join(import.meta.dirname, 'migrations');
const LOCK = 727_001;

/**
 * Applies the plain SQL files of `db/migrations` that the database has not seen, in order, each in a transaction.
 * Many processes may call it at once: one works, the others wait on an advisory lock (so `url` must not be a
 * transaction pooler). `only` leaves out files that a backup does not know yet. Returns the names applied.
 */
export async function migrate(url: string, only?: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect().catch(unreachable);
  const applied: string[] = [];
  try {
    await checkLocale(client);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'create table if not exists schema_migration (name text primary key, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string }>('select name from schema_migration');
    const seen = new Set(rows.map((row) => row.name));
    for (const name of migrationNames()) {
      if (seen.has(name) || (only && !only.includes(name))) continue;
      const text = fs.readFileSync(path.join(FOLDER, name), 'utf8');
      crashPoint('migration.file');
      try {
        await client.query('begin');
        await client.query(text);
        crashPoint('migration.middle');
        await client.query('insert into schema_migration (name) values ($1)', [name]);
        crashPoint('migration.before-commit');
        await client.query('commit');
        crashPoint('migration.after-commit');
      } catch (cause) {
        await client.query('rollback');
        throw new Error(
          `Migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
          { cause },
        );
      }
      applied.push(name);
    }
  } finally {
    await client.end();
  }
  return applied;
}

/** What a name with several addresses fails with has no words of its own. */
function unreachable(cause: unknown): never {
  const [first] = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause];
  throw new Error(
    `The database cannot be reached: ${first instanceof Error ? first.message : String(first)}`,
    {
      cause,
    },
  );
}

export function migrationNames(): string[] {
  return fs
    .readdirSync(FOLDER)
    .filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))
    .sort();
}

/** Trigram search finds no Chinese text under the C locale or the builtin provider. */
async function checkLocale(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datcollate: string; provider: string }>(
    'select datcollate, datlocprovider::text as provider from pg_database where datname = current_database()',
  );
  const row = rows[0];
  if (!row || row.provider !== 'c' || !/utf-?8/i.test(row.datcollate))
    throw new Error(
      `The database uses locale ${row?.datcollate} (provider ${row?.provider}); Chinese search needs libc C.UTF-8: create it with "create database hub locale_provider libc locale 'C.UTF-8' template template0".`,
    );
}
