import {
  decodeStrictly,
  hasHighBytes,
  looksLikeGbk,
  looksLikeUtf8,
} from '../../standards/dicom/mislabelled.ts';
import { UnreadableRecording } from './model.ts';

/** Bounded little- or big-endian reading: running past the end is an unreadable file, never `undefined`. */
export class ByteReader {
  private readonly view: DataView;
  readonly bytes: Uint8Array;
  private readonly what: string;
  position = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.what = what;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.byteLength;
  }

  get remaining(): number {
    return this.bytes.byteLength - this.position;
  }

  private take(size: number): number {
    const at = this.position;
    if (size < 0 || at + size > this.bytes.byteLength)
      throw new UnreadableRecording(
        `${this.what} ends early: ${size} bytes wanted at offset ${at}, ${this.bytes.byteLength - at} left`,
        'cut-off',
      );
    this.position = at + size;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }
  i8(): number {
    return this.view.getInt8(this.take(1));
  }
  u16(littleEndian = true): number {
    return this.view.getUint16(this.take(2), littleEndian);
  }
  i16(littleEndian = true): number {
    return this.view.getInt16(this.take(2), littleEndian);
  }
  u32(littleEndian = true): number {
    return this.view.getUint32(this.take(4), littleEndian);
  }
  i32(littleEndian = true): number {
    return this.view.getInt32(this.take(4), littleEndian);
  }
  slice(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size);
  }
  ascii(size: number): string {
    return latin1(this.slice(size));
  }
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/**
 * Text up to the first NUL, without surrounding blanks. Chinese boxes write GBK whatever they declare, and GBK may happen
 * to be UTF-8 of two-byte characters too (钱双模 is also Ǯ˫ģ): then Chinese characters in a row are the likelier reading.
 */
export function deviceText(bytes: Uint8Array): { text: string; guessed: boolean } {
  const end = bytes.indexOf(0);
  const content = end < 0 ? bytes : bytes.subarray(0, end);
  if (!hasHighBytes(content)) return { text: latin1(content).trim(), guessed: false };
  const utf8 = decodeStrictly('utf-8', content)?.trim();
  const gbk = decodeStrictly('gbk', content)?.trim();
  const chinese = gbk !== undefined && looksLikeGbk(content) && /\p{Script=Han}{2}/u.test(gbk);
  if (utf8 !== undefined && (looksLikeUtf8(content) || !chinese)) return { text: utf8, guessed: false };
  return { text: gbk ?? latin1(content).trim(), guessed: true };
}

/** CRC-CCITT (0x1021, start 0xFFFF), the check of SCP-ECG. */
export function crcCcitt(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (crcTable[(crc >> 8) ^ byte] ?? 0);
  return crc;
}

const crcTable = Uint16Array.from({ length: 256 }, (_, index) => {
  let crc = index << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});
