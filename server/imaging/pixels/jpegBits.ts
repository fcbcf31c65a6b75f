import { UndecodablePixels } from './frame.ts';

/** A Huffman table (ITU-T T.81 Annex C): how many codes of each length, and the values in order of their codes. */
export class HuffmanTable {
  /** Per length 1–16: the smallest code, one more than the largest, and where its values start. */
  private readonly first = new Int32Array(17);
  private readonly end = new Int32Array(17);
  private readonly offset = new Int32Array(17);
  private readonly values: Uint8Array;

  constructor(counts: Uint8Array, values: Uint8Array) {
    this.values = values;
    let code = 0;
    let at = 0;
    for (let length = 1; length <= 16; length++) {
      const count = counts[length - 1] ?? 0;
      this.first[length] = code;
      this.end[length] = code + count;
      this.offset[length] = at;
      at += count;
      code = (code + count) << 1;
    }
  }

  /** The next value of a stream. Throws where the bits are no code of the table. */
  read(bits: JpegBits): number {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | bits.bit();
      if (code < (this.end[length] ?? 0) && code >= (this.first[length] ?? 0))
        return this.values[(this.offset[length] ?? 0) + code - (this.first[length] ?? 0)] ?? 0;
    }
    throw new UndecodablePixels('the JPEG holds a code that its tables do not know');
  }
}

/** Bits of entropy-coded data, stuffed zeros taken out. Behind the end and before a marker there are only zeros. */
export class JpegBits {
  at: number;
  private readonly bytes: Uint8Array;
  private current = 0;
  private left = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  bit(): number {
    if (this.left === 0) {
      const byte = this.bytes[this.at] ?? 0xff;
      const next = this.bytes[this.at + 1] ?? 0xd9;
      if (byte === 0xff && next !== 0)
        this.current = 0; // a marker: the reader stays before it
      else {
        this.current = byte;
        this.at += byte === 0xff ? 2 : 1;
      }
      this.left = 8;
    }
    this.left--;
    return (this.current >> this.left) & 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = (value << 1) | this.bit();
    return value;
  }

  /** A value of `count` magnitude bits with its sign (T.81 §F.2.2.1, EXTEND). */
  signed(count: number): number {
    if (count === 0) return 0;
    const value = this.bits(count);
    return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
  }

  /** Goes on behind the next restart marker; false where another marker or the end comes first. */
  restart(): boolean {
    this.left = 0;
    while (this.at + 1 < this.bytes.length) {
      const marker = this.bytes[this.at] === 0xff ? (this.bytes[this.at + 1] ?? 0) : 0;
      if (marker >= 0xd0 && marker <= 0xd7) {
        this.at += 2;
        return true;
      }
      if (marker >= 0xc0 && marker !== 0xff) return false;
      this.at++;
    }
    return false;
  }
}
