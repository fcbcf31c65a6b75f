import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Client } from 'minio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../../../server/core/storage/objectStore.ts';
import { openS3Store } from '../../../../server/core/storage/s3Store.ts';
import { haveS3, startS3, type TestS3 } from '../../../helpers/s3.ts';

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(!haveS3)('the S3 store, on a real server (Ceph)', { timeout: 120_000 }, () => {
  let s3: TestS3;
  let store: ObjectStore;
  let client: Client;
  beforeAll(async () => {
    s3 = await startS3();
    store = await openS3Store(s3.settings);
    const url = new URL(s3.settings.endpoint);
    client = new Client({
      endPoint: url.hostname,
      port: Number(url.port),
      useSSL: false,
      accessKey: s3.settings.accessKey,
      secretKey: s3.settings.secretKey,
      region: s3.settings.region,
    });
  });
  afterAll(() => s3?.remove());

  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const item of client.listObjectsV2(s3.settings.bucket, '', true))
      found.push((item as { name: string }).name);
    return found.sort();
  };

  test('small and streamed objects stand under their SHA-256, whole and in part, and nothing beside them', async () => {
    const small = Buffer.from('少量');
    expect(await store.put(small)).toEqual({ address: sha(small), size: small.length });
    expect(await store.put(small)).toEqual({ address: sha(small), size: small.length });
    const large = randomBytes(21_000_000);
    const writer = await store.open();
    for (let at = 0; at < large.length; at += 700_000) await writer.write(large.subarray(at, at + 700_000));
    expect(await writer.commit()).toEqual({ address: sha(large), size: large.length });
    expect(sha(await store.read(sha(large)))).toBe(sha(large));
    expect(await store.read(sha(large), { start: 10, end: 19 })).toEqual(large.subarray(10, 20));
    expect(
      await buffer(await store.stream(sha(large), { start: large.length - 4, end: large.length + 99 })),
    ).toEqual(large.subarray(-4));
    expect(await store.size(sha(large))).toBe(large.length);
    expect(await keys()).toEqual(
      [small, large].map((bytes) => `${sha(bytes).slice(0, 2)}/${sha(bytes)}`).sort(),
    );
  });

  test('what was aborted leaves neither object nor parts', async () => {
    const before = await keys();
    const writer = await store.open();
    for (let n = 0; n < 12; n++) await writer.write(randomBytes(1_000_000));
    await writer.abort();
    expect(await keys()).toEqual(before);
    const parts: unknown[] = [];
    for await (const part of client.listIncompleteUploads(s3.settings.bucket, '', true)) parts.push(part);
    expect(parts).toEqual([]);
  });

  test('an address that is none, or of nothing, is not found', async () => {
    await expect(store.read('../../etc/passwd')).rejects.toMatchObject({ status: 404 });
    await expect(store.read(sha(Buffer.from('nothing')))).rejects.toMatchObject({ status: 404 });
    await expect(store.size(sha(Buffer.from('nothing')))).rejects.toMatchObject({ status: 404 });
  });

  test('away it says so; back, everything is there and more is taken without a new start', async () => {
    const bytes = Buffer.from('durable');
    await store.put(bytes);
    s3.down();
    await expect(store.check()).rejects.toMatchObject({ status: 503 });
    await expect(store.put(Buffer.from('while away'))).rejects.toMatchObject({ status: 503 });
    await expect(store.read(sha(bytes))).rejects.toMatchObject({ status: 503 });
    s3.up();
    await store.check();
    expect(await store.read(sha(bytes))).toEqual(bytes);
    await expect(store.put(Buffer.from('while away'))).resolves.toMatchObject({ size: 10 });
  });
});
