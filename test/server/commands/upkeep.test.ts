import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditVerify } from '../../../server/commands/auditVerify.ts';
import { backup } from '../../../server/commands/backup.ts';
import { keyRotate } from '../../../server/commands/keyRotate.ts';
import { migrateCommand } from '../../../server/commands/migrate.ts';
import { restore } from '../../../server/commands/restore.ts';
import { SYSTEM } from '../../../server/core/access/actor.ts';
import { exportAuditHead } from '../../../server/core/audit/exportAuditHead.ts';
import { recordAudit } from '../../../server/core/audit/recordAudit.ts';
import { createDatabase, type TestDatabase } from '../../helpers/database.ts';
import { sealEveryRow } from '../../helpers/audit.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { environmentOf, said } from './cli.ts';

let county: TestContext;
let folder: string, phrase: string;
const databases: TestDatabase[] = [];
beforeAll(async () => {
  county = await createContext({ county: true });
  folder = county.ctx.config.dataDir;
  phrase = path.join(folder, 'phrase');
  fs.writeFileSync(phrase, 'correct horse battery staple\n');
  await recordAudit(county.ctx.db, SYSTEM, { action: 'order.create' });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all(databases.map((database) => database.close()));
  await county?.close();
});
const runBackup = (...args: string[]) => said(() => backup(county.ctx, args));
const verifyChain = (...args: string[]) => said(() => auditVerify(county.ctx, args));
const rotate = (...args: string[]) => said(() => keyRotate(county.ctx, args));
/** A command that reads its own environment: that of another hub. */
const on = (environment: Record<string, string>, command: () => Promise<number>) => {
  vi.stubEnv('LOG_LEVEL', 'silent');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return said(command);
};
const acts = async (action: string) =>
  county.ctx.db.selectFrom('auditEvent').select('detail').where('action', '=', action).execute();

describe('hub backup and hub restore', () => {
  let home: string;
  const restoreFrom = async (...args: string[]) => {
    const database = await createDatabase();
    databases.push(database);
    home = fs.mkdtempSync(path.join(folder, 'restored-'));
    const environment = { DATABASE_URL: database.url, DATA_DIR: home };
    return { environment, database, said: await on(environment, () => restore(args)) };
  };

  test('what was backed up is restored into an empty hub, and both are on record', async () => {
    await sealEveryRow(county.ctx);
    const to = path.join(folder, 'backup');
    const sealed = path.join(folder, 'sealed.keys');
    const made = await runBackup(to, '--keys', sealed, '--passphrase-file', phrase);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(/^snapshot \S+: \d+ rows, \d+ objects \(\d+ new\)$/);
    const { database, environment, said: back } = await restoreFrom(to, '--keys', sealed, '--passphrase-file', phrase);
    expect(back).toMatchObject({ code: 0, err: '' });
    expect(back.out).toMatch(/^restored the state of \S+: \d+ rows, \d+ objects; audit chain intact$/);
    const { rows } = await database.pool.query<{ action: string }>(
      `select action from audit_event where action like 'backup.%' order by seq`,
    );
    expect(rows.map(({ action }) => action), 'the copy knows of itself only that it was restored').toEqual(['backup.restore']);
    expect(await acts('backup.write')).toHaveLength(1);
    expect(fs.existsSync(path.join(home, 'signature-root.pem')), 'hub verify works at once').toBe(true);
    const again = await on(environment, () => restore([to]));
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toContain('nothing is ever overwritten');
  }); // prettier-ignore

  test('as JSON, without the keys, and said so where they are not given', async () => {
    const to = path.join(folder, 'bare');
    expect((await runBackup(to)).out).toContain(`the keys are not in it: keep a sealed copy of ${folder}`);
    const json = JSON.parse((await runBackup(to, '--json')).out) as { newObjects: number; missing: [] };
    expect(json).toMatchObject({ newObjects: 0, missing: [] });
    const { said: refused } = await restoreFrom(to, '--json');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/does not hold the keys of this backup \(k1\)/);
  });

  test('rows that name an object which is gone make a backup that says so and fails', async () => {
    const { address } = await county.ctx.objects.put(Buffer.from('will be lost'));
    await county.ctx.db.insertInto('unmatchedInput').values({ centerKind: 'imaging', kind: 'mismatch', reason: 'test', subjectType: 'study', objectAddress: address }).execute();
    fs.rmSync(path.join(folder, 'objects', address.slice(0, 2), address));
    const lossy = await runBackup(path.join(folder, 'lossy'));
    expect(lossy.code).toBe(1);
    expect(lossy.err).toBe(`1 objects that rows name are not in the store, first ${address}: look for them in an earlier backup`);
  }); // prettier-ignore
});

describe('hub audit verify', () => {
  test('says that the chain holds, to people and to programs', async () => {
    await sealEveryRow(county.ctx);
    const intact = await verifyChain();
    expect(intact).toMatchObject({ code: 0, err: '' });
    expect(intact.out).toMatch(
      /^audit chain intact: \d+ rows sealed, \d+ not sealed yet, head [0-9a-f]{16}$/,
    );
    const json = JSON.parse((await verifyChain('--json')).out) as Record<string, unknown>;
    expect(json.head).toMatch(/^[0-9a-f]{64}$/);
    expect(json).not.toHaveProperty('fault');
  });

  test('names the first row that was changed, and one that the exported head does not know', async () => {
    await exportAuditHead(county.ctx);
    const change = (detail: string) =>
      county.ctx.db.transaction().execute(async (trx) => {
        await sql`set local session_replication_role = replica`.execute(trx);
        await sql`update audit_event set detail = ${detail}::jsonb where seq = (select min(seq) from audit_event where action = 'order.create')`.execute(
          trx,
        );
      });
    const [{ seq = 0 } = {}] = await county.ctx.db
      .selectFrom('auditEvent')
      .select('seq')
      .where('action', '=', 'order.create')
      .orderBy('seq')
      .execute();
    await change('{"changed": true}');
    const broken = await verifyChain();
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(new RegExp(`^audit chain BROKEN at position \\d+ \\(row ${seq}\\): `));
    const json = await verifyChain('--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ fault: { auditSeq: seq } });
    await change('{}');
    expect((await verifyChain()).code).toBe(0);
  });
});

describe('hub key rotate', () => {
  test('seals every value anew, keeps the old key, and is finished by --resume', async () => {
    const value = county.ctx.keys.encrypt('13800000000');
    await county.ctx.db.updateTable('patient').set({ phoneEncrypted: value }).execute();
    const rotated = await rotate();
    expect(rotated).toMatchObject({ code: 0, err: '' });
    expect(rotated.out).toMatch(/^key k2 is current, \d+ values sealed anew; keep a new sealed copy of \S+hub\.key$/);
    const json = JSON.parse((await rotate('--resume', '--json')).out) as { keyId: string; resealed: Record<string, number> };
    expect(json.keyId).toBe('k2');
    expect(Object.values(json.resealed).every((count) => count === 0)).toBe(true);
    const sm = JSON.parse((await rotate('--suite', 'sm', '--json')).out) as { keyId: string };
    expect(sm.keyId).toBe('k3');
    const authority = await county.ctx.db.selectFrom('signatureAuthority').select('sealedRootKey').executeTakeFirstOrThrow();
    expect(authority.sealedRootKey).toMatch(/^SM4CTR-SM3\.k3\./);
    expect(county.ctx.keys.decrypt(authority.sealedRootKey).length).toBeGreaterThan(100);
    expect(await acts('key.rotate')).toHaveLength(3);
  }); // prettier-ignore
});

describe('hub migrate', () => {
  test('brings an empty database to this version and says which files; then there is nothing to do', async () => {
    const database = await createDatabase({ empty: true });
    databases.push(database);
    const environment = { DATABASE_URL: database.url, DATA_DIR: folder };
    const first = await on(environment, migrateCommand);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^applied 0001_core\.sql, /);
    expect(await on(environment, migrateCommand)).toMatchObject({
      code: 0,
      err: '',
      out: 'the database is up to date',
    });
  });
});

test('npx hub passes arguments, output and exit code on', () => {
  const done = spawnSync(process.execPath, [path.resolve('bin/hub.mjs'), 'verify', '/no/such.pdf'], {
    encoding: 'utf8',
    env: { ...process.env, ...environmentOf(county) },
  });
  expect(done).toMatchObject({ status: 1, stdout: '' });
  expect(done.stderr.trim()).toBe('Cannot read the report /no/such.pdf');
});
