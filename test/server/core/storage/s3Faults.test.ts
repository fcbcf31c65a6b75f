import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../../../server/core/storage/objectStore.ts';
import { openS3Store } from '../../../../server/core/storage/s3Store.ts';
import { startFaultyS3, type Fault, type FaultyS3 } from './faultyS3.ts';

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const keyOf = (bytes: Uint8Array) => `${sha(bytes).slice(0, 2)}/${sha(bytes)}`;
const denied: Fault = { status: 403, code: 'AccessDenied' };
const full: Fault = { status: 507, code: 'InsufficientStorage' };
const faults: [string, Fault][] = [
  ['is refused', denied],
  ['is answered that the store is full', full],
  ['is cut off', 'cut'],
];

let s3: FaultyS3;
let store: ObjectStore;
beforeEach(async () => {
  s3 = await startFaultyS3();
  store = await openS3Store(s3.settings);
});
afterEach(() => s3.close());
/** From now on requests that look like this fail. */
const failAt = (pattern: RegExp, fault: Fault) => {
  s3.fault = (request) => (pattern.test(request) ? fault : undefined);
};

describe('a store at its start', () => {
  test('makes the bucket where there is none', async () => {
    const empty = await startFaultyS3([]);
    const own = await openS3Store(empty.settings);
    expect(empty.asked).toContain('PUT ');
    await own.put(Buffer.from('x'));
    expect([...empty.objects.keys()]).toEqual([keyOf(Buffer.from('x'))]);
    await empty.close();
  });

  test.each([
    ['whose bucket is another’s', denied],
    ['that answers nonsense', { status: 500, code: 'InternalError' } as Fault],
    ['that hangs up', 'cut' as Fault],
  ])('%s is unavailable, and says so', async (_what, fault) => {
    failAt(/^HEAD $/, fault);
    await expect(openS3Store(s3.settings)).rejects.toMatchObject({
      status: 503,
      message: 'the object store cannot be reached',
    });
  });

  test('that is not there is unavailable', async () => {
    const gone = await startFaultyS3();
    await gone.close();
    await expect(openS3Store(gone.settings)).rejects.toMatchObject({ status: 503 });
  });
});

describe('an object of one request', () => {
  test.each([0, 1, 1_000_000])('of %i bytes comes back as it went', async (length) => {
    const bytes = randomBytes(length);
    expect(await store.put(bytes)).toEqual({ address: sha(bytes), size: length });
    expect(sha(await store.read(sha(bytes)))).toBe(sha(bytes));
    expect(await store.size(sha(bytes))).toBe(length);
    expect([...s3.objects.keys()]).toEqual([keyOf(bytes)]);
  });

  test.each(faults)('whose request %s is not stored, and the next is', async (_how, fault) => {
    const bytes = Buffer.from('once more');
    failAt(/^PUT /, fault);
    await expect(store.put(bytes)).rejects.toMatchObject({ status: 503, type: 'unavailable' });
    expect(s3.objects.size).toBe(0);
    s3.fault = undefined;
    await store.put(bytes);
    expect([...s3.objects.keys()]).toEqual([keyOf(bytes)]);
  });

  test('whose address is asked before it is stored is whole afterwards', async () => {
    const bytes = Buffer.from('asked ahead');
    const writer = await store.open();
    await writer.write(bytes);
    expect(writer.end()).toEqual({ address: sha(bytes), size: bytes.length });
    expect(s3.objects.size).toBe(0);
    await writer.commit();
    expect(await store.read(sha(bytes))).toEqual(bytes);
  });
});

describe('an object of many parts', () => {
  const large = randomBytes(20_000_000);

  test('stands under its address alone: what it came by is removed', async () => {
    await store.put(large);
    expect([...s3.objects.keys()]).toEqual([keyOf(large)]);
    expect(sha(s3.objects.get(keyOf(large))!)).toBe(sha(large));
    expect(s3.uploads.size).toBe(0);
  });

  test.each([
    ['begin', /^POST incoming\/[^?]+\?uploads/],
    ['parts', /^PUT incoming\//],
    ['end', /^POST incoming\/[^?]+\?uploadId/],
    ['copy to its address', /^PUT [0-9a-f]{2}\//],
  ] as [string, RegExp][])('whose %s fails is not stored and leaves nothing', async (_step, pattern) => {
    failAt(pattern, denied);
    await expect(store.put(large)).rejects.toMatchObject({ status: 503 });
    s3.fault = undefined;
    expect([...s3.objects.keys()]).toEqual([]);
    expect([...s3.uploads.keys()]).toEqual([]);
  });

  test('that is given up half way leaves nothing', async () => {
    const writer = await store.open();
    for (let at = 0; at < large.length; at += 1_000_000) await writer.write(large.subarray(at, at + 1_000_000));
    await writer.abort();
    expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
  }); // prettier-ignore

  test('that is given up while the store is away is no fault of who gives up', async () => {
    const writer = await store.open();
    for (let at = 0; at < 9_000_000; at += 1_000_000) await writer.write(large.subarray(at, at + 1_000_000));
    s3.fault = () => denied;
    await expect(writer.abort()).resolves.toBeUndefined();
  });
});

describe('reading', () => {
  const bytes = Buffer.from('0123456789'.repeat(1_000));
  beforeEach(() => store.put(bytes));

  test('a range asks for that range and no more', async () => {
    expect((await store.read(sha(bytes), { start: 3, end: 5 })).toString()).toBe('345');
    expect(s3.asked.at(-1)).toMatch(/^GET /);
  });

  test('what is not there is not found; what may not be read is unavailable, never missing', async () => {
    const nothing = sha(Buffer.from('nothing'));
    for (const ask of [store.read(nothing), store.size(nothing), store.read(nothing, { start: 0, end: 1 })])
      await expect(ask).rejects.toMatchObject({ status: 404 });
    s3.fault = () => denied;
    for (const ask of [
      store.read(sha(bytes)),
      store.size(sha(bytes)),
      store.stream(sha(bytes)),
      store.check(),
    ])
      await expect(ask).rejects.toMatchObject({ status: 503 });
  });

  test('an answer that breaks off is no object: half of it is never taken for the whole', async () => {
    failAt(/^GET /, 'cut');
    await expect(store.read(sha(bytes))).rejects.toMatchObject({ status: 503, type: 'unavailable' });
    s3.fault = undefined;
    expect(await store.read(sha(bytes))).toEqual(bytes);
  });

  test.each(['', 'abc', '../'.repeat(22), 'A'.repeat(64)])('%j is no address: nothing is asked', async (address) => {
    const before = s3.asked.length;
    for (const ask of [() => store.read(address), () => store.size(address), () => store.stream(address)])
      await expect(ask()).rejects.toMatchObject({ status: 404 });
    expect(s3.asked).toHaveLength(before);
  }); // prettier-ignore
});
