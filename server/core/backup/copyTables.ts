import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { tableFile, type Manifest } from './manifest.ts';
import { Digest, RowScanner, type NamedObject } from './rowScanner.ts';
import { writeDurably } from './writeFile.ts';

/** Nobody should be signed in by a restored database, nor locked out by it. */
const LEFT_OUT = ['session', 'login_failure'];

export type CopiedTables = Pick<Manifest, 'migrations' | 'transactionEnd' | 'tables' | 'sequences'>;

/** Every table under one snapshot, by COPY in text format, compressed. Calls `onObject` for what the rows may name. */
export async function copyTables(
  client: pg.PoolClient,
  snapshot: string,
  onObject: (named: NamedObject) => void,
  progress?: (table: string, done: number, of: number) => void,
): Promise<CopiedTables> {
  await client.query('begin isolation level repeatable read read only');
  const list = await listTables(client);
  const tables: Manifest['tables'] = [];
  for (const [done, { name, columns }] of list.entries()) {
    progress?.(name, done, list.length);
    const names = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
    const source = client.query(copyTo(`copy ${pg.escapeIdentifier(name)} (${names}) to stdout`));
    const rows = new RowScanner(columns, onObject);
    const digest = new Digest();
    await writeDurably(tableFile(snapshot, name), source, [rows, createGzip({ level: 4 }), digest]);
    tables.push({ name, columns, rows: rows.rows, sha256: digest.hex() });
  }
  const { rows: migrations } = await client.query<{ name: string }>(
    'select name from schema_migration order by name',
  );
  const { rows: sequences } = await client.query<{ name: string; value: string; called: boolean }>(
    `select sequencename as name, coalesce(last_value, start_value)::text as value, last_value is not null as called
     from pg_sequences where schemaname = 'public' order by 1`,
  );
  const { rows: end } = await client.query<{ end: string }>(
    'select pg_snapshot_xmax(pg_current_snapshot())::text as end',
  );
  await client.query('commit');
  return {
    migrations: migrations.map((row) => row.name),
    transactionEnd: end[0]?.end ?? '0',
    tables,
    sequences,
  };
}

async function listTables(client: pg.PoolClient): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> all ($1)
     group by c.relname order by c.relname`,
    [['schema_migration', ...LEFT_OUT]],
  );
  return rows;
}
