import type { DataSet } from './dataSet.ts';
import { DicomError } from './errors.ts';
import type { PixelDataPlace } from './readDataSet.ts';
import { tags } from './tags.ts';
import { transferSyntaxes } from './uids.ts';

/** A range of bytes of the file or data set. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** One frame: a single range for native pixel data, one or more fragments when encapsulated. */
export type Frame = readonly ByteRange[];

export interface FrameSource {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  readonly pixelData: PixelDataPlace;
  /** Size of what `readAt` reads from. */
  readonly size: number;
  /** Reads up to `length` bytes; fewer only at the end. */
  readAt(offset: number, length: number): Promise<Buffer> | Buffer;
}

const maxFragments = 4_000_000;
const itemTag = 0xe000fffe; // (FFFE,E000) read as one little-endian number
const delimiterTag = 0xe0ddfffe; // (FFFE,E0DD)

/**
 * Places of all frames. Native pixel data is divided by its geometry (PS3.5 §8.1.1), encapsulated pixel data by extended offset table, basic offset table,
 * one fragment per frame, or by where a code stream starts (PS3.5 §A.4).
 * @throws DicomError `malformed` when fragments and number of frames cannot be reconciled, `truncated` when the bytes end before pixel data does
 */
export async function findFrames(source: FrameSource): Promise<Frame[]> {
  return source.pixelData.length === undefined ? findEncapsulatedFrames(source) : findNativeFrames(source);
}

function numberOfFrames(dataSet: DataSet): number {
  const count = dataSet.number(tags.numberOfFrames) ?? 1;
  return Number.isInteger(count) && count > 0 ? count : 1;
}

/** Bits per frame as stored; YBR_FULL_422 and YBR_PARTIAL_422 hold two samples per pixel (PS3.3 §C.7.6.3.1.2). */
function bitsPerFrame(dataSet: DataSet): number {
  const rows = dataSet.number(tags.rows) ?? 0;
  const columns = dataSet.number(tags.columns) ?? 0;
  const bitsAllocated = dataSet.number(tags.bitsAllocated) ?? 16;
  const subsampled = /_422$/.test(dataSet.string(tags.photometricInterpretation) ?? '');
  const samples = subsampled ? 2 : (dataSet.number(tags.samplesPerPixel) ?? 1);
  return rows * columns * samples * bitsAllocated;
}

/** Whether native pixel data ends before its last frame does, by the geometry its header names; a padding byte may lack. */
export function isTooShort(dataSet: DataSet, { length }: PixelDataPlace): boolean {
  if (length === undefined) return false;
  return length < Math.floor((numberOfFrames(dataSet) * bitsPerFrame(dataSet)) / 8);
}

function findNativeFrames({ dataSet, pixelData, size }: FrameSource): Frame[] {
  const length = pixelData.length ?? 0;
  if (pixelData.offset + length > size)
    throw new DicomError('truncated', 'the object ends inside its pixel data');
  const count = numberOfFrames(dataSet);
  const bits = bitsPerFrame(dataSet);
  if (isTooShort(dataSet, pixelData))
    throw new DicomError('malformed', `pixel data is too short for ${count} frames`);
  if (count === 1 || bits === 0)
    return [
      [{ offset: pixelData.offset, length: bits === 0 ? length : Math.min(length, Math.ceil(bits / 8)) }],
    ];
  // Frames of 1-bit pixels may share a byte: such a frame's range starts with the byte that holds its first pixel.
  return Array.from({ length: count }, (_, index) => {
    const first = Math.floor((index * bits) / 8);
    const end = Math.min(length, Math.ceil(((index + 1) * bits) / 8));
    return [{ offset: pixelData.offset + first, length: end - first }];
  });
}

async function findEncapsulatedFrames(source: FrameSource): Promise<Frame[]> {
  const { offsets, fragments } = await readFragments(source);
  const count = numberOfFrames(source.dataSet);
  const starts = extendedOffsets(source.dataSet) ?? (offsets.length > 0 ? offsets : undefined);
  const first = fragments[0];
  if (first === undefined) return [];
  if (starts !== undefined && starts.length === count) {
    const frames = framesByOffsets(fragments, starts, first.offset - 8);
    if (frames !== undefined) return frames;
  }
  if (count === 1) return [fragments];
  if (fragments.length === count) return fragments.map((fragment) => [fragment]);
  const frames = await framesByCodeStream(source, fragments);
  if (frames.length === count) return frames;
  throw new DicomError('malformed', `${fragments.length} fragments cannot be divided into ${count} frames`);
}

/** Extended Offset Table (7FE0,0001): 64-bit offsets of the frames, counted like the basic ones. */
function extendedOffsets(dataSet: DataSet): number[] | undefined {
  const bytes = dataSet.bytes(tags.extendedOffsetTable);
  if (bytes === undefined || bytes.length < 8) return undefined;
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => Number(bytes.readBigUInt64LE(i * 8)));
}

/** Offsets count from the first byte of the item tag of the first fragment. Undefined where they do not meet fragments. */
function framesByOffsets(
  fragments: readonly ByteRange[],
  starts: readonly number[],
  base: number,
): Frame[] | undefined {
  const frames: ByteRange[][] = [];
  for (const fragment of fragments) {
    if (fragment.offset - 8 - base === starts[frames.length]) frames.push([]);
    const frame = frames.at(-1);
    if (frame === undefined) return undefined;
    frame.push(fragment);
  }
  return frames.length === starts.length ? frames : undefined;
}

/** A frame starts where a fragment starts with a code stream's first marker: JPEG and JPEG-LS SOI, JPEG 2000 SOC, JPEG XL. */
async function framesByCodeStream(source: FrameSource, fragments: readonly ByteRange[]): Promise<Frame[]> {
  if (source.transferSyntax === transferSyntaxes.rleLossless) return fragments.map((fragment) => [fragment]);
  const frames: ByteRange[][] = [];
  for (const fragment of fragments) {
    const head = await source.readAt(fragment.offset, Math.min(4, fragment.length));
    const marker = head.length >= 2 ? head.readUInt16BE(0) : 0;
    if (marker === 0xffd8 || marker === 0xff4f || marker === 0xff0a || frames.length === 0) frames.push([]);
    frames.at(-1)?.push(fragment);
  }
  return frames;
}

/** Walks the items of encapsulated pixel data: the basic offset table, then every fragment, up to the delimiter. */
async function readFragments(source: FrameSource): Promise<{ offsets: number[]; fragments: ByteRange[] }> {
  const { pixelData, size } = source;
  const fragments: ByteRange[] = [];
  let offsets: number[] | undefined;
  let at = pixelData.offset;
  let window: Buffer = Buffer.alloc(0);
  let windowAt = 0;
  for (;;) {
    if (at + 8 > size) throw new DicomError('truncated', 'the object ends inside its pixel data');
    if (at < windowAt || at + 8 > windowAt + window.length) {
      window = await source.readAt(at, 4096);
      windowAt = at;
      if (window.length < 8) throw new DicomError('truncated', 'the object ends inside its pixel data');
    }
    const tag = window.readUInt32LE(at - windowAt);
    const length = window.readUInt32LE(at - windowAt + 4);
    if (tag === delimiterTag) return { offsets: offsets ?? [], fragments };
    if (tag !== itemTag)
      throw new DicomError('malformed', 'encapsulated pixel data holds something else than fragments');
    if (at + 8 + length > size) throw new DicomError('truncated', 'the object ends inside a fragment');
    if (offsets === undefined) offsets = await readOffsetTable(source, at + 8, length);
    else fragments.push({ offset: at + 8, length });
    if (fragments.length > maxFragments)
      throw new DicomError('too-large', `more than ${maxFragments} fragments`);
    at += 8 + length;
  }
}

async function readOffsetTable(source: FrameSource, offset: number, length: number): Promise<number[]> {
  if (length === 0) return [];
  if (length > maxFragments * 4) throw new DicomError('too-large', 'basic offset table is too large');
  const bytes = await source.readAt(offset, length);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readUInt32LE(i * 4));
}
