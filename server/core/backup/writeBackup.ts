import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { SYSTEM } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { crashPoint } from '../crashPoint.ts';
import { DomainError } from '../errors.ts';
import { keyFingerprints } from '../keys.ts';
import { sealWithPin } from '../signature/pinSeal.ts';
import { copyTables } from './copyTables.ts';
import { MANIFEST, OBJECT_LIST, objectFile, snapshotsFolder, type Manifest } from './manifest.ts';
import { Digest, type NamedObject } from './rowScanner.ts';
import { hashFile, syncPath, writeDurably } from './writeFile.ts';

const AT_ONCE = 8;
const RECENT = 100_000;

export interface BackupOptions {
  folder: string;
  /** Where the sealed keys go: never into the backup's own folder. */
  keys?: { file: string; passphrase: string };
  onProgress?: (step: string, done: number, of?: number) => void;
}

export interface BackupResult {
  snapshot: string;
  rows: number;
  objects: number;
  /** Objects that an earlier snapshot in this folder had not. */
  newObjects: number;
  /** Addresses that rows name and the store does not have. */
  missing: string[];
}

/**
 * Adds a snapshot to a backup folder while the hub runs: first every table under one snapshot of the database, then
 * every object its rows name (bytes are durable before rows name them, and never deleted, so none can be missing by
 * the order). The manifest comes last; what a crash leaves is no snapshot. Objects are kept once for all snapshots.
 * Throws when an object in the store no longer has the bytes of its address.
 */
export async function writeBackup(ctx: Context, options: BackupOptions): Promise<BackupResult> {
  const madeAt = ctx.clock.now();
  const name = madeAt.toISOString().replace(/[:.]/g, '-');
  const snapshot = path.join(snapshotsFolder(options.folder), name);
  await mkdir(snapshot, { recursive: true });
  if (options.keys) await sealKeys(ctx, options.folder, options.keys);
  const named = path.join(snapshot, 'named.part');
  const tables = await copyRows(ctx, snapshot, named, options.onProgress);
  crashPoint('backup.after-tables');
  const { total, added, missing } = await copyObjects(ctx, options, snapshot, named);
  await rm(named);
  const manifest: Manifest = {
    format: 1,
    madeAt: madeAt.toISOString(),
    ...tables,
    keys: keyFingerprints(ctx.config.keyFile),
    objects: { listSha256: await hashFile(path.join(snapshot, OBJECT_LIST)), count: total, missing },
  };
  await writeDurably(path.join(snapshot, MANIFEST), Readable.from([JSON.stringify(manifest, null, 1)]));
  await syncPath(snapshotsFolder(options.folder));
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const result = { snapshot: name, rows, objects: total, newObjects: added, missing };
  await recordAudit(ctx.db, SYSTEM, {
    action: 'backup.write',
    detail: { ...result, missing: missing.length },
  });
  return result;
}

async function sealKeys(ctx: Context, folder: string, keys: { file: string; passphrase: string }) {
  if (path.resolve(keys.file).startsWith(path.resolve(folder) + path.sep))
    throw new Error(
      'The sealed keys must not lie in the backup’s own folder: who finds one must not have both.',
    );
  const sealed = await sealWithPin(
    await readFile(ctx.config.keyFile),
    { value: keys.passphrase, pepper: new Uint8Array() },
    'hub.key',
  );
  await writeFile(keys.file, sealed, { mode: 0o600, flush: true });
}

/** The rows, and beside them in `named` what they may name: one address a line, `!` before those that must exist. */
async function copyRows(
  ctx: Context,
  snapshot: string,
  named: string,
  onProgress: BackupOptions['onProgress'],
) {
  const client = await ctx.pool.connect();
  const file = await open(named, 'w');
  const recent = new Set<string>();
  let lines: string[] = [];
  let writing = Promise.resolve();
  const flush = () => {
    const text = lines.join('');
    lines = [];
    writing = writing.then(() => file.write(text).then(() => undefined));
  };
  const onObject = ({ address, sure }: NamedObject) => {
    const line = `${sure ? '!' : '?'}${address}\n`;
    if (recent.has(line)) return;
    if (recent.size >= RECENT) recent.clear();
    recent.add(line);
    lines.push(line);
    if (lines.length >= 1_000) flush();
  };
  try {
    return await copyTables(client, snapshot, onObject, onProgress);
  } finally {
    flush();
    await writing;
    await file.close();
    client.release(true);
  }
}

async function copyObjects(ctx: Context, options: BackupOptions, snapshot: string, named: string) {
  const list = await open(path.join(snapshot, OBJECT_LIST), 'w');
  const missing: string[] = [];
  const counted = { total: 0, added: 0, seen: 0 };
  const listed = new Set<string>();
  const one = async (line: string) => {
    const address = line.slice(1);
    if (listed.has(address)) return;
    const taken = await copyObject(ctx, options.folder, address);
    counted.seen++;
    if (taken === 'absent') {
      if (line.startsWith('!')) missing.push(address);
      return;
    }
    if (listed.has(address)) return; // named twice within one batch
    if (listed.size >= RECENT) listed.clear();
    listed.add(address);
    counted.total++;
    if (taken === 'new') counted.added++;
    await list.write(`${address}\n`);
    options.onProgress?.('objects', counted.seen);
  };
  try {
    let batch: string[] = [];
    for await (const line of createInterface({ input: createReadStream(named) })) {
      batch.push(line);
      if (batch.length < AT_ONCE) continue;
      await Promise.all(batch.map(one));
      batch = [];
    }
    await Promise.all(batch.map(one));
    await list.sync();
  } finally {
    await list.close();
  }
  return { ...counted, missing };
}

async function copyObject(
  ctx: Context,
  folder: string,
  address: string,
): Promise<'new' | 'there' | 'absent'> {
  const file = objectFile(folder, address);
  if (existsSync(file)) return 'there';
  const source = await ctx.objects.stream(address).catch((error: unknown) => {
    if (error instanceof DomainError && error.status === 404) return undefined;
    throw error;
  });
  if (!source) return 'absent';
  const digest = new Digest();
  await writeDurably(file, source, [digest], () => {
    if (digest.hex() !== address)
      throw new Error(
        `Object ${address} in the store no longer has the bytes it had: restore it from an earlier backup, then back up again.`,
      );
  });
  return 'new';
}
