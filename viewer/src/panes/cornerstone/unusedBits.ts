/** How the samples of a frame lie in their cells (PS3.5 §8.1.1). */
export interface Cells {
  bitsAllocated: number;
  bitsStored: number;
  pixelRepresentation: number;
}

/**
 * Gives the bits above the stored ones of native little-endian samples the value that they must have, zero or the sign, in
 * place: some devices leave overlays or junk in them, and decoders of browsers take them for part of the value.
 */
export function resolveUnusedBits(
  bytes: Uint8Array,
  { bitsAllocated, bitsStored, pixelRepresentation }: Cells,
): void {
  const shift = bitsAllocated - bitsStored;
  if (shift <= 0 || bitsStored < 1 || (bitsAllocated !== 8 && bitsAllocated !== 16)) return;
  const whole = bytes.byteLength - (bytes.byteLength % (bitsAllocated / 8));
  // A view needs an even address, which parts of an answer are not always given.
  const aligned = bitsAllocated === 8 || bytes.byteOffset % 2 === 0;
  const at = aligned ? bytes : bytes.slice();
  if (pixelRepresentation === 1) {
    const of = bitsAllocated === 8 ? Int8Array : Int16Array;
    const values = new of(at.buffer as ArrayBuffer, at.byteOffset, whole / of.BYTES_PER_ELEMENT);
    for (let i = 0; i < values.length; i += 1)
      values[i] = (((values[i] as number) << (32 - bitsStored)) >> (32 - bitsStored)) as number;
  } else {
    const of = bitsAllocated === 8 ? Uint8Array : Uint16Array;
    const values = new of(at.buffer as ArrayBuffer, at.byteOffset, whole / of.BYTES_PER_ELEMENT);
    const mask = 2 ** bitsStored - 1;
    for (let i = 0; i < values.length; i += 1) values[i] = (values[i] as number) & mask;
  }
  if (!aligned) bytes.set(at);
}
