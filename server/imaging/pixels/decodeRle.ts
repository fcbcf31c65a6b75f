import { UndecodablePixels } from './frame.ts';

/**
 * RLE Lossless (PS3.5 Annex G): up to 15 PackBits segments, most significant byte first, one plane after another. `short`:
 * a segment ends before its plane does; what lacks is zero.
 */
export function decodeRle(
  bytes: Uint8Array,
  pixels: number,
  samples: number,
  bytesPerSample: number,
): { bytes: Uint8Array; short: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64) throw new UndecodablePixels('RLE frame is shorter than its header');
  const segments = view.getUint32(0, true);
  if (segments !== samples * bytesPerSample)
    throw new UndecodablePixels(`RLE frame has ${segments} segments instead of ${samples * bytesPerSample}`);
  const out = new Uint8Array(pixels * samples * bytesPerSample);
  let short = false;
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + segment * 4, true);
    const end = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : bytes.length;
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    const part = bytes.subarray(start, end);
    if (unpack(part, out, sample * bytesPerSample + byte, samples * bytesPerSample, pixels) > 0) short = true;
  }
  return { bytes: out, short };
}

/** Fills one plane; answers how many of its samples the segment has not. */
function unpack(source: Uint8Array, out: Uint8Array, first: number, step: number, count: number): number {
  let at = first;
  let left = count;
  for (let from = 0; from < source.length && left > 0;) {
    const head = source[from++] ?? 128;
    if (head === 128) continue;
    const run = head > 128 ? 257 - head : head + 1;
    const there = head <= 128 ? Math.min(run, source.length - from) : from < source.length ? run : 0;
    for (let index = 0; index < there && left > 0; index++, left--, at += step)
      out[at] = source[head > 128 ? from : from + index] ?? 0;
    from += head > 128 ? 1 : run;
  }
  return left;
}
