import type { DataSet } from '../../standards/dicom/index.ts';

/** One overlay plane as it lies over one frame (PS3.3 §C.9.2). */
export interface OverlayPlane {
  /** 0 for group 6000, 1 for 6002, up to 15. */
  number: number;
  rows: number;
  columns: number;
  /** Row and column of the image, from 1, where its first pixel lies. */
  origin: [number, number];
  kind: 'graphics' | 'region';
  label: string;
  description: string;
  /** One bit a pixel, row by row without padding, the first in the lowest bit. */
  bits: Buffer;
}

/** Stored samples of the frame, for planes that stand in unused bits of the pixels (PS3.5 §8.1.2, retired). */
export interface RawPixels {
  bytes: Uint8Array;
  bitsAllocated: number;
}

const MOST_PIXELS = 64 * 1024 * 1024;
const groups = Array.from({ length: 16 }, (_, number) => number);
const tagIn = (number: number, element: number): number => (0x6000 + 2 * number) * 0x10000 + element;

/** Whether any plane of a header stands in the pixels themselves: then `overlayPlanes` needs them. */
export const hasEmbeddedPlanes = (dataSet: DataSet): boolean =>
  groups.some((number) => isEmbedded(dataSet, number));

function isEmbedded(dataSet: DataSet, number: number): boolean {
  return (
    dataSet.has(tagIn(number, 0x0010)) &&
    !dataSet.hasValue(tagIn(number, 0x3000)) &&
    (dataSet.number(tagIn(number, 0x0100)) ?? 1) > 1
  );
}

/**
 * Overlay planes of a frame (from 1), whether they have data of their own or stand in unused bits of the pixels. A plane of
 * several frames lies over those that its Image Frame Origin says; one of a single frame over all. Planes whose data is too
 * short, or that are empty, are left out.
 */
export function overlayPlanes(dataSet: DataSet, frame: number, raw?: RawPixels): OverlayPlane[] {
  return groups.flatMap((number) => {
    const rows = dataSet.number(tagIn(number, 0x0010)) ?? 0;
    const columns = dataSet.number(tagIn(number, 0x0011)) ?? 0;
    if (rows < 1 || columns < 1 || rows * columns > MOST_PIXELS) return [];
    const bits = isEmbedded(dataSet, number)
      ? embeddedBits(dataSet, number, rows * columns, raw)
      : ownBits(dataSet, number, rows * columns, frame);
    if (!bits?.some((byte) => byte !== 0)) return [];
    const [row = 1, column = 1] = dataSet.numbers(tagIn(number, 0x0050));
    return [
      {
        number,
        rows,
        columns,
        origin: [row, column],
        kind: dataSet.string(tagIn(number, 0x0040)) === 'R' ? 'region' : 'graphics',
        label: dataSet.string(tagIn(number, 0x1500)) ?? '',
        description: dataSet.string(tagIn(number, 0x0022)) ?? '',
        bits,
      },
    ];
  });
}

function ownBits(dataSet: DataSet, number: number, count: number, frame: number): Buffer | undefined {
  const stored = dataSet.bytes(tagIn(number, 0x3000));
  if (!stored) return undefined;
  // Words of big-endian objects are swapped: the first pixel is in the lowest bit of the word (PS3.5 §8.1.2).
  const swapped = dataSet.encoding.bigEndian && dataSet.vr(tagIn(number, 0x3000)) === 'OW';
  const bytes = swapped ? Buffer.from(stored.subarray(0, stored.length & ~1)).swap16() : stored;
  const frames = dataSet.number(tagIn(number, 0x0015)) ?? 1;
  const first = dataSet.number(tagIn(number, 0x0051)) ?? 1;
  const index = frames > 1 ? frame - first : 0;
  if (index < 0 || index >= frames || bytes.length * 8 < (index + 1) * count) return undefined;
  return packed(count, (pixel) => {
    const bit = index * count + pixel;
    return ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
  });
}

function embeddedBits(
  dataSet: DataSet,
  number: number,
  count: number,
  raw: RawPixels | undefined,
): Buffer | undefined {
  const position = dataSet.number(tagIn(number, 0x0102));
  if (!raw || position === undefined || position >= raw.bitsAllocated) return undefined;
  const size = raw.bitsAllocated / 8;
  if (!Number.isInteger(size) || raw.bytes.length < count * size) return undefined;
  return packed(count, (pixel) => ((raw.bytes[pixel * size + (position >> 3)] ?? 0) >> (position & 7)) & 1);
}

function packed(count: number, bitOf: (pixel: number) => number): Buffer {
  const bits = Buffer.alloc(Math.ceil(count / 8));
  for (let pixel = 0; pixel < count; pixel++)
    if (bitOf(pixel)) bits[pixel >> 3] = (bits[pixel >> 3] ?? 0) | (1 << (pixel & 7));
  return bits;
}
