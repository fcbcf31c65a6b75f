import { createHash } from 'node:crypto';
import { international, sm, type CipherSuite } from '../../server/core/cipherSuites.ts';
import type { Context } from '../../server/core/context.ts';
import { notFound } from '../../server/core/errors.ts';

/** Messages above this stand in the object store; below it in the row, one write and one sync less. */
export const INLINE_BYTES = 256 * 1024;

/** First byte of a sealed message: how it was sealed, and how long its parts are. */
const FORMATS = new Map([
  [1, { suite: international, ivBytes: 12, tagBytes: 16 }],
  [2, { suite: sm, ivBytes: 16, tagBytes: 32 }],
]);

/** Encrypts a message for its row: `format(1) iv tag cipher text`. */
export function sealRaw({ key, suite }: RawKey, bytes: Uint8Array): Buffer {
  const { iv, tag, text } = suite.seal(key, bytes);
  return Buffer.concat([Buffer.from([suite === sm ? 2 : 1]), iv, tag, text]);
}

/** Throws when the bytes were altered. */
export function openRaw({ key }: RawKey, sealed: Buffer): Buffer {
  const format = FORMATS.get(sealed[0] ?? 0);
  if (!format) throw new Error(`cannot open a stored message of format ${sealed[0]}`);
  const tagAt = 1 + format.ivBytes;
  const textAt = tagAt + format.tagBytes;
  return format.suite.open(key, {
    iv: sealed.subarray(1, tagAt),
    tag: sealed.subarray(tagAt, textAt),
    text: sealed.subarray(textAt),
  });
}

export interface RawKey {
  key: Buffer;
  suite: CipherSuite;
}

const keys = new WeakMap<object, RawKey>();
export function rawKey(ctx: Pick<Context, 'keys'>): RawKey {
  const known = keys.get(ctx.keys);
  if (known) return known;
  const key = { key: ctx.keys.derive('hl7-raw'), suite: ctx.keys.rootSuite };
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
