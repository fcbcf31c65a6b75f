import type { ObjectWriter, StoredObject } from './objectStore.ts';

const SLICE = 2 * 1024 * 1024;

/** A whole object, slice by slice: the digest of a long one is not made in one go. What fails leaves nothing behind. */
export async function writeInSlices(writer: ObjectWriter, bytes: Uint8Array): Promise<StoredObject> {
  try {
    for (let at = 0; at < bytes.byteLength; at += SLICE) {
      await writer.write(bytes.subarray(at, at + SLICE));
      if (at > 0) await new Promise(setImmediate);
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return writer.commit();
}
