import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeys } from '../../../server/core/keys.ts';
import { rotateKeys } from '../../../server/core/rotateKeys.ts';
import { ensureAuthority } from '../../../server/core/signature/heldAuthority.ts';
import { createContext } from '../../helpers/hub.ts';
import type { TestContext } from '../../helpers/hub.ts';

let hub: TestContext;
beforeAll(async () => {
  hub = await createContext();
});
afterAll(() => hub.close());

test('after a rotation every value is under the new key and reads as before, in running processes too', async () => {
  const { db, keys, config } = hub.ctx;
  const phones = Array.from({ length: 1_100 }, (_, index) => `1380000${String(index).padStart(4, '0')}`);
  await db
    .insertInto('patient')
    .values(
      phones.map((phone) => ({
        name: '某',
        sex: 'U' as const,
        phoneEncrypted: keys.encrypt(phone),
        phoneHash: keys.lookup(phone),
      })),
    )
    .execute();
  const before = await ensureAuthority(hub.ctx);
  const issuingKey = keys.decrypt(before.sealedIssuingKey);
  const derived = keys.derive('signature');

  const { keyId, resealed } = await rotateKeys(hub.ctx);

  expect(keyId).toBe('k2');
  expect(resealed).toMatchObject({
    'patient.phone_encrypted': 1_100,
    'signature_authority.sealed_issuing_key': 1,
  });
  const rows = await db.selectFrom('patient').select(['phoneEncrypted', 'phoneHash']).execute();
  expect(rows.every((row) => row.phoneEncrypted?.startsWith('A256GCM.k2.'))).toBe(true);
  // `keys` was opened before the rotation.
  expect(rows.map((row) => keys.decrypt(row.phoneEncrypted ?? '')).sort()).toEqual(phones);
  expect(rows.every((row) => row.phoneHash === keys.lookup(keys.decrypt(row.phoneEncrypted ?? '')))).toBe(
    true,
  );
  expect(keys.decrypt((await ensureAuthority(hub.ctx)).sealedIssuingKey)).toBe(issuingKey);
  const reopened = openKeys(config.keyFile);
  expect(reopened.derive('signature').equals(derived)).toBe(true);
  expect(reopened.currentId).toBe('k2');
  expect(fs.statSync(config.keyFile).mode & 0o777).toBe(0o600);
});

test('an interrupted rotation is finished without another key', async () => {
  const { db, keys } = hub.ctx;
  const file = hub.ctx.config.keyFile;
  await rotateKeys(hub.ctx);
  const id = (await db.selectFrom('patient').select('id').limit(1).executeTakeFirstOrThrow()).id;
  const old = keys.encrypt('13800000000'); // this process still writes with the key it knew
  await db.updateTable('patient').set({ phoneEncrypted: old }).where('id', '=', id).execute();
  const { keyId } = await rotateKeys(hub.ctx, { resume: true });
  expect(keyId).toBe('k3');
  expect(Object.keys((JSON.parse(fs.readFileSync(file, 'utf8')) as { keys: object }).keys)).toEqual([
    'k1',
    'k2',
    'k3',
  ]);
  const row = await db
    .selectFrom('patient')
    .select('phoneEncrypted')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(row.phoneEncrypted).toMatch(/^A256GCM\.k3\./);
});

test('an altered value is refused', () => {
  const { keys } = hub.ctx;
  const value = keys.encrypt('secret');
  const last = value.at(-2) === 'A' ? 'B' : 'A';
  expect(() => keys.decrypt(value.slice(0, -2) + last + value.at(-1))).toThrow();
  expect(() => keys.decrypt(value.replace(/^A256GCM\.k\d/, 'A256GCM.k9'))).toThrow('unknown');
});

test('a rotation to SM4 and SM3 seals every value anew; look-up hashes and seals stay as they were', async () => {
  const { db, keys } = hub.ctx;
  const lookup = keys.lookup('13800000000');
  const seal = keys.seal('row');
  const { keyId } = await rotateKeys(hub.ctx, { suite: 'sm' });
  const rows = await db.selectFrom('patient').select('phoneEncrypted').limit(50).execute();
  expect(rows.every((row) => row.phoneEncrypted?.startsWith(`SM4CTR-SM3.${keyId}.`))).toBe(true);
  expect(keys.decrypt(rows[0]?.phoneEncrypted ?? '')).toMatch(/^1380000\d{4}$/);
  expect(keys.lookup('13800000000')).toBe(lookup);
  expect(keys.seal('row')).toBe(seal);
});
