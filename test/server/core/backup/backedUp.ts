import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { migrate } from '../../../../db/migrate.ts';
import { MANIFEST, snapshotsFolder, type Manifest } from '../../../../server/core/backup/manifest.ts';
import type { RestoreTarget } from '../../../../server/core/backup/restoreBackup.ts';
import { writeBackup } from '../../../../server/core/backup/writeBackup.ts';
import { openFileStore } from '../../../../server/core/storage/fileStore.ts';
import { createDatabase, type TestDatabase } from '../../../helpers/database.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

export const passphrase = 'correct horse battery staple';
export let context: TestContext;
/** Everything of this file's test; in it the backup folder and its one snapshot. */
export let root: string, folder: string, snapshot: string;
/** Address of an object that a row names. */
export let named: string;
const databases: TestDatabase[] = [];

/** The demo county with one object and somebody signed in, backed up once, its keys sealed beside the folder. */
export function openBackup(): void {
  beforeAll(async () => {
    context = await createContext({ county: true });
    const { ctx } = context;
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-backup-'));
    named = (await ctx.objects.put(Buffer.from('an object that rows name'))).address;
    const value = JSON.stringify({ address: named });
    await ctx.db.insertInto('setting').values({ key: 'test.object', value }).execute();
    const staff = await ctx.db.selectFrom('staff').select('id').limit(1).executeTakeFirstOrThrow();
    await ctx.db.insertInto('session').values({ staffId: staff.id, tokenHash: 'x' }).execute();
    folder = path.join(root, 'backup');
    const keys = { file: path.join(root, 'sealed.keys'), passphrase };
    snapshot = path.join(snapshotsFolder(folder), (await writeBackup(ctx, { folder, keys })).snapshot);
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await context.close();
    fs.rmSync(root, { recursive: true, force: true });
  });
}

export type Target = RestoreTarget & { database: TestDatabase };

/** A hub without anything in it; `bare`: without a table too. */
export async function emptyHub(options: { keys?: boolean; bare?: boolean } = {}): Promise<Target> {
  const database = await createDatabase({ empty: options.bare ?? false });
  databases.push(database);
  const home = fs.mkdtempSync(path.join(root, 'hub-'));
  const keyFile = path.join(home, 'hub.key');
  if (options.keys ?? true) fs.copyFileSync(context.ctx.config.keyFile, keyFile);
  return {
    database,
    databaseUrl: database.url,
    keyFile,
    openStore: () => openFileStore(path.join(home, 'objects')),
    migrate: (only) => migrate(database.url, only),
  };
}

export const rowsIn = async ({ database }: Target, table: string) =>
  (await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n;

/** Changes a file of the backup, or takes it away, while `work` runs. */
export async function changed(
  file: string,
  change: (bytes: Buffer) => Buffer | string | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const bytes = fs.readFileSync(file);
  const other = change(bytes);
  if (other === undefined) fs.rmSync(file);
  else fs.writeFileSync(file, other);
  try {
    await work();
  } finally {
    fs.writeFileSync(file, bytes);
  }
}

export const manifestOf = (at = snapshot) =>
  JSON.parse(fs.readFileSync(path.join(at, MANIFEST), 'utf8')) as Manifest;
