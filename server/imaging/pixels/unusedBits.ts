import type { DecodedFrame } from './frame.ts';

/**
 * Gives the bits above the stored ones of grey samples the value that they must have, zero or the sign (PS3.5 §8.1.1): some
 * devices leave overlays or junk in them, and everything behind would take them for part of the value.
 */
export function withoutUnusedBits(frame: DecodedFrame): DecodedFrame {
  const { bytes, bitsAllocated, bitsStored, pixelRepresentation, samplesPerPixel } = frame;
  const unused = bitsAllocated - bitsStored;
  if (samplesPerPixel !== 1 || unused <= 0 || bitsStored < 1) return frame;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return frame;
  const shift = 32 - bitsStored;
  const resolved = (value: number) =>
    pixelRepresentation === 1 ? (value << shift) >> shift : (value << shift) >>> shift;
  const out = Buffer.from(bytes);
  if (bitsAllocated === 8) for (let at = 0; at < out.length; at++) out[at] = resolved(out[at] ?? 0) & 0xff;
  else
    for (let at = 0; at + 1 < out.length; at += 2)
      out.writeUInt16LE(resolved(out.readUInt16LE(at)) & 0xffff, at);
  return { ...frame, bytes: out };
}
