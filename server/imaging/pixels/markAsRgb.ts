const APP0 = 0xe0;
const APP14 = 0xee;
const SOS = 0xda;
/** Adobe segment that says: no colour transform (ITU-T T.872 §6.5.3). */
const NO_TRANSFORM = Buffer.from('ffee000e41646f626500640000000000', 'hex');

/**
 * A JPEG whose header says RGB and whose stream says nothing: decoders take it for YCbCr and turn grey into magenta. The
 * marker that stops them is put behind SOI; streams with a JFIF or Adobe segment speak for themselves.
 */
export function markAsRgb(bytes: Uint8Array): Uint8Array {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker === APP0 || marker === APP14) return bytes;
    if (marker === SOS) break;
    at += 2 + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0);
  }
  return Buffer.concat([bytes.subarray(0, 2), NO_TRANSFORM, bytes.subarray(2)]);
}
