import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import {
  findSnapshot,
  MANIFEST,
  OBJECT_LIST,
  objectFile,
  tableFile,
  type Manifest,
} from '../../../../server/core/backup/manifest.ts';
import { writeBackup } from '../../../../server/core/backup/writeBackup.ts';
import { writeDurably } from '../../../../server/core/backup/writeFile.ts';
import {
  changed,
  context,
  emptyHub,
  folder,
  manifestOf,
  named,
  openBackup,
  root,
  snapshot,
} from './backedUp.ts';

openBackup();

const written = async () =>
  (await context.ctx.db.selectFrom('auditEvent').select('seq').where('action', '=', 'backup.write').execute()).length; // prettier-ignore

describe('a backup that fails', () => {
  test('into something that is no folder says so and is not on record as made', async () => {
    const before = await written();
    const file = path.join(root, 'a-file');
    fs.writeFileSync(file, '');
    await expect(writeBackup(context.ctx, { folder: file })).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(await written()).toBe(before);
  });

  test('because the store is away is no snapshot: it does not pass for one without objects', async () => {
    const before = await written();
    const own = path.join(root, 'store-away');
    const objects = path.join(context.ctx.config.dataDir, 'objects');
    fs.renameSync(objects, `${objects}.away`);
    try {
      await expect(writeBackup(context.ctx, { folder: own })).rejects.toMatchObject({ status: 503 });
    } finally {
      fs.renameSync(`${objects}.away`, objects);
    }
    await expect(findSnapshot(own)).rejects.toThrow(/holds no complete backup/);
    expect(await written()).toBe(before);
    await writeBackup(context.ctx, { folder: own });
    expect((await findSnapshot(own)).manifest.objects.count).toBeGreaterThan(0);
  });

  test('twice at once into one folder: both snapshots are whole, the objects are kept once', async () => {
    const own = path.join(root, 'two-at-once');
    const [one, two] = await Promise.all([
      writeBackup(context.ctx, { folder: own }),
      writeBackup({ ...context.ctx, clock: { now: () => new Date(Date.now() + 60_000) } }, { folder: own }),
    ]);
    expect(one.objects).toBe(two.objects);
    for (const { snapshot: name } of [one, two]) await findSnapshot(own, name);
    const all = fs.readdirSync(path.join(own, 'objects'), { recursive: true }).map(String);
    expect(all.filter((name) => name.length > 3)).toHaveLength(one.objects);
    expect(all.filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a file of a backup', () => {
  const file = () => path.join(root, 'durable', randomUUID());
  test('is there whole, or not at all', async () => {
    const [good, unproved, broken] = [file(), file(), file()];
    await writeDurably(good, Readable.from(['a', 'b']));
    expect(fs.readFileSync(good, 'utf8')).toBe('ab');
    const no = () => {
      throw new Error('not what it should be');
    };
    await expect(writeDurably(unproved, Readable.from(['a']), [], no)).rejects.toThrow('not what it should');
    const source = Readable.from(
      (async function* () {
        yield 'half';
        await Promise.reject(new Error('cut off'));
      })(),
    );
    await expect(writeDurably(broken, source)).rejects.toThrow('cut off');
    expect(fs.readdirSync(path.dirname(good))).toEqual([path.basename(good)]);
    expect(fs.statSync(good).mode & 0o777).toBe(0o600);
  });
});

describe('a snapshot is looked for', () => {
  test.each([
    ['where nothing is', () => path.join(root, 'nowhere'), undefined, /holds no complete backup: name the folder/],
    ['under a name that none has', () => folder, '2020-01-01', /holds no complete snapshot 2020-01-01; there are: 20/],
    ['under a name in an empty folder', () => root, 'any', /there are: none/],
  ] as [string, () => string, string | undefined, RegExp][])('%s', async (_where, at, name, words) => {
    await expect(findSnapshot(at(), name)).rejects.toThrow(words);
  }); // prettier-ignore

  test.each([
    ['is no JSON', () => '{"format":1,'],
    ['is of a format to come', (manifest: Manifest) => ({ ...manifest, format: 2 })],
    ['lacks its tables', ({ tables: _, ...rest }: Manifest) => rest],
    ['counts less than nothing', (manifest: Manifest) => ({ ...manifest, tables: [{ ...manifest.tables[0], rows: -1 }] })],
    ['has a transaction that is none', (manifest: Manifest) => ({ ...manifest, transactionEnd: '1; drop' })],
  ] as [string, (manifest: Manifest) => unknown][])('whose manifest %s: one line says what it is', async (_what, change) => {
    const text = (manifest: Manifest) => {
      const made = change(manifest);
      return typeof made === 'string' ? made : JSON.stringify(made);
    };
    await changed(path.join(snapshot, MANIFEST), (bytes) => text(JSON.parse(bytes.toString()) as Manifest), async () => {
      await expect(findSnapshot(folder)).rejects.toThrow(/^[^\n]*manifest\.json is damaged or of a newer hub[^\n]*$/);
    });
  }); // prettier-ignore
});

describe('a backup is read by tools of others', () => {
  test('each file is what its digest says, each object what its name says', () => {
    for (const { name, sha256 } of manifestOf().tables)
      expect(createHash('sha256').update(fs.readFileSync(tableFile(snapshot, name))).digest('hex')).toBe(sha256);
    const list = fs.readFileSync(path.join(snapshot, OBJECT_LIST), 'utf8').trim().split('\n');
    expect(list).toContain(named);
    for (const address of list)
      expect(createHash('sha256').update(fs.readFileSync(objectFile(folder, address))).digest('hex')).toBe(address);
  }); // prettier-ignore

  test.skipIf(spawnSync('psql', ['--version']).error !== undefined)('psql loads a table of it with COPY', async () => {
    const hub = await emptyHub();
    const { columns, rows } = manifestOf().tables.find(({ name }) => name === 'institution')!;
    await hub.database.pool.query(`create table peer (${columns.map((column) => `${pg.escapeIdentifier(column)} text`).join(', ')})`);
    const done = spawnSync('psql', [hub.databaseUrl, '-v', 'ON_ERROR_STOP=1', '-c', 'copy peer from stdin'], {
      input: gunzipSync(fs.readFileSync(tableFile(snapshot, 'institution'))),
      encoding: 'utf8',
    });
    expect(done).toMatchObject({ status: 0, stdout: `COPY ${rows}\n` });
    const loaded = await hub.database.pool.query<{ name: string }>(`select name from peer where code = 'LIUHE'`);
    expect(loaded.rows).toEqual([{ name: '柳河镇卫生院' }]);
  }); // prettier-ignore
});
