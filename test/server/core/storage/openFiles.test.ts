import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forgetFolders, syncFolder } from '../../../../server/core/storage/folderSync.ts';
import { WarmFiles } from '../../../../server/core/storage/warmFiles.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-open-'));
beforeAll(() => forgetFolders());
afterAll(() => {
  forgetFolders();
  fs.rmSync(folder, { recursive: true, force: true });
});
/** Files and folders below ours that this process holds open. */
const held = () =>
  fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = fs.readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(folder) ? [path.basename(target)] : [];
    } catch {
      return []; // closed between the two
    }
  });
const file = (name: string, content: string) => {
  fs.writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};

describe('files that are held open for reading', () => {
  test('are read where they are asked, and a range beyond the end is what there is', async () => {
    const warm = new WarmFiles();
    const at = file('a', '0123456789');
    const parts = await Promise.all([
      warm.read(at, 0, 3),
      warm.read(at, 8, 1e9),
      warm.read(at, 12, 20),
      warm.read(at, 5, 2),
    ]);
    expect(parts.map(String)).toEqual(['0123', '89', '', '']);
    expect(held()).toEqual(['a']);
    warm.clear();
    await expect.poll(held).toEqual([]);
  });

  test('are 128 at most, the longest unread closed first', async () => {
    const warm = new WarmFiles();
    const files = Array.from({ length: 150 }, (_, n) => file(`n${n}`, `content ${n}`));
    for (const at of files) await warm.read(at, 0, 5);
    await warm.read(files[149]!, 0, 5);
    await expect.poll(() => held().length).toBe(128);
    expect(held()).not.toContain('n0');
    expect(held()).toContain('n149');
    expect((await warm.read(files[0]!, 0, 99)).toString()).toBe('content 0');
    warm.clear();
    await expect.poll(held).toEqual([]);
  });

  test('that are thrown out while somebody reads are closed by the last reader, who gets his bytes', async () => {
    const warm = new WarmFiles();
    const at = file('busy', 'x'.repeat(1000));
    const reading = Array.from({ length: 50 }, () => warm.read(at, 0, 999));
    warm.clear();
    for (const bytes of await Promise.all(reading)) expect(bytes).toHaveLength(1000);
    await expect.poll(held).toEqual([]);
  });

  test('that cannot be opened or read are forgotten: the next try looks again', async () => {
    const warm = new WarmFiles();
    const at = path.join(folder, 'later');
    const both = await Promise.allSettled([warm.read(at, 0, 1), warm.read(at, 0, 1)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(warm.read(folder, 0, 1)).rejects.toMatchObject({ code: 'EISDIR' });
    expect((await warm.read(file('later', 'now'), 0, 9)).toString()).toBe('now');
    warm.clear();
    await expect.poll(held).toEqual([]);
  });

  test('keep the content they had when another is put under their name', async () => {
    const warm = new WarmFiles();
    const at = file('same', 'first');
    await warm.read(at, 0, 4);
    fs.rmSync(at);
    file('same', 'other');
    expect((await warm.read(at, 0, 4)).toString()).toBe('first');
    warm.clear();
    expect((await warm.read(at, 0, 4)).toString()).toBe('other');
    warm.clear();
    await expect.poll(held).toEqual([]);
  });
});

describe('folders that are synced', () => {
  const sub = (name: string) => {
    const at = path.join(folder, 'shards', name);
    fs.mkdirSync(at, { recursive: true });
    return at;
  };

  test('stay open for the next time, and are let go when the disk failed', async () => {
    const at = sub('aa');
    await Promise.all(Array.from({ length: 30 }, () => syncFolder(at)));
    expect(held()).toEqual(['aa']);
    forgetFolders();
    expect(held()).toEqual([]);
    await syncFolder(at);
    expect(held()).toEqual(['aa']);
    forgetFolders();
  });

  test('that are missing are said to everybody who waits, and synced once they are there', async () => {
    const at = path.join(folder, 'shards', 'missing');
    const waiting = await Promise.allSettled([syncFolder(at), syncFolder(at), syncFolder(at)]);
    for (const outcome of waiting)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ENOENT' } });
    sub('missing');
    await syncFolder(at);
    forgetFolders();
  });

  test('are 512 open at most', async () => {
    const all = Array.from({ length: 520 }, (_, n) => sub(`s${n}`));
    for (const at of all) await syncFolder(at);
    expect(held()).toHaveLength(512);
    expect(held()).not.toContain('s0');
    forgetFolders();
    expect(held()).toEqual([]);
  });
});
