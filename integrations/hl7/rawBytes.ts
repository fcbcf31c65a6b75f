import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Context } from '../../server/core/context.ts';
import { notFound } from '../../server/core/errors.ts';

/** Messages above this stand in the object store; below it in the row, one write and one sync less. */
export const INLINE_BYTES = 256 * 1024;
const VERSION = 1;

/** Encrypts a message for its row: `01 iv(12) tag(16) cipher text`, AES-256-GCM. */
export function sealRaw(key: Buffer, bytes: Uint8Array): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const text = cipher.update(bytes);
  cipher.final();
  return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), text]);
}

/** Throws when the bytes were altered. */
export function openRaw(key: Buffer, sealed: Buffer): Buffer {
  if (sealed[0] !== VERSION) throw new Error(`cannot open a stored message of format ${sealed[0]}`);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13));
  decipher.setAuthTag(sealed.subarray(13, 29));
  return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]);
}

const keys = new WeakMap<object, Buffer>();
export function rawKey(ctx: Pick<Context, 'keys'>): Buffer {
  const known = keys.get(ctx.keys);
  if (known) return known;
  const key = ctx.keys.derive('hl7-raw');
  keys.set(ctx.keys, key);
  return key;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The bytes of a message as they came or left. */
export async function readRaw(
  ctx: Pick<Context, 'keys' | 'objects'>,
  row: { raw: Buffer | null; objectAddress: string | null },
): Promise<Buffer> {
  if (row.raw) return openRaw(rawKey(ctx), row.raw);
  if (row.objectAddress) return ctx.objects.read(row.objectAddress);
  throw notFound('message bytes');
}
