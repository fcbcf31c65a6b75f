import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore } from '../../../../server/core/storage/fileStore.ts';
import type { ObjectStore } from '../../../../server/core/storage/objectStore.ts';

let folder: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-store-'));
  store = await openFileStore(folder);
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** Files of objects that stand under their address. */
const objects = (at = folder) =>
  fs.readdirSync(at).flatMap((shard) => (shard === 'incoming' ? [] : fs.readdirSync(path.join(at, shard))));
/** What lies half-written: the store opens a few files ahead, which are empty. */
const halfWritten = (at = folder) => {
  const incoming = path.join(at, 'incoming');
  return fs.readdirSync(incoming).filter((name) => fs.statSync(path.join(incoming, name)).size > 0);
};
const away = async (work: () => Promise<void>) => {
  fs.renameSync(folder, `${folder}.away`);
  try {
    await work();
  } finally {
    fs.renameSync(`${folder}.away`, folder);
  }
};

describe('an object of any size and any cut', () => {
  const MB = 1024 * 1024;
  test.each([0, 1, 2 * MB - 1, 2 * MB, 2 * MB + 1, 4 * MB, 5_000_003])('%i bytes in one', async (length) => {
    const bytes = randomBytes(length);
    expect(await store.put(bytes)).toEqual({ address: sha(bytes), size: length });
    expect((await store.read(sha(bytes))).equals(bytes)).toBe(true);
    expect(await store.size(sha(bytes))).toBe(length);
    expect(objects()).toEqual([sha(bytes)]);
    expect(halfWritten()).toEqual([]);
  });

  test.each([
    [2_000, 100],
    [3, 2 * MB],
    [700, 6_000],
  ])('%i pieces of %i bytes', async (count, length) => {
    const pieces = Array.from({ length: count }, () => randomBytes(length));
    const writer = await store.open();
    for (const piece of pieces) await writer.write(piece);
    const whole = Buffer.concat(pieces);
    expect(writer.end(), 'known before it is durable').toEqual({ address: sha(whole), size: whole.length });
    expect(objects()).toEqual([]);
    expect(await writer.commit()).toEqual({ address: sha(whole), size: whole.length });
    expect((await store.read(sha(whole))).equals(whole)).toBe(true);
  });

  test('the same from twenty writers at once is one file', async () => {
    const bytes = randomBytes(300_000);
    const stored = await Promise.all(Array.from({ length: 20 }, () => store.put(bytes)));
    expect(new Set(stored.map(({ address }) => address)).size).toBe(1);
    expect(objects()).toEqual([sha(bytes)]);
  });

  test('aborted at any moment it leaves nothing', async () => {
    for (const length of [0, 1_000, 3 * MB]) {
      const writer = await store.open();
      if (length > 0) await writer.write(randomBytes(length));
      await writer.abort();
      await writer.abort();
    }
    expect([objects(), halfWritten()]).toEqual([[], []]);
  });
});

describe('a part of an object', () => {
  let address: string;
  beforeEach(async () => {
    ({ address } = await store.put(Buffer.from('0123456789')));
  });
  test.each([
    [0, 0, '0'],
    [0, 9, '0123456789'],
    [3, 5, '345'],
    [8, 99, '89'],
    [8, 5_000_000, '89'],
    [10, 20, ''],
    [99, 5_000_000, ''],
    [5, 4, ''],
  ])('from %i to %i is %j, and never more than there is', async (start, end, part) => {
    expect((await store.read(address, { start, end })).toString()).toBe(part);
  });

  test('is streamed as it is read', async () => {
    const range = { start: 3, end: 5 };
    expect(await text(await store.stream(address, range))).toBe('345');
    expect(await text(await store.stream(address))).toBe('0123456789');
  });

  test('of an object that came after it was asked for in vain is there', async () => {
    const late = Buffer.from('late');
    const range = { start: 0, end: 3 };
    for (const ask of [store.read(sha(late), range), store.read(sha(late)), store.size(sha(late)), store.stream(sha(late))])
      await expect(ask).rejects.toMatchObject({ status: 404, type: 'not-found' });
    await store.put(late);
    expect(await store.read(sha(late), range)).toEqual(late);
  }); // prettier-ignore
});

test.each(['', 'abc', '../'.repeat(22), 'A'.repeat(64), `${'a'.repeat(63)}/`, `${'a'.repeat(64)}\n`])(
  '%j is no address: nothing is looked for',
  async (address) => {
    const range = { start: 0, end: 1 };
    for (const ask of [() => store.read(address), () => store.read(address, range), () => store.size(address), () => store.stream(address)])
      await expect(ask()).rejects.toMatchObject({ status: 404 });
  },
); // prettier-ignore

describe('with its folder away', () => {
  test('small and large objects are refused as unavailable; back, the same store takes them', async () => {
    const [small, large] = [randomBytes(1_000), randomBytes(5_000_000)];
    await store.put(Buffer.from('before'));
    await away(async () => {
      for (const bytes of [small, large, small])
        await expect(store.put(bytes)).rejects.toMatchObject({ status: 503, type: 'unavailable' });
      await expect(store.check()).rejects.toMatchObject({ status: 503 });
    });
    await store.check();
    for (const bytes of [small, large]) expect((await store.put(bytes)).address).toBe(sha(bytes));
    expect(objects()).toHaveLength(3);
  });

  test('what cannot get its name is removed: the folder of its address is gone', async () => {
    const bytes = Buffer.from('nowhere to go');
    fs.rmdirSync(path.join(folder, sha(bytes).slice(0, 2)));
    await expect(store.put(bytes)).rejects.toMatchObject({ status: 503 });
    expect(halfWritten()).toEqual([]);
  });

  test('a large object that was on its way is refused, and nothing of it stands when it is back', async () => {
    const writer = await store.open();
    await writer.write(randomBytes(3_000_000));
    await away(async () => {
      await expect(writer.commit()).rejects.toMatchObject({ status: 503 });
    });
    expect(objects()).toEqual([]);
  });

  test('another folder mounted in its place gets the objects that are put there', async () => {
    const first = Buffer.from('on the first disk');
    await store.put(first);
    await store.read(sha(first), { start: 0, end: 3 });
    const second = Buffer.from('on the second disk');
    await away(async () => {
      await expect(store.put(second)).rejects.toMatchObject({ status: 503 });
    });
    fs.renameSync(folder, `${folder}.old`);
    await openFileStore(folder);
    await expect(store.read(sha(first))).rejects.toMatchObject({ status: 404 });
    await store.put(second);
    expect(objects()).toEqual([sha(second)]);
    expect(objects(`${folder}.old`)).toEqual([sha(first)]);
    fs.rmSync(`${folder}.old`, { recursive: true });
  });
});

test('what a crash left half-written is cleared by who is alone on the folder, and by nobody else', async () => {
  const left = path.join(folder, 'incoming', 'left-by-a-crash');
  fs.writeFileSync(left, 'half');
  await openFileStore(folder);
  expect(fs.existsSync(left)).toBe(true);
  const { address } = await store.put(Buffer.from('kept'));
  await openFileStore(folder, { clean: true });
  expect(fs.existsSync(left)).toBe(false);
  expect(objects()).toEqual([address]);
});

/** A store in a process of its own whose files may not grow beyond `most` bytes: a disk that is full. */
async function onFullDisk(most: number, script: string): Promise<unknown> {
  const program = `import { openFileStore } from ${JSON.stringify(path.resolve('server/core/storage/fileStore.ts'))};
    import fs from 'node:fs';
    const folder = ${JSON.stringify(folder)};
    const store = await openFileStore(folder);
    const put = (length) => store.put(Buffer.alloc(length, 7)).then(({ size }) => size, ({ status }) => status);
    const open = () => fs.readdirSync('/proc/self/fd').length;
    console.log(JSON.stringify(await (async () => { ${script} })()));`;
  const child = spawn('prlimit', [`--fsize=${most}`, process.execPath, '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  }); // prettier-ignore
  const [out] = await Promise.all([buffer(child.stdout), once(child, 'close')]);
  return JSON.parse(out.toString());
}

describe.skipIf(process.platform !== 'linux')('on a disk that is full', () => {
  test('an object that does not fit is refused, leaves nothing behind, and a smaller one is taken', async () => {
    const outcomes = await onFullDisk(
      1_000_000,
      'return [await put(1_500_000), await put(5_000_000), await put(900_000)];',
    );
    expect(outcomes).toEqual([503, 503, 900_000]);
    expect(objects()).toEqual([sha(Buffer.alloc(900_000, 7))]);
    expect(halfWritten()).toEqual([]);
  });

  test('a hundred refusals hold no file open', async () => {
    const [before, after] = (await onFullDisk(
      1_000_000,
      'await put(5_000_000); const before = open(); for (let n = 0; n < 30; n++) await put(5_000_000 + n); return [before, open()];',
    )) as [number, number];
    expect(after - before).toBeLessThanOrEqual(8);
  });
});
