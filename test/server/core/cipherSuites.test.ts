import { execFileSync } from 'node:child_process';
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openRaw, sealRaw } from '../../../integrations/hl7/rawBytes.ts';
import { international, sm } from '../../../server/core/cipherSuites.ts';
import { openKeys } from '../../../server/core/keys.ts';

const key = randomBytes(32);

describe.each([international, sm])('suite $name', (suite) => {
  test('what was sealed is opened, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (plain) => {
        expect(suite.open(key, suite.seal(key, plain)).equals(Buffer.from(plain))).toBe(true);
      }),
    );
  });

  test('one changed bit anywhere, or another key, does not open', () => {
    const sealed = suite.seal(key, Buffer.from('320681196803152116'));
    for (const name of ['iv', 'tag', 'text'] as const)
      for (let bit = 0; bit < sealed[name].length * 8; bit++) {
        const bytes = Buffer.from(sealed[name]);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => suite.open(key, { ...sealed, [name]: bytes })).toThrow();
      }
    expect(() => suite.open(randomBytes(32), sealed)).toThrow();
    expect(() => suite.open(key, { ...sealed, tag: sealed.tag.subarray(1) })).toThrow();
  });

  test('a raw message is opened, and an altered one is not', () => {
    const raw = { key, suite };
    const sealed = sealRaw(raw, Buffer.from('MSH|^~\\&|'));
    expect(openRaw(raw, sealed).toString()).toBe('MSH|^~\\&|');
    for (let at = 0; at < sealed.length; at++) {
      const bytes = Buffer.from(sealed);
      bytes[at] = (bytes[at] ?? 0) ^ 0x80;
      expect(() => openRaw(raw, bytes)).toThrow();
    }
  });
});

test('openssl reads what the commercial suite wrote', () => {
  const plain = Buffer.from('病历号 0001：阳性', 'utf8');
  const sealed = sm.seal(key, plain);
  const cipherKey = Buffer.from(hkdfSync('sm3', key, 'county-hub', 'cipher', 16)).toString('hex');
  const opened = execFileSync(
    'openssl',
    ['enc', '-d', '-sm4-ctr', '-K', cipherKey, '-iv', sealed.iv.toString('hex')],
    { input: sealed.text },
  );
  expect(opened.equals(plain)).toBe(true);
  const tagKey = Buffer.from(hkdfSync('sm3', key, 'county-hub', 'tag', 32));
  expect(createHmac('sm3', tagKey).update(sealed.iv).update(sealed.text).digest().equals(sealed.tag)).toBe(
    true,
  );
});

test('a hub that starts with the commercial suite uses SM3 for look-up and seals, and says its suite in every value', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-suite-'));
  const keys = openKeys(path.join(folder, 'hub.key'), 'sm');
  const value = keys.encrypt('13800000000');
  expect(value.startsWith('SM4CTR-SM3.k1.')).toBe(true);
  expect(openKeys(path.join(folder, 'hub.key')).decrypt(value)).toBe('13800000000');
  expect(() => keys.decrypt(value.replace('SM4CTR-SM3', 'A256GCM'))).toThrow(/algorithm A256GCM/);
  expect(keys.rootSuite.digest).toBe('sm3');
  fs.rmSync(folder, { recursive: true });
});
