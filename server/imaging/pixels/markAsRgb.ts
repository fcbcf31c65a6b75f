/** The segments that speak of colour, how their text starts and how long they are at least. */
const SPEAKING: ReadonlyMap<number | undefined, readonly [string, number]> = new Map([
  [0xe0, ['JFIF', 14]],
  [0xee, ['Adobe', 12]],
]);
const SOS = 0xda;
/** Adobe segment that says: no colour transform (ITU-T T.872 §6.5.3). */
const NO_TRANSFORM = Buffer.from('ffee000e41646f626500640000000000', 'hex');

/**
 * A JPEG whose header says RGB and whose stream says nothing: decoders take it for YCbCr and turn grey into magenta. The
 * marker that stops them is put behind SOI; streams with a JFIF or Adobe segment speak for themselves, unless it is too
 * short to say anything.
 */
export function markAsRgb(bytes: Uint8Array): Uint8Array {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker === SOS) break;
    const length = ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0);
    const [name, least] = SPEAKING.get(marker) ?? ['', Infinity];
    if (length - 2 >= least && startsWith(bytes, at + 4, name)) return bytes;
    at += 2 + length;
  }
  return Buffer.concat([bytes.subarray(0, 2), NO_TRANSFORM, bytes.subarray(2)]);
}

const startsWith = (bytes: Uint8Array, at: number, name: string): boolean =>
  [...name].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
