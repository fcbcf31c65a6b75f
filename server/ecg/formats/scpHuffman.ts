import { UnreadableRecording } from './model.ts';

/** One code of an SCP-ECG Huffman table, EN 1064 section 2. */
export interface HuffmanCode {
  prefixBits: number;
  totalBits: number;
  /** 1 = base value plus the extra bits; 0 = switch to table `baseValue`. */
  mode: number;
  baseValue: number;
  /** Prefix as stored: first bit of the stream in the least significant bit. */
  code: number;
}

export type HuffmanTables =
  { kind: 'none' } | { kind: 'default' } | { kind: 'custom'; tables: HuffmanCode[][] };

class BitReader {
  private bit = 0;
  private readonly end: number;
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.byteLength * 8;
  }
  next(): number {
    if (this.bit >= this.end) throw new UnreadableRecording('SCP-ECG: compressed lead ends early', 'cut-off');
    const byte = this.bytes[this.bit >> 3] ?? 0;
    const value = (byte >> (7 - (this.bit & 7))) & 1;
    this.bit++;
    return value;
  }
  signed(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) value = value * 2 + this.next();
    return bits > 0 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }
}

function defaultCode(bits: BitReader): number {
  let ones = 0;
  while (ones < 9 && bits.next() === 1) ones++;
  if (ones === 0) return 0;
  if (ones <= 8) return bits.next() === 1 ? -ones : ones;
  return bits.next() === 0 ? bits.signed(8) : bits.signed(16);
}

function customDecoder(tables: HuffmanCode[][], bits: BitReader): () => number {
  const index = tables.map(
    (table) => new Map(table.map((code) => [code.prefixBits * 0x1_0000_0000 + code.code, code])),
  );
  const longest = tables.map((table) => Math.max(0, ...table.map((code) => code.prefixBits)));
  let selected = 0;
  return () => {
    for (let switches = 0; switches <= tables.length; switches++) {
      const table = index[selected];
      if (!table) throw new UnreadableRecording(`SCP-ECG: Huffman table ${selected + 1} does not exist`);
      let code = 0;
      let found: HuffmanCode | undefined;
      for (let length = 1; length <= (longest[selected] ?? 0); length++) {
        code += bits.next() * 2 ** (length - 1);
        found = table.get(length * 0x1_0000_0000 + code);
        if (found) break;
      }
      if (!found) throw new UnreadableRecording('SCP-ECG: bits match no Huffman code');
      if (found.mode !== 0) return found.baseValue + bits.signed(found.totalBits - found.prefixBits);
      selected = found.baseValue - 1;
    }
    throw new UnreadableRecording('SCP-ECG: Huffman tables switch in a circle');
  };
}

/**
 * Decodes one lead of section 5 or 6: code words, then the first or second difference.
 * @throws UnreadableRecording when the bits run out before `count` samples.
 */
export function decodeLead(
  bytes: Uint8Array,
  tables: HuffmanTables,
  difference: number,
  count: number,
): Int32Array {
  if (difference > 2) throw new UnreadableRecording(`SCP-ECG: unknown difference encoding ${difference}`);
  const smallest = tables.kind === 'none' ? count * 16 : count;
  if (smallest > bytes.byteLength * 8)
    throw new UnreadableRecording(
      `SCP-ECG: ${count} samples do not fit in ${bytes.byteLength} bytes`,
      'cut-off',
    );
  const samples = new Int32Array(count);
  const bits = new BitReader(bytes);
  const next =
    tables.kind === 'none'
      ? rawReader(bytes)
      : tables.kind === 'default'
        ? () => defaultCode(bits)
        : customDecoder(tables.tables, bits);
  for (let n = 0; n < count; n++) {
    const value = next();
    if (difference === 0 || n === 0) samples[n] = value;
    else if (difference === 1) samples[n] = value + (samples[n - 1] ?? 0);
    else samples[n] = n === 1 ? value : value + 2 * (samples[n - 1] ?? 0) - (samples[n - 2] ?? 0);
  }
  return samples;
}

function rawReader(bytes: Uint8Array): () => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return () => {
    const value = view.getInt16(at, true);
    at += 2;
    return value;
  };
}
