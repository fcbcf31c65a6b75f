import fs from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const table = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  rows: z.int().nonnegative(),
  /** Of the compressed file as it lies there. */
  sha256: z.string(),
});

const manifest = z.object({
  format: z.literal(1),
  madeAt: z.string(),
  /** Migrations the rows belong to, in order. */
  migrations: z.array(z.string()),
  /** Fingerprint of each key that values may be sealed with; without the keys no identifier can be read. */
  keys: z.record(z.string(), z.string()),
  /** No row carries a transaction number at or above it. */
  transactionEnd: z.string().regex(/^\d{1,19}$/),
  tables: z.array(table),
  sequences: z.array(z.object({ name: z.string(), value: z.string(), called: z.boolean() })),
  objects: z.object({ listSha256: z.string(), count: z.int().nonnegative(), missing: z.array(z.string()) }),
});

/** What one snapshot of a backup folder holds. It is written last: a snapshot without it is not one. */
export type Manifest = z.infer<typeof manifest>;

export const MANIFEST = 'manifest.json';
export const OBJECT_LIST = 'objects.txt';
export const tableFile = (snapshot: string, name: string) => path.join(snapshot, `${name}.copy.gz`);
export const snapshotsFolder = (folder: string) => path.join(folder, 'snapshots');
/** Objects are shared by all snapshots of a folder: the same bytes are kept once. */
export const objectFile = (folder: string, address: string) =>
  path.join(folder, 'objects', address.slice(0, 2), address);

/**
 * The newest complete snapshot of a backup folder, or the named one. Throws an Error with one sentence when there is
 * none or it was cut off.
 */
export async function findSnapshot(
  folder: string,
  name?: string,
): Promise<{ folder: string; manifest: Manifest }> {
  const base = snapshotsFolder(folder);
  const names = name === undefined ? await readdir(base).catch(() => []) : [name];
  const complete = names.filter((each) => fs.existsSync(path.join(base, each, MANIFEST))).sort();
  const newest = complete.at(-1);
  if (newest === undefined)
    throw new Error(
      name === undefined
        ? `${folder} holds no complete backup: name the folder that "hub backup" was given.`
        : `${folder} holds no complete snapshot ${name}; there are: ${(await readdir(base).catch(() => [])).join(', ') || 'none'}.`,
    );
  return { folder: path.join(base, newest), manifest: await readManifest(path.join(base, newest, MANIFEST)) };
}

async function readManifest(file: string): Promise<Manifest> {
  const text = await readFile(file, 'utf8');
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file} is damaged or of a newer hub: take another snapshot, or that version.`, {
      cause,
    });
  }
}
