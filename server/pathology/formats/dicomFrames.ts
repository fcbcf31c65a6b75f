import type { ByteSource } from './byteSource.ts';
import { windowedSource } from './byteSource.ts';
import type { DicomHeader } from './dicomHeader.ts';
import type { TileTable } from './slideIndex.ts';
import { limits } from './slideIndex.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

/** Item tags as they stand in a little-endian stream (PS3.5 §7.5). */
const item = 0xe000fffe;
const sequenceDelimiter = 0xe0ddfffe;
const itemHeaderBytes = 8;

/** Frames in file order. Fragmented frames include the item headers between their fragments. */
export interface FrameTable extends TileTable {
  fragmented: boolean;
}

async function itemAt(source: ByteSource, at: number): Promise<{ tag: number; length: number }> {
  const head = await source.read(at, itemHeaderBytes);
  return { tag: head.readUInt32LE(0), length: head.readUInt32LE(4) };
}

function emptyTable(frames: number): FrameTable {
  return { offsets: new Float64Array(frames), lengths: new Uint32Array(frames), fragmented: false };
}

/** Uncompressed frames follow each other without anything between them (PS3.5 §8.2). */
export function nativeFrames(
  header: DicomHeader,
  size: number,
  frames: number,
  frameBytes: number,
): FrameTable {
  if (frameBytes > limits.tileBytes)
    throw new UnreadableSlide('too-large', `a frame has ${frameBytes} bytes`);
  const end = header.pixels.offset + frames * frameBytes;
  if (end > size)
    throw new UnreadableSlide('truncated', `${frames} frames need ${end} bytes, the file has ${size}`);
  const table = emptyTable(frames);
  for (let frame = 0; frame < frames; frame++) {
    table.offsets[frame] = header.pixels.offset + frame * frameBytes;
    table.lengths[frame] = frameBytes;
  }
  return table;
}

/** Starts of the frames, from the extended or the basic offset table; undefined where neither can be believed. */
async function statedStarts(
  source: ByteSource,
  header: DicomHeader,
  frames: number,
): Promise<Float64Array | undefined> {
  const basic = await itemAt(source, header.pixels.offset);
  if (basic.tag !== item)
    throw new UnreadableSlide('malformed', 'encapsulated pixel data without an offset table item');
  const first = header.pixels.offset + itemHeaderBytes + basic.length;
  const starts = new Float64Array(frames);
  const extended = header.dataSet.elements['x7fe00001'];
  if (extended && extended.length === frames * 8) {
    const bytes = Buffer.from(header.dataSet.byteArray.buffer, header.dataSet.byteArray.byteOffset);
    for (let n = 0; n < frames; n++)
      starts[n] = first + Number(bytes.readBigUInt64LE(extended.dataOffset + n * 8));
  } else if (basic.length === frames * 4 && basic.length > 0) {
    const bytes = await source.read(header.pixels.offset + itemHeaderBytes, basic.length);
    for (let n = 0; n < frames; n++) starts[n] = first + bytes.readUInt32LE(n * 4);
  } else {
    return undefined;
  }
  // past 4 GiB a basic offset table wraps around: such a table is not used
  const rising = starts.every((start, n) => n === 0 || start > (starts[n - 1] ?? 0));
  return rising && starts[0] === first ? starts : undefined;
}

async function framesFromStarts(source: ByteSource, starts: Float64Array): Promise<FrameTable | undefined> {
  const table = emptyTable(starts.length);
  for (let n = 0; n < starts.length; n++) {
    const start = starts[n] ?? 0;
    const { tag, length } = await itemAt(source, start);
    const next = starts[n + 1];
    if (tag !== item || length === 0xffffffff) return undefined;
    if (next !== undefined && start + itemHeaderBytes + length !== next) return undefined;
    table.offsets[n] = start + itemHeaderBytes;
    table.lengths[n] = length;
  }
  const last = (table.offsets.at(-1) ?? 0) + (table.lengths.at(-1) ?? 0);
  const behind = await itemAt(source, last);
  return behind.tag === sequenceDelimiter ? table : undefined;
}

/** A fragment that opens a new JPEG (SOI) or JPEG 2000 (SOC) stream begins a new frame. */
function opensFrame(head: Buffer): boolean {
  return head[0] === 0xff && (head[1] === 0xd8 || head[1] === 0x4f);
}

async function framesByWalking(source: ByteSource, header: DicomHeader, frames: number): Promise<FrameTable> {
  const basic = await itemAt(source, header.pixels.offset);
  const fragments: { offset: number; length: number; opens: boolean }[] = [];
  let at = header.pixels.offset + itemHeaderBytes + basic.length;
  for (;;) {
    const { tag, length } = await itemAt(source, at);
    if (tag === sequenceDelimiter) break;
    if (tag !== item) throw new UnreadableSlide('malformed', `no item at ${at} inside the pixel data`);
    if (fragments.length >= limits.tilesPerLevel)
      throw new UnreadableSlide('too-large', 'too many fragments');
    if (at + itemHeaderBytes + length > source.size)
      throw new UnreadableSlide('truncated', `the fragment at ${at} is cut off`);
    const opens = length >= 2 && opensFrame(await source.read(at + itemHeaderBytes, 2));
    fragments.push({ offset: at + itemHeaderBytes, length, opens });
    at += itemHeaderBytes + length;
  }
  const table = emptyTable(frames);
  if (fragments.length === frames) {
    fragments.forEach(({ offset, length }, n) => {
      table.offsets[n] = offset;
      table.lengths[n] = length;
    });
    return table;
  }
  const starts = fragments.filter(({ opens }) => opens);
  if (starts.length !== frames || !fragments[0]?.opens) {
    const found = `${fragments.length} fragments with ${starts.length} starts`;
    throw new UnreadableSlide('malformed', `${found} cannot be told apart as ${frames} frames`);
  }
  table.fragmented = true;
  starts.forEach(({ offset }, n) => {
    const end = (starts[n + 1]?.offset ?? at + itemHeaderBytes) - itemHeaderBytes;
    table.offsets[n] = offset - itemHeaderBytes;
    table.lengths[n] = end - offset + itemHeaderBytes;
  });
  return table;
}

/**
 * Finds every frame of encapsulated pixel data (PS3.5 §A.4): by the offset table when it is there and true, else by
 * walking the fragments. Reads headers only.
 */
export async function encapsulatedFrames(
  source: ByteSource,
  header: DicomHeader,
  frames: number,
): Promise<FrameTable> {
  const headers = windowedSource(source, 4096);
  const starts = await statedStarts(headers, header, frames);
  const stated = starts && (await framesFromStarts(headers, starts));
  return stated ?? framesByWalking(headers, header, frames);
}

/** Joins the fragments of one frame: takes the item headers out. */
export function joinFragments(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + itemHeaderBytes <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.readUInt32LE(at) !== item)
      throw new UnreadableSlide('malformed', 'fragments of a frame do not follow');
    parts.push(bytes.subarray(at + itemHeaderBytes, at + itemHeaderBytes + length));
    at += itemHeaderBytes + length;
  }
  return Buffer.concat(parts);
}
