import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { addKey, keyFingerprints, openKeys } from '../../../server/core/keys.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-keys-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
let count = 0;
const fresh = () => path.join(folder, `${++count}`, 'hub.key');
const contentOf = (file: string) =>
  JSON.parse(fs.readFileSync(file, 'utf8')) as { current: string; keys: Record<string, string> };
/** A key file as somebody restored it. */
const written = (content: unknown) => {
  const file = fresh();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

describe('a key file', () => {
  test('is made at the first start for its owner alone, and never again', () => {
    const file = fresh();
    const keys = openKeys(file);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(contentOf(file)).toMatchObject({ current: 'k1', suites: { k1: 'international' } });
    const text = fs.readFileSync(file, 'utf8');
    expect(openKeys(file, 'sm').decrypt(keys.encrypt('一'))).toBe('一');
    expect(fs.readFileSync(file, 'utf8'), 'a suite that is wanted later changes nothing').toBe(text);
    expect(fs.readdirSync(path.dirname(file))).toEqual(['hub.key']);
  });

  test('that ten processes want at once is one file, and all read the same key', async () => {
    const file = fresh();
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const script = `import { openKeys } from ${JSON.stringify(path.resolve('server/core/keys.ts'))};
      process.stdin.once('data', () => { console.log(openKeys(${JSON.stringify(file)}).lookup('x')); process.exit(0); });
      console.log('ready');`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script]),
    );
    const said = children.map(() => '');
    children.forEach((child, index) => child.stdout.on('data', (data: Buffer) => (said[index] += data.toString()))); // prettier-ignore
    await expect.poll(() => said.every((text) => text.includes('ready'))).toBe(true);
    const ended = children.map((child) => once(child, 'close'));
    for (const child of children) child.stdin.write('go');
    await Promise.all(ended);
    expect(new Set(said.map((text) => text.split('\n')[1])).size).toBe(1);
    expect(said[0]?.split('\n')[1]).toBe(openKeys(file).lookup('x'));
    expect(fs.readdirSync(path.dirname(file))).toEqual(['hub.key']);
  });

  test.each([
    ['without a key', { current: 'k1', keys: {} }, /holds no key; restore it from the sealed copy/],
    ['that names no current key', { current: 'k2', keys: { k1: 'aa'.repeat(32) } }, /names no current key/],
    ['that is cut off', '{"current":"k1","ke', /hub\.key cannot be read; restore it from the sealed copy/],
    ['that is empty', '', /cannot be read/],
    ['of an unknown suite', { current: 'k1', keys: { k1: 'aa'.repeat(32) }, suites: { k1: 'rot13' } }, /cannot be read/],
    ['whose key is cut off', { current: 'k1', keys: { k1: 'aa'.repeat(31) } }, /cannot be read/],
    ['whose key is no key', { current: 'k1', keys: { k1: 'secret' } }, /cannot be read/],
  ])('%s stops the start and is left as it is', (_what, content, words) => {
    const file = written(content);
    const before = fs.readFileSync(file, 'utf8');
    expect(() => openKeys(file)).toThrow(words);
    expect(fs.readFileSync(file, 'utf8')).toBe(before);
  }); // prettier-ignore

  test('of an older hub, without suites, opens what it wrote', () => {
    const file = written({ current: 'k1', keys: { k1: 'ab'.repeat(32) } });
    const keys = openKeys(file);
    expect(keys.currentPrefix).toBe('A256GCM.k1.');
    const same = openKeys(written({ current: 'k1', keys: { k1: 'ab'.repeat(32) }, suites: { k1: 'international' } })); // prettier-ignore
    expect(same.decrypt(keys.encrypt('一'))).toBe('一');
    expect(same.lookup('一')).toBe(keys.lookup('一'));
  });
});

describe('a sealed value', () => {
  const keys = openKeys(fresh());
  test('is opened as it was, whatever it was, and no two look alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (plain) => {
        const [one, two] = [keys.encrypt(plain), keys.encrypt(plain)];
        expect(keys.decrypt(one)).toBe(plain);
        expect(one).not.toBe(two);
        if (plain.length > 3) expect(one).not.toContain(plain);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['is nothing', ''],
    ['is plain', '13800000000'],
    ['lacks its parts', 'A256GCM.k1.AAAA'],
    ['is of another suite', 'SM4CTR-SM3.k1.AAAA.AAAA.AAAA'],
    ['is of a key that is not there', 'A256GCM.k7.AAAA.AAAA.AAAA'],
    ['is of no suite at all', 'ROT13.k1.AAAA.AAAA.AAAA'],
    ['was altered', keys.encrypt('x').replace(/.{4}$/, 'AAAA')],
  ])('that %s is refused', (_what, value) => {
    expect(() => keys.decrypt(value)).toThrow();
  });

  test('opens with no other key file', () => {
    expect(() => openKeys(fresh()).decrypt(keys.encrypt('一'))).toThrow();
  });
});

describe('a rotation', () => {
  test('adds a key, keeps the older ones, and what hangs on the oldest stays', () => {
    const file = fresh();
    const before = openKeys(file);
    const old = before.encrypt('旧');
    expect([addKey(file), addKey(file, 'sm'), addKey(file)]).toEqual(['k2', 'k3', 'k4']);
    const after = openKeys(file);
    expect([after.currentId, after.currentPrefix]).toEqual(['k4', 'SM4CTR-SM3.k4.']); // the suite stays until another is asked for
    expect(after.decrypt(old)).toBe('旧');
    expect(after.lookup('x')).toBe(before.lookup('x'));
    expect(after.seal('x')).toBe(before.seal('x'));
    expect(after.derive('signature').equals(before.derive('signature'))).toBe(true);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is known to a running process at the first value of the new key', () => {
    const file = fresh();
    const running = openKeys(file);
    addKey(file);
    const value = openKeys(file).encrypt('新');
    expect(value).toMatch(/^A256GCM\.k2\./);
    expect(running.decrypt(value)).toBe('新');
    expect(running.currentId).toBe('k2');
  });
});

test('purposes have nothing in common: a pepper opens no data, and look-up is no seal', () => {
  const keys = openKeys(fresh());
  const hex = [keys.derive('signature'), keys.derive('token')].map((bytes) => bytes.toString('hex'));
  expect(new Set(hex).size).toBe(2);
  expect(hex[0]).toHaveLength(64);
  expect(keys.seal('x')).not.toBe(Buffer.from(keys.lookup('x'), 'base64url').toString('hex'));
});

test('fingerprints tell key files apart and tell no key', () => {
  const [one, two] = [fresh(), fresh()];
  openKeys(one);
  openKeys(two);
  const prints = keyFingerprints(one);
  expect(Object.keys(prints)).toEqual(['k1']);
  expect(prints.k1).toMatch(/^[0-9a-f]{16}$/);
  expect(keyFingerprints(two).k1).not.toBe(prints.k1);
  expect(contentOf(one).keys.k1).not.toContain(prints.k1);
  fs.copyFileSync(one, two);
  expect(keyFingerprints(two)).toEqual(prints);
});
