import { UnreadableRecording } from './model.ts';

/**
 * LZW with fixed-width codes, most significant bit first, as Philips XLI uses it (10 bits; the highest
 * code ends the stream). @throws UnreadableRecording on impossible codes or output beyond `limit` bytes.
 */
export function decompressLzw(bytes: Uint8Array, bitsPerCode: number, limit: number): Uint8Array {
  const capacity = 1 << bitsPerCode;
  const maximumCode = capacity - 2;
  const strings: Uint8Array[] = Array.from({ length: 256 }, (_, value) => Uint8Array.of(value));
  let output = new Uint8Array(Math.min(limit, Math.max(1024, bytes.byteLength * 4)));
  let length = 0;
  let previous: Uint8Array | undefined;
  let buffer = 0;
  let available = 0;
  let position = 0;
  for (;;) {
    while (available < bitsPerCode && position < bytes.byteLength) {
      buffer = (buffer << 8) | (bytes[position++] ?? 0);
      available += 8;
    }
    if (available < bitsPerCode) break;
    const code = (buffer >> (available - bitsPerCode)) & (capacity - 1);
    available -= bitsPerCode;
    buffer &= (1 << available) - 1;
    if (code > maximumCode) break;
    let current = strings[code];
    if (!current) {
      if (!previous || code !== strings.length) throw new UnreadableRecording('XLI: impossible LZW code');
      current = concat(previous, previous[0] ?? 0);
    }
    if (length + current.length > limit)
      throw new UnreadableRecording('XLI: lead longer than allowed', 'too-large');
    if (length + current.length > output.length) {
      const larger = new Uint8Array(Math.min(limit, output.length * 2 + current.length));
      larger.set(output);
      output = larger;
    }
    output.set(current, length);
    length += current.length;
    if (previous && strings.length <= maximumCode) strings.push(concat(previous, current[0] ?? 0));
    previous = current;
  }
  return output.subarray(0, length);
}

function concat(head: Uint8Array, tail: number): Uint8Array {
  const joined = new Uint8Array(head.length + 1);
  joined.set(head);
  joined[head.length] = tail;
  return joined;
}
