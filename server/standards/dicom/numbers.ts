import type { Vr } from './vr.ts';
import { binaryNumberSizes } from './vr.ts';

type NumberVr = 'FD' | 'FL' | 'SL' | 'SS' | 'SV' | 'UL' | 'US' | 'UV';

const little: Readonly<Record<NumberVr, (b: Buffer, at: number) => number | bigint>> = {
  FD: (b, at) => b.readDoubleLE(at),
  FL: (b, at) => b.readFloatLE(at),
  SL: (b, at) => b.readInt32LE(at),
  SS: (b, at) => b.readInt16LE(at),
  SV: (b, at) => b.readBigInt64LE(at),
  UL: (b, at) => b.readUInt32LE(at),
  US: (b, at) => b.readUInt16LE(at),
  UV: (b, at) => b.readBigUInt64LE(at),
};

const big: Readonly<Record<NumberVr, (b: Buffer, at: number) => number | bigint>> = {
  FD: (b, at) => b.readDoubleBE(at),
  FL: (b, at) => b.readFloatBE(at),
  SL: (b, at) => b.readInt32BE(at),
  SS: (b, at) => b.readInt16BE(at),
  SV: (b, at) => b.readBigInt64BE(at),
  UL: (b, at) => b.readUInt32BE(at),
  US: (b, at) => b.readUInt16BE(at),
  UV: (b, at) => b.readBigUInt64BE(at),
};

export function isNumberVr(vr: Vr): vr is NumberVr {
  return binaryNumberSizes[vr] !== undefined;
}

/** Binary numbers of a value, a cut last one left out; [] for other representations. */
export function readExactNumbers(bytes: Buffer, vr: Vr, bigEndian: boolean): (number | bigint)[] {
  if (!isNumberVr(vr)) return [];
  const size = binaryNumberSizes[vr] ?? 2;
  const read = (bigEndian ? big : little)[vr];
  const values: (number | bigint)[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) values.push(read(bytes, at));
  return values;
}

export function readNumbers(bytes: Buffer, vr: Vr, bigEndian: boolean): number[] {
  return readExactNumbers(bytes, vr, bigEndian).map(Number);
}

/** One binary number as little-endian bytes, truncated to its range as two's complement would be refused: throws RangeError when it does not fit. */
export function writeNumber(value: number | bigint, vr: NumberVr): Buffer {
  const bytes = Buffer.alloc(binaryNumberSizes[vr] ?? 2);
  switch (vr) {
    case 'FD':
      bytes.writeDoubleLE(Number(value));
      break;
    case 'FL':
      bytes.writeFloatLE(Number(value));
      break;
    case 'SL':
      bytes.writeInt32LE(Number(value));
      break;
    case 'SS':
      bytes.writeInt16LE(Number(value));
      break;
    case 'SV':
      bytes.writeBigInt64LE(BigInt(value));
      break;
    case 'UL':
      bytes.writeUInt32LE(Number(value));
      break;
    case 'US':
      bytes.writeUInt16LE(Number(value));
      break;
    case 'UV':
      bytes.writeBigUInt64LE(BigInt(value));
      break;
  }
  return bytes;
}
