import { UndecodablePixels } from './frame.ts';
import { HuffmanTable, JpegBits } from './jpegBits.ts';
import { decodeBlock, type Scan } from './jpegBlock.ts';
import { inverseDct } from './jpegInverseDct.ts';

const SOF = new Set([0xc0, 0xc1, 0xc2]);
const MOST_BLOCKS = 4_000_000;

interface JpegFrame {
  precision: number;
  rows: number;
  columns: number;
  progressive: boolean;
  /** Number of the quantization table. */
  table: number;
  blocksAcross: number;
  blocks: number;
  /** 64 of each block, in zigzag order. */
  coefficients: Int32Array;
}

export interface DecodedJpeg {
  rows: number;
  columns: number;
  /** Significant bits of a sample: 8 or 12. */
  precision: number;
  /** Grey samples. */
  samples: Uint16Array;
}

/**
 * Grey JPEG by DCT and Huffman codes, sequential or progressive, of 8 or 12 bits (ITU-T T.81). No package here reads 12
 * bits: Cornerstone's own decoder gives values about 15 too high. Throws UndecodablePixels for everything else.
 */
export function decodeJpegDct(bytes: Uint8Array): DecodedJpeg {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new UndecodablePixels('no JPEG stream');
  const quantization = new Map<number, Int32Array>();
  const huffman = new Map<number, HuffmanTable>();
  let frame: JpegFrame | undefined;
  let interval = 0;
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) break;
    const end = at + 2 + word(bytes, at + 2);
    const segment = bytes.subarray(at + 4, end);
    if (marker === 0xdb) readQuantization(segment, quantization);
    else if (marker === 0xc4) readHuffman(segment, huffman);
    else if (marker === 0xdd) interval = word(segment, 0);
    else if (SOF.has(marker)) frame = readFrameHeader(segment, marker === 0xc2);
    else if (marker > 0xc2 && marker <= 0xcf && marker !== 0xc8)
      throw new UndecodablePixels('JPEG is neither sequential nor progressive DCT with Huffman codes');
    if (marker !== 0xda) at = end;
    else {
      if (!frame) throw new UndecodablePixels('the JPEG has a scan before its frame header');
      at = decodeScan(bytes, end, frame, readScan(segment, frame, huffman), interval);
    }
  }
  if (!frame) throw new UndecodablePixels('the JPEG has no frame header');
  return render(frame, quantization);
}

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

function readQuantization(segment: Uint8Array, into: Map<number, Int32Array>): void {
  for (let at = 0; at < segment.length;) {
    const head = segment[at++] ?? 0;
    const wide = head >> 4 > 0;
    const start = at;
    into.set(
      head & 15,
      Int32Array.from({ length: 64 }, (_, i) =>
        wide ? word(segment, start + i * 2) : (segment[start + i] ?? 1),
      ),
    );
    at += wide ? 128 : 64;
  }
}

function readHuffman(segment: Uint8Array, into: Map<number, HuffmanTable>): void {
  for (let at = 0; at + 17 <= segment.length;) {
    const key = segment[at] ?? 0;
    const counts = segment.subarray(at + 1, at + 17);
    const count = counts.reduce((sum, each) => sum + each, 0);
    into.set(key, new HuffmanTable(counts, segment.subarray(at + 17, at + 17 + count)));
    at += 17 + count;
  }
}

function readFrameHeader(segment: Uint8Array, progressive: boolean): JpegFrame {
  const [precision = 0] = segment;
  const rows = word(segment, 1);
  const columns = word(segment, 3);
  if (segment[5] !== 1) throw new UndecodablePixels(`JPEG of ${segment[5]} components and ${precision} bits`);
  if (rows === 0 || columns === 0) throw new UndecodablePixels('JPEG without a size');
  // A single component is coded block by block, whatever its sampling factors say (T.81 §A.2.2).
  const blocksAcross = Math.ceil(columns / 8);
  const blocks = blocksAcross * Math.ceil(rows / 8);
  if (blocks > MOST_BLOCKS) throw new UndecodablePixels(`JPEG of ${columns} × ${rows} pixels`);
  const coefficients = new Int32Array(blocks * 64);
  return {
    precision,
    rows,
    columns,
    progressive,
    table: segment[8] ?? 0,
    blocksAcross,
    blocks,
    coefficients,
  };
}

function readScan(segment: Uint8Array, frame: JpegFrame, tables: Map<number, HuffmanTable>): Scan {
  if (segment[0] !== 1) throw new UndecodablePixels('a JPEG scan of more than its one component');
  const choice = segment[2] ?? 0;
  const [start = 0, end = 63, approximation = 0] = segment.subarray(3);
  return {
    progressive: frame.progressive,
    start,
    end: Math.min(63, end),
    high: approximation >> 4,
    low: approximation & 15,
    dcTable: tables.get(choice >> 4),
    acTable: tables.get(0x10 | (choice & 15)),
    dc: 0,
    endOfBand: 0,
  };
}

/** Decodes one scan into the coefficients; answers where the next marker is. */
function decodeScan(bytes: Uint8Array, at: number, frame: JpegFrame, scan: Scan, interval: number): number {
  const bits = new JpegBits(bytes, at);
  for (let block = 0; block < frame.blocks; block++) {
    if (interval > 0 && block > 0 && block % interval === 0) {
      if (!bits.restart()) break;
      scan.dc = 0;
      scan.endOfBand = 0;
    }
    decodeBlock(bits, frame.coefficients.subarray(block * 64, block * 64 + 64), scan);
  }
  let next = bits.at;
  while (next + 1 < bytes.length && !(bytes[next] === 0xff && (bytes[next + 1] ?? 0) >= 0xc0)) next++;
  return next;
}

function render(frame: JpegFrame, quantization: Map<number, Int32Array>): DecodedJpeg {
  const table = quantization.get(frame.table);
  if (!table) throw new UndecodablePixels('the JPEG has no quantization table');
  const { rows, columns, precision } = frame;
  const samples = new Uint16Array(rows * columns);
  const middle = 2 ** (precision - 1);
  const most = 2 ** precision - 1;
  const pixels = new Float64Array(64);
  for (let block = 0; block < frame.blocks; block++) {
    inverseDct(frame.coefficients, block * 64, table, pixels);
    const top = Math.floor(block / frame.blocksAcross) * 8;
    const left = (block % frame.blocksAcross) * 8;
    for (let y = 0; y < 8 && top + y < rows; y++)
      for (let x = 0; x < 8 && left + x < columns; x++)
        samples[(top + y) * columns + left + x] = Math.max(
          0,
          Math.min(most, Math.round((pixels[y * 8 + x] ?? 0) + middle)),
        );
  }
  return { rows, columns, precision, samples };
}
