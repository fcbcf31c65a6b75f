import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../../../db/migrate.ts';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { recordAudit } from '../../../../server/core/audit/recordAudit.ts';
import { verifyAudit } from '../../../../server/core/audit/verifyAudit.ts';
import { MANIFEST, objectFile, tableFile } from '../../../../server/core/backup/manifest.ts';
import { restoreBackup, type RestoreTarget } from '../../../../server/core/backup/restoreBackup.ts';
import { RowScanner } from '../../../../server/core/backup/rowScanner.ts';
import { writeBackup } from '../../../../server/core/backup/writeBackup.ts';
import { openKeys } from '../../../../server/core/keys.ts';
import { seedImagingDemo } from '../../../../server/imaging/demo/seedDemo.ts';
import { openFileStore } from '../../../../server/core/storage/fileStore.ts';
import { createDatabase, type TestDatabase } from '../../../helpers/database.ts';
import { sealEveryRow } from '../../../helpers/audit.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

const PASSPHRASE = { passphrase: 'correct horse battery staple' };
let context: TestContext;
let root: string;
const databases: TestDatabase[] = [];

beforeAll(async () => {
  context = await createContext({ county: true });
  await seedImagingDemo(context.ctx);
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-backup-'));
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await context.close();
  fs.rmSync(root, { recursive: true, force: true });
});

async function target(name: string): Promise<RestoreTarget & { database: TestDatabase; objects: string }> {
  const database = await createDatabase({ empty: true });
  databases.push(database);
  const objects = path.join(root, name, 'objects');
  fs.mkdirSync(path.join(root, name), { recursive: true });
  return {
    database,
    objects,
    databaseUrl: database.url,
    keyFile: path.join(root, name, 'hub.key'),
    openStore: () => openFileStore(objects),
    migrate: (only) => migrate(database.url, only),
  };
}

/** Every row of every table as one number, apart from sessions and what the restored hub itself adds. */
async function fingerprint(pool: pg.Pool): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
     and relname not in ('session', 'login_failure', 'schema_migration')`,
  );
  const prints: Record<string, string> = {};
  for (const { name } of rows) {
    const answer = await pool.query<{ print: string }>(
      `select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as print from ${pg.escapeIdentifier(name)} t`,
    );
    prints[name] = answer.rows[0]?.print ?? '';
  }
  return prints;
}

test('a snapshot restored elsewhere has every row, object and key, and its audit chain goes on', async () => {
  const { ctx } = context;
  await recordAudit(ctx.db, SYSTEM, { action: 'order.create', detail: { text: '珅\t玘\n昞 \\ "' } });
  await sealEveryRow(ctx);
  const before = await fingerprint(ctx.pool);
  const folder = path.join(root, 'one');
  const keys = { file: path.join(root, 'sealed.keys'), ...PASSPHRASE };
  const written = await writeBackup(ctx, { folder, keys });
  expect(written.missing).toEqual([]);
  expect(written.objects).toBeGreaterThan(100);
  expect(written.newObjects).toBeGreaterThan(100);

  const empty = await target('restored');
  await restoreBackup(empty, { folder, keys });
  expect(await fingerprint(empty.database.pool)).toEqual(before);

  const restored = {
    db: empty.database.db,
    keys: openKeys(empty.keyFile),
    objects: await openFileStore(empty.objects),
  };
  expect((await verifyAudit(restored)).fault).toBeUndefined();
  const images = await restored.db.selectFrom('instance').select('objectAddress').execute();
  for (const { objectAddress } of images.slice(0, 50))
    expect((await restored.objects.read(objectAddress)).equals(await ctx.objects.read(objectAddress))).toBe(
      true,
    );
  const person = await restored.db
    .selectFrom('patientIdentifier')
    .select('valueEncrypted')
    .executeTakeFirstOrThrow();
  expect(restored.keys.decrypt(person.valueEncrypted)).toBe(ctx.keys.decrypt(person.valueEncrypted));

  // What happens after the restore is sealed behind what came before it, and new rows take new numbers.
  await recordAudit(restored.db, SYSTEM, { action: 'order.create' });
  await sealEveryRow(restored);
  expect((await verifyAudit(restored)).fault).toBeUndefined();
});

test('the next snapshot in the same folder copies new objects only', async () => {
  const { ctx } = context;
  const folder = path.join(root, 'one');
  const stored = await ctx.objects.put(Buffer.from('a new object'));
  await ctx.db
    .insertInto('setting')
    .values({ key: 'test.object', value: JSON.stringify({ deep: [{ address: stored.address }] }) })
    .execute();
  context.clock.advance(1);
  const again = await writeBackup(ctx, { folder });
  expect(again.newObjects).toBe(1);
  expect(fs.readFileSync(objectFile(folder, stored.address), 'utf8')).toBe('a new object');
});

test('what was cut off is no snapshot, and an older complete one is taken', async () => {
  const folder = path.join(root, 'one');
  const cut = path.join(folder, 'snapshots', '2999-01-01T00-00-00-000Z');
  fs.mkdirSync(cut);
  const empty = await target('older');
  fs.copyFileSync(context.ctx.config.keyFile, empty.keyFile);
  const manifest = await restoreBackup(empty, { folder });
  expect(manifest.madeAt.startsWith('2999')).toBe(false);
  fs.rmSync(cut, { recursive: true });
});

test('a damaged table, a damaged object, another key and a used database are refused, and nothing is restored', async () => {
  const folder = path.join(root, 'one');
  const { ctx } = context;
  const [latest = ''] = fs.readdirSync(path.join(folder, 'snapshots')).sort().reverse();
  const snapshot = path.join(folder, 'snapshots', latest);
  const empty = await target('refused');

  await expect(restoreBackup(empty, { folder })).rejects.toThrow(/does not hold the keys of this backup/);
  const sealed = { file: path.join(root, 'sealed.keys'), passphrase: 'not the passphrase' };
  await expect(restoreBackup(empty, { folder, keys: sealed })).rejects.toThrow(/does not open/);
  fs.copyFileSync(ctx.config.keyFile, empty.keyFile);

  const table = tableFile(snapshot, 'orders');
  const bytes = fs.readFileSync(table);
  fs.writeFileSync(table, bytes.subarray(0, bytes.length - 9));
  await expect(restoreBackup(empty, { folder })).rejects.toThrow(/orders\.copy\.gz .* is damaged/);
  fs.writeFileSync(table, bytes);

  const image = await ctx.db.selectFrom('instance').select('objectAddress').executeTakeFirstOrThrow();
  const file = objectFile(folder, image.objectAddress);
  const original = fs.readFileSync(file);
  fs.writeFileSync(file, Buffer.concat([original, Buffer.from([0])]));
  await expect(restoreBackup(empty, { folder })).rejects.toThrow(
    /Object [0-9a-f]{64} in the backup is damaged/,
  );
  fs.writeFileSync(file, original);

  const manifestFile = path.join(snapshot, MANIFEST);
  const manifest = fs.readFileSync(manifestFile, 'utf8');
  fs.writeFileSync(manifestFile, manifest.replace('"0001_core.sql"', '"9999_later.sql"'));
  await expect(
    restoreBackup(
      await target('newer').then((fresh) => {
        fs.copyFileSync(ctx.config.keyFile, fresh.keyFile);
        return fresh;
      }),
      { folder },
    ),
  ).rejects.toThrow(/newer hub|relation/);
  fs.writeFileSync(manifestFile, manifest);

  await restoreBackup(empty, { folder });
  await expect(restoreBackup(empty, { folder })).rejects.toThrow(/in use/);
});

test('an object that rows name and the store lost is reported, one with other bytes ends the backup', async () => {
  const { ctx } = context;
  const image = await ctx.db.selectFrom('instance').select('objectAddress').executeTakeFirstOrThrow();
  const stored = path.join(
    ctx.config.dataDir,
    'objects',
    image.objectAddress.slice(0, 2),
    image.objectAddress,
  );
  fs.renameSync(stored, `${stored}.away`);
  const lost = await writeBackup(ctx, { folder: path.join(root, 'two') });
  expect(lost.missing).toEqual([image.objectAddress]);
  fs.writeFileSync(stored, 'other bytes');
  await expect(writeBackup(ctx, { folder: path.join(root, 'three') })).rejects.toThrow(
    /no longer has the bytes/,
  );
  fs.renameSync(`${stored}.away`, stored);
});

test('the sealed keys may not lie beside the rows', async () => {
  const folder = path.join(root, 'one');
  const keys = { file: path.join(folder, 'hub.keys'), ...PASSPHRASE };
  await expect(writeBackup(context.ctx, { folder, keys })).rejects.toThrow(/own folder/);
});

test('addresses are found in columns, arrays and JSON, however the bytes are split', () => {
  const a = 'a'.repeat(64);
  const b = '0123456789abcdef'.repeat(4);
  const text = `1\t${a}\t{"x":"${b}"}\n2\t\\N\t${'c'.repeat(65)}\n3\tnone\t{${a},${b}}\n`;
  for (let size = 1; size < text.length; size++) {
    const found: string[] = [];
    const scanner = new RowScanner(['id', 'object_address', 'detail'], ({ address, sure }) =>
      found.push(`${sure ? '!' : '?'}${address}`),
    );
    scanner.resume();
    for (let at = 0; at < text.length; at += size) scanner.write(Buffer.from(text.slice(at, at + size)));
    scanner.end();
    expect(found).toEqual([`!${a}`, `?${b}`, `?${a}`, `?${b}`]);
    expect(scanner.rows).toBe(3);
  }
});
