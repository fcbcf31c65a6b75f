import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { openFileStore } from '../../../../server/core/storage/fileStore.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-store-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('the file store', () => {
  test('keeps bytes under their SHA-256 and gives them back whole and in part', async () => {
    const store = await openFileStore(folder);
    const bytes = randomBytes(5_000_000);
    const writer = await store.open();
    for (let at = 0; at < bytes.length; at += 300_000) await writer.write(bytes.subarray(at, at + 300_000));
    expect(await writer.commit()).toEqual({ address: sha(bytes), size: bytes.length });
    expect(sha(await store.read(sha(bytes)))).toBe(sha(bytes));
    expect(await store.read(sha(bytes), { start: 10, end: 19 })).toEqual(bytes.subarray(10, 20));
    expect(
      await buffer(await store.stream(sha(bytes), { start: bytes.length - 4, end: bytes.length + 99 })),
    ).toEqual(bytes.subarray(-4));
    expect(await store.size(sha(bytes))).toBe(bytes.length);
  });

  test('many readers of many objects at once get the right pieces, also beyond the number of open files', async () => {
    const store = await openFileStore(folder);
    const addresses: string[] = [];
    for (let n = 0; n < 300; n++)
      addresses.push((await store.put(Buffer.alloc(1000, `object ${n} `))).address);
    const pieces = await Promise.all(
      Array.from({ length: 900 }, (_, n) => store.read(addresses[(n * 7) % 300]!, { start: 100, end: 199 })),
    );
    pieces.forEach((piece, n) =>
      expect(piece).toEqual(Buffer.alloc(1000, `object ${(n * 7) % 300} `).subarray(100, 200)),
    );
    expect(await store.read(addresses[0]!, { start: 990, end: 1e9 })).toHaveLength(10);
    expect(await store.read(addresses[0]!, { start: 5000, end: 6000 })).toHaveLength(0);
  });

  test('the same content twice is one file, an aborted one is none', async () => {
    const store = await openFileStore(folder);
    const bytes = Buffer.from('the same');
    expect(await store.put(bytes)).toEqual(await store.put(bytes));
    const writer = await store.open();
    await writer.write(Buffer.from('never finished'));
    await writer.abort();
    await expect(store.read(sha(Buffer.from('never finished')))).rejects.toMatchObject({ status: 404 });
  });

  test('with its folder away an object is not called missing: the store is away, and back with it', async () => {
    const own = path.join(folder, 'mounted');
    const store = await openFileStore(own);
    const bytes = Buffer.from('there all the time');
    const { address } = await store.put(bytes);
    fs.renameSync(own, `${own}.away`);
    await expect(store.read(address)).rejects.toMatchObject({ status: 503 });
    await expect(store.size(address)).rejects.toMatchObject({ status: 503 });
    await expect(store.stream(address)).rejects.toMatchObject({ status: 503 });
    fs.renameSync(`${own}.away`, own);
    expect(await store.read(address)).toEqual(bytes);
    await expect(store.read(sha(Buffer.from('never stored')))).rejects.toMatchObject({ status: 404 });
  });

  test('an address that is none is not a path', async () => {
    const store = await openFileStore(folder);
    await expect(store.read('../../etc/passwd')).rejects.toMatchObject({ status: 404 });
  });

  test('many writers at once lose nothing', async () => {
    const store = await openFileStore(folder);
    const parts = Array.from({ length: 60 }, (_, n) => randomBytes(1_000 + n));
    const stored = await Promise.all(parts.map((part) => store.put(part)));
    for (const [n, object] of stored.entries()) expect(await store.read(object.address)).toEqual(parts[n]);
  });
});
