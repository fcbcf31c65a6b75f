import { UndecodablePixels } from './frame.ts';
import type { HuffmanTable, JpegBits } from './jpegBits.ts';

/** What a scan brings: a band of coefficients (zigzag 0–63) and which of their bits (T.81 Annex G). */
export interface Scan {
  progressive: boolean;
  start: number;
  end: number;
  /** Bit position of the scan before; 0 in the first scan of a band. */
  high: number;
  low: number;
  dcTable: HuffmanTable | undefined;
  acTable: HuffmanTable | undefined;
  /** The DC coefficient before: what is coded is the difference. */
  dc: number;
  /** Blocks that are still empty in this band (EOBRUN). */
  endOfBand: number;
}

/** One block of a scan into its 64 coefficients, in zigzag order. */
export function decodeBlock(bits: JpegBits, block: Int32Array, scan: Scan): void {
  if (!scan.progressive) sequential(bits, block, scan);
  else if (scan.start === 0) dcScan(bits, block, scan);
  else if (scan.high === 0) acFirst(bits, block, scan);
  else acRefine(bits, block, scan);
}

function dcTable({ dcTable }: Scan) {
  if (!dcTable) throw new UndecodablePixels('the JPEG lacks a DC table');
  return dcTable;
}

function acTable({ acTable }: Scan) {
  if (!acTable) throw new UndecodablePixels('the JPEG lacks an AC table');
  return acTable;
}

function sequential(bits: JpegBits, block: Int32Array, scan: Scan): void {
  scan.dc += bits.signed(Math.min(16, dcTable(scan).read(bits)));
  block[0] = scan.dc;
  const table = acTable(scan);
  for (let k = 1; k < 64; k++) {
    const code = table.read(bits);
    const size = code & 15;
    const run = code >> 4;
    if (size === 0) {
      if (run < 15) return;
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw new UndecodablePixels('a JPEG block has more than 64 coefficients');
    block[k] = bits.signed(size);
  }
}

function dcScan(bits: JpegBits, block: Int32Array, scan: Scan): void {
  const { high, low } = scan;
  if (high > 0) {
    block[0] = (block[0] ?? 0) | (bits.bit() << low);
    return;
  }
  scan.dc += bits.signed(Math.min(16, dcTable(scan).read(bits)));
  block[0] = scan.dc * 2 ** low;
}

function acFirst(bits: JpegBits, block: Int32Array, scan: Scan): void {
  if (scan.endOfBand > 0) {
    scan.endOfBand--;
    return;
  }
  const table = acTable(scan);
  for (let k = scan.start; k <= scan.end; k++) {
    const code = table.read(bits);
    const size = code & 15;
    const run = code >> 4;
    if (size === 0) {
      if (run < 15) {
        scan.endOfBand = (1 << run) - 1 + bits.bits(run);
        return;
      }
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw new UndecodablePixels('a JPEG block has more than 64 coefficients');
    block[k] = bits.signed(size) * 2 ** scan.low;
  }
}

/** Adds one bit to coefficients that are there, and new ones of that bit between them (T.81 §G.1.2.3). */
function acRefine(bits: JpegBits, block: Int32Array, scan: Scan): void {
  const bit = 2 ** scan.low;
  const refine = (k: number) => {
    const value = block[k] ?? 0;
    if (bits.bit() && (Math.abs(value) & bit) === 0) block[k] = value + (value > 0 ? bit : -bit);
  };
  let k = scan.start;
  if (scan.endOfBand === 0) {
    const table = acTable(scan);
    while (k <= scan.end) {
      const code = table.read(bits);
      const size = code & 15;
      let run = code >> 4;
      let fresh = 0;
      if (size === 0 && run < 15) {
        scan.endOfBand = (1 << run) + bits.bits(run);
        break;
      }
      if (size > 0) fresh = bits.bit() ? bit : -bit;
      for (; k <= scan.end; k++) {
        if ((block[k] ?? 0) !== 0) refine(k);
        else if (run-- === 0) {
          if (fresh !== 0) block[k] = fresh;
          k++;
          break;
        }
      }
    }
  }
  if (scan.endOfBand > 0) {
    for (; k <= scan.end; k++) if ((block[k] ?? 0) !== 0) refine(k);
    scan.endOfBand--;
  }
}
