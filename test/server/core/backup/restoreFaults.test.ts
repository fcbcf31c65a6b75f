import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { migrate, migrationNames } from '../../../../db/migrate.ts';
import {
  MANIFEST,
  OBJECT_LIST,
  objectFile,
  tableFile,
  type Manifest,
} from '../../../../server/core/backup/manifest.ts';
import { restoreBackup } from '../../../../server/core/backup/restoreBackup.ts';
import { createContext } from '../../../helpers/hub.ts';
import {
  changed,
  context,
  emptyHub,
  folder,
  manifestOf,
  named,
  openBackup,
  passphrase,
  root,
  rowsIn,
  snapshot,
  type Target,
} from './backedUp.ts';

openBackup();

const withManifest = (change: (manifest: Manifest) => unknown, work: () => Promise<void>) =>
  changed(path.join(snapshot, MANIFEST), () => JSON.stringify(change(manifestOf())), work);

describe('a restore is refused, and the hub stays empty', () => {
  const refused = async (words: RegExp, options: { keys?: boolean; sealed?: { file: string; passphrase: string } } = {}) => {
    const hub = await emptyHub(options);
    await expect(restoreBackup(hub, { folder, ...(options.sealed && { keys: options.sealed }) })).rejects.toThrow(words);
    for (const table of ['staff', 'audit_event', 'institution']) expect(await rowsIn(hub, table), table).toBe(0);
    return hub;
  }; // prettier-ignore

  test('where the list of objects was changed', () =>
    changed(path.join(snapshot, OBJECT_LIST), (bytes) => bytes.subarray(65), async () => {
      await refused(/objects\.txt .* is damaged or missing: nothing was restored/);
    })); // prettier-ignore

  test('where a table is gone', () =>
    changed(tableFile(snapshot, 'staff'), () => undefined, async () => {
      await refused(/staff\.copy\.gz .* is damaged or missing/);
    })); // prettier-ignore

  test('where an object is gone, and goes on where it is back', async () => {
    let hub: Target | undefined;
    await changed(objectFile(folder, named), () => undefined, async () => {
      hub = await refused(new RegExp(`Object ${named} in the backup is missing: nothing was restored`));
    });
    await restoreBackup(hub!, { folder });
    expect(await rowsIn(hub!, 'staff')).toBeGreaterThan(10);
  }); // prettier-ignore

  test('where a table brings other rows than were counted', () =>
    withManifest(
      (manifest) => ({ ...manifest, tables: manifest.tables.map((table) => ({ ...table, rows: table.rows + (table.name === 'staff' ? 1 : 0) })) }),
      async () => {
        await refused(/staff came back with \d+ rows instead of \d+: nothing was restored/);
      },
    )); // prettier-ignore

  test('without the keys, with others, and with sealed ones that are none', async () => {
    await refused(/does not hold the keys of this backup \(k1\): give them by --keys/, { keys: false });
    const garbage = path.join(root, 'garbage');
    fs.writeFileSync(garbage, randomBytes(100));
    await refused(/garbage holds no sealed keys/, { keys: false, sealed: { file: garbage, passphrase } });
    await refused(/no-such-file/, {
      keys: false,
      sealed: { file: path.join(root, 'no-such-file'), passphrase },
    });
  });

  test('made by a newer hub', () =>
    withManifest(
      (manifest) => ({ ...manifest, migrations: [...manifest.migrations, '9999_later.sql'] }),
      async () => {
        await refused(/made by a newer hub \(it has 9999_later\.sql\)/);
      },
    ));

  test('into a database that a newer hub was started on', () =>
    withManifest(
      (manifest) => ({ ...manifest, migrations: manifest.migrations.slice(0, -1) }),
      async () => {
        const hub = await emptyHub();
        await migrate(hub.database.url);
        await expect(restoreBackup(hub, { folder })).rejects.toThrow(/already brought to a newer version/);
        expect(await rowsIn(hub, 'staff')).toBe(0);
      },
    ));

  test('into a county, which stays as it was', async () => {
    const other = await createContext({ county: true });
    const name = '仍在';
    await other.ctx.db.updateTable('staff').set({ name }).where('username', '=', 'doctor1').execute();
    const target = {
      databaseUrl: other.ctx.pool.options.connectionString!,
      keyFile: other.ctx.config.keyFile,
      openStore: () => Promise.resolve(other.ctx.objects),
      migrate: () => Promise.resolve([]),
    };
    await expect(restoreBackup(target, { folder })).rejects.toThrow(/in use: restore only into an empty one/);
    const row = await other.ctx.db.selectFrom('staff').select('name').where('username', '=', 'doctor1').executeTakeFirst();
    expect(row?.name).toBe(name);
    await expect(other.ctx.objects.size(named)).rejects.toMatchObject({ status: 404 });
    await other.close();
  }); // prettier-ignore

  test('by an account that may not, which is told what to grant; granted it restores', async () => {
    const hub = await emptyHub({ bare: true });
    const role = `restorer_${randomBytes(4).toString('hex')}`;
    const url = new URL(hub.databaseUrl);
    const admin = new pg.Client({ connectionString: hub.databaseUrl });
    await admin.connect();
    await admin.query(`create role ${role} login password 'x'`);
    await admin.query(`alter database ${url.pathname.slice(1)} owner to ${role}`);
    await admin.query(`grant all on schema public to ${role}`);
    url.username = role;
    url.password = 'x';
    const weak = { ...hub, databaseUrl: url.href, migrate: (only?: readonly string[]) => migrate(url.href, only) };
    await expect(restoreBackup(weak, { folder })).rejects.toThrow(/grant set on parameter session_replication_role to/);
    expect(await rowsIn(hub, 'staff')).toBe(0);
    await admin.query(`grant set on parameter session_replication_role to ${role}`);
    await restoreBackup(weak, { folder });
    expect(await rowsIn(hub, 'staff')).toBeGreaterThan(10);
    await admin.query(`revoke set on parameter session_replication_role from ${role}`);
    await admin.end();
  }); // prettier-ignore
});

describe('what is restored', () => {
  let hub: Target;
  beforeAll(async () => {
    hub = await emptyHub({ keys: false });
    await restoreBackup(hub, { folder, keys: { file: path.join(root, 'sealed.keys'), passphrase } });
  });

  test('is on this version, with keys for their owner alone and nobody signed in', async () => {
    const { rows } = await hub.database.pool.query<{ name: string }>('select name from schema_migration order by 1');
    expect(rows.map(({ name }) => name)).toEqual(migrationNames());
    expect(fs.readFileSync(hub.keyFile)).toEqual(fs.readFileSync(context.ctx.config.keyFile));
    expect(fs.statSync(hub.keyFile).mode & 0o777).toBe(0o600);
    expect([await rowsIn(hub, 'session'), await rowsIn(hub, 'login_failure')]).toEqual([0, 0]);
    expect((await context.ctx.db.selectFrom('session').select('id').execute()).length).toBe(1);
  }); // prettier-ignore

  test('gives no number twice: sequences and transactions go on behind those of the backup', async () => {
    const now = await hub.database.pool.query<{ id: string }>('select pg_current_xact_id()::text as id');
    expect(BigInt(now.rows[0]?.id ?? 0)).toBeGreaterThanOrEqual(BigInt(manifestOf().transactionEnd));
    for (const { name, value, called } of manifestOf().sequences.slice(0, 20)) {
      const next = await hub.database.pool.query<{ n: string }>('select nextval($1::regclass)::text as n', [`public.${name}`]); // prettier-ignore
      expect(Number(next.rows[0]?.n), name).toBeGreaterThanOrEqual(Number(value) + (called ? 1 : 0));
    }
  });

  test('keeps its sealed copy of the keys from everybody else', () => {
    const file = path.join(root, 'sealed.keys');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    const key = (JSON.parse(fs.readFileSync(context.ctx.config.keyFile, 'utf8')) as { keys: { k1: string } }).keys.k1; // prettier-ignore
    expect(fs.readFileSync(file, 'utf8')).not.toContain(key);
    const all = spawnSync('grep', ['-rlz', key, folder], { encoding: 'utf8' });
    expect(all.stdout, 'the key is nowhere in the backup').toBe('');
  });
});
