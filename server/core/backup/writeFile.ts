import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Digest } from './rowScanner.ts';

/**
 * Streams `source` into a file that is there whole and durable, or not at all. `prove` may throw once the bytes have
 * passed: then nothing is kept.
 */
export async function writeDurably(
  file: string,
  source: Readable,
  through: Transform[] = [],
  prove: () => void = () => undefined,
): Promise<void> {
  const temporary = `${file}.${randomUUID()}.part`; // two may bring the same object at once
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await pipeline([source, ...through, createWriteStream(temporary, { mode: 0o600, flush: true })]);
    prove();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, file);
  await syncPath(path.dirname(file));
}

export async function syncPath(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** SHA-256 of a file, hex. */
export async function hashFile(file: string): Promise<string> {
  const digest = new Digest();
  await pipeline(createReadStream(file), digest.resume());
  return digest.hex();
}
