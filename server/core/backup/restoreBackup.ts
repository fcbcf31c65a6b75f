import { createReadStream, existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { crashPoint } from '../crashPoint.ts';
import { keyFingerprints } from '../keys.ts';
import { openWithPin } from '../signature/pinSeal.ts';
import type { ObjectStore } from '../storage/objectStore.ts';
import { findSnapshot, OBJECT_LIST, objectFile, tableFile, type Manifest } from './manifest.ts';
import { hashFile } from './writeFile.ts';

const AT_ONCE = 8;

export interface RestoreOptions {
  folder: string;
  /** Name of a snapshot; without it the newest complete one. */
  snapshot?: string;
  /** Sealed keys and what opens them; without them the key file must be there already. */
  keys?: { file: string; passphrase: string };
  onProgress?: (step: string, done: number, of?: number) => void;
}

export interface RestoreTarget {
  /** Of an empty, migrated or unmigrated database; not a transaction pooler. */
  databaseUrl: string;
  keyFile: string;
  /** Opened only after the keys are there. */
  openStore(): Promise<ObjectStore>;
  /** Brings the database to the named migrations; to all there are without names. */
  migrate(only?: readonly string[]): Promise<unknown>;
}

/**
 * Brings a snapshot back into an empty hub: proves every file first, then keys, objects, rows (in one transaction),
 * then this version's newer migrations. Cut off anywhere it can be called again. Throws an Error with one sentence
 * when the backup is damaged, made by a newer hub, or the hub is not empty.
 */
export async function restoreBackup(target: RestoreTarget, options: RestoreOptions): Promise<Manifest> {
  const { folder, manifest } = await findSnapshot(options.folder, options.snapshot);
  await proveTables(folder, manifest, options.onProgress);
  await placeKeys(target.keyFile, manifest, options.keys);
  await target.migrate(manifest.migrations);
  const client = new pg.Client({ connectionString: target.databaseUrl, options: '-c timezone=UTC' });
  await client.connect();
  try {
    await requireEmpty(client, manifest);
    await restoreObjects(await target.openStore(), options.folder, folder, options.onProgress);
    crashPoint('restore.after-objects');
    await passTransactions(client, manifest.transactionEnd, options.onProgress);
    await restoreRows(client, folder, manifest, options.onProgress);
  } finally {
    await client.end();
  }
  await target.migrate();
  return manifest;
}

async function proveTables(folder: string, manifest: Manifest, onProgress: RestoreOptions['onProgress']) {
  const damaged = (name: string) =>
    new Error(`${name} in ${folder} is damaged or missing: nothing was restored; take another snapshot.`);
  for (const [done, table] of manifest.tables.entries()) {
    onProgress?.('proving', done, manifest.tables.length);
    const file = tableFile(folder, table.name);
    if (!existsSync(file) || (await hashFile(file)) !== table.sha256) throw damaged(path.basename(file));
  }
  const list = path.join(folder, OBJECT_LIST);
  if (!existsSync(list) || (await hashFile(list)) !== manifest.objects.listSha256) throw damaged(OBJECT_LIST);
}

async function placeKeys(keyFile: string, manifest: Manifest, sealed: RestoreOptions['keys']) {
  if (sealed && !existsSync(keyFile)) {
    const text = await readFile(sealed.file, 'utf8');
    const pin = { value: sealed.passphrase, pepper: new Uint8Array() };
    const opened = await openWithPin(text.trim(), pin, 'hub.key').catch((cause: unknown) => {
      throw new Error(`${sealed.file} holds no sealed keys.`, { cause });
    });
    if (!opened) throw new Error(`The passphrase does not open ${sealed.file}.`);
    await writeFile(keyFile, opened, { mode: 0o600, flag: 'wx', flush: true });
  }
  const present = existsSync(keyFile) ? keyFingerprints(keyFile) : {};
  const lacking = Object.entries(manifest.keys).filter(([id, print]) => present[id] !== print);
  if (lacking.length > 0)
    throw new Error(
      `${keyFile} does not hold the keys of this backup (${lacking.map(([id]) => id).join(', ')}): give them by --keys, or put the sealed copy in its place.`,
    );
}

async function requireEmpty(client: pg.Client, manifest: Manifest): Promise<void> {
  const { rows: known } = await client.query<{ name: string }>('select name from schema_migration');
  const seen = new Set(known.map((row) => row.name));
  const unknown = manifest.migrations.filter((name) => !seen.has(name));
  if (unknown.length > 0)
    throw new Error(
      `The backup was made by a newer hub (it has ${unknown.at(-1)}): restore it with that version.`,
    );
  if (seen.size > manifest.migrations.length)
    throw new Error(
      'The database was already brought to a newer version: restore into one that no hub was started on.',
    );
  const { rows } = await client.query<{ used: boolean }>(
    'select exists (select 1 from staff) or exists (select 1 from audit_event) as used',
  );
  if (rows[0]?.used)
    throw new Error('The database is in use: restore only into an empty one, nothing is ever overwritten.');
  const { rows: may } = await client.query<{ may: boolean }>(
    `select has_parameter_privilege('session_replication_role', 'set') as may`,
  );
  if (!may[0]?.may)
    throw new Error(
      'The database account may not restore: as superuser run "grant set on parameter session_replication_role to <account>".',
    );
}

async function restoreObjects(
  store: ObjectStore,
  base: string,
  folder: string,
  onProgress: RestoreOptions['onProgress'],
): Promise<void> {
  let done = 0;
  const one = async (address: string) => {
    const there = await store.size(address).then(
      () => true,
      () => false,
    );
    if (!there) {
      const writer = await store.open();
      try {
        for await (const chunk of createReadStream(objectFile(base, address)))
          await writer.write(chunk as Buffer);
      } catch (error) {
        await writer.abort();
        if (existsSync(objectFile(base, address))) throw error;
        throw new Error(
          `Object ${address} in the backup is missing: nothing was restored; take another copy.`,
          { cause: error },
        );
      }
      const stored = await writer.commit();
      if (stored.address !== address)
        throw new Error(
          `Object ${address} in the backup is damaged: nothing was restored; take another copy.`,
        );
    }
    onProgress?.('objects', ++done);
  };
  let batch: string[] = [];
  for await (const address of createInterface({ input: createReadStream(path.join(folder, OBJECT_LIST)) })) {
    batch.push(address);
    if (batch.length < AT_ONCE) continue;
    await Promise.all(batch.map(one));
    batch = [];
  }
  await Promise.all(batch.map(one));
}

/**
 * Rows carry the transaction that wrote them, the audit chain seals it, and whoever tails a table reads only below the
 * oldest running one: a fresh server counts from the start, so its counter is moved past the backup's, by transactions.
 */
async function passTransactions(client: pg.Client, end: string, onProgress: RestoreOptions['onProgress']) {
  await client.query('set synchronous_commit = off');
  for (;;) {
    const { rows } = await client.query<{ now: string; left: string }>(
      'select pg_current_xact_id()::text as now, ($1::text::numeric - pg_current_xact_id()::text::numeric)::text as left',
      [end],
    );
    const left = Number(rows[0]?.left ?? 0);
    if (left <= 0) break;
    onProgress?.('transactions', Number(end) - left, Number(end));
    await client.query(
      `do $$ begin for i in 1..${Math.min(left, 200_000)} loop perform pg_current_xact_id(); commit; end loop; end $$`,
    );
  }
  await client.query('reset synchronous_commit');
}

async function restoreRows(
  client: pg.Client,
  folder: string,
  manifest: Manifest,
  onProgress: RestoreOptions['onProgress'],
): Promise<void> {
  const names = manifest.tables.map((table) => pg.escapeIdentifier(table.name)).join(', ');
  await client.query('begin');
  // The rows agreed with each other when they were read: no trigger may change or refuse them now.
  await client.query('set local session_replication_role = replica');
  await client.query(`truncate ${names} cascade`);
  for (const [done, { name, columns, rows }] of manifest.tables.entries()) {
    onProgress?.(name, done, manifest.tables.length);
    const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
    const copy = client.query(copyFrom(`copy ${pg.escapeIdentifier(name)} (${list}) from stdin`));
    await pipeline(createReadStream(tableFile(folder, name)), createGunzip(), copy);
    if (copy.rowCount !== rows)
      throw new Error(
        `${name} came back with ${copy.rowCount} rows instead of ${rows}: nothing was restored.`,
      );
  }
  for (const { name, value, called } of manifest.sequences)
    await client.query('select setval($1::text::regclass, $2::bigint, $3)', [
      `public.${pg.escapeIdentifier(name)}`,
      value,
      called,
    ]);
  crashPoint('restore.before-commit');
  await client.query('commit');
}
