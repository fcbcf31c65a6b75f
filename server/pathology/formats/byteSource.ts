import { UnreadableSlide } from './unreadableSlide.ts';

/** Random access to bytes that are never read as a whole: a slide may hold several gigabytes. */
export interface ByteSource {
  readonly size: number;
  /** Reads exactly `length` bytes at `offset`. Throws {@link UnreadableSlide} (`truncated`) past the end. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** No single read may ask for more: the largest legal answer is one tile or one chunk of a table. */
export const maxReadBytes = 64 * 1024 * 1024;

/** Refuses a range that is negative, fractional, too large or outside the file, before any memory is taken. */
export function checkRange(size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new UnreadableSlide('malformed', `the file points to an impossible place (${offset} + ${length})`);
  }
  if (length > maxReadBytes) {
    throw new UnreadableSlide('too-large', `${length} bytes in one piece are more than ${maxReadBytes}`);
  }
  if (offset + length > size) {
    throw new UnreadableSlide(
      'truncated',
      `bytes ${offset}–${offset + length} lie beyond the end of the file (${size})`,
    );
  }
}

/** A source over bytes in memory. */
export function bufferSource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size: buffer.length,
    // async, so that a bad range rejects like that of a file instead of throwing at once
    async read(offset, length) {
      checkRange(buffer.length, offset, length);
      return buffer.subarray(offset, offset + length);
    },
  };
}

/** Reads ahead in windows, so that many small reads in a row (fragment headers, directories) cost few file reads. */
export function windowedSource(source: ByteSource, windowBytes = 64 * 1024): ByteSource {
  let start = 0;
  let window: Buffer = Buffer.alloc(0);
  return {
    size: source.size,
    async read(offset, length) {
      checkRange(source.size, offset, length);
      if (length > windowBytes) return source.read(offset, length);
      if (offset < start || offset + length > start + window.length) {
        window = await source.read(offset, Math.min(windowBytes, source.size - offset));
        start = offset;
      }
      return window.subarray(offset - start, offset - start + length);
    },
  };
}
