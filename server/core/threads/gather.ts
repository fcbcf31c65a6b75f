const SLICE = 4 * 1024 * 1024;

/** Parts as one run of bytes in memory of its own. Long ones are copied in slices: nothing else waits for them. */
export async function gather(parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  let copied = 0;
  for (const part of parts)
    for (let from = 0; from < part.byteLength; from += SLICE) {
      const slice = part.subarray(from, from + SLICE);
      whole.set(slice, at);
      at += slice.byteLength;
      copied += slice.byteLength;
      if (copied < SLICE) continue;
      copied = 0;
      await new Promise(setImmediate);
    }
  return whole;
}
