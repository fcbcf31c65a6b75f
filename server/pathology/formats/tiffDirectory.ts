import type { ByteSource } from './byteSource.ts';
import { limits } from './slideIndex.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

/** Tags of TIFF 6.0, its technical notes and BigTIFF that a slide needs. */
export const tag = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  imageDescription: 270,
  make: 271,
  model: 272,
  stripOffsets: 273,
  samplesPerPixel: 277,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  software: 305,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subIfds: 330,
  jpegTables: 347,
  iccProfile: 34675,
  ndpiMarker: 65420,
} as const;

interface Entry {
  type: number;
  count: number;
  /** absolute place of the values */
  at: number;
}

/** One image file directory. Values are read only when asked for, within bounds. */
export interface TiffDirectory {
  /** number in file order, as sharp counts pages; −1 for a sub-directory */
  page: number;
  has(tag: number): boolean;
  /** The numbers of a tag (rationals as quotients); [] where it is absent. */
  numbers(tag: number): Promise<Float64Array>;
  number(tag: number): Promise<number | undefined>;
  text(tag: number): Promise<string>;
  bytes(tag: number): Promise<Buffer | undefined>;
}

const sizeOfType: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

interface Dialect {
  little: boolean;
  big: boolean;
}

/** True for classic TIFF (42) and BigTIFF (43) in both byte orders. */
export function isTiff(head: Uint8Array): boolean {
  const order = String.fromCharCode(head[0] ?? 0, head[1] ?? 0);
  const version = order === 'II' ? head[2] : order === 'MM' ? head[3] : 0;
  return version === 42 || version === 43;
}

function u64(bytes: Buffer, at: number, little: boolean): number {
  const value = little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new UnreadableSlide('malformed', `offset ${value} is impossible`);
  return Number(value);
}
const u32 = (bytes: Buffer, at: number, little: boolean) =>
  little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
const u16 = (bytes: Buffer, at: number, little: boolean) =>
  little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);

function valueAt(bytes: Buffer, at: number, type: number, little: boolean): number {
  switch (type) {
    case 1:
    case 2:
    case 7:
      return bytes.readUInt8(at);
    case 6:
      return bytes.readInt8(at);
    case 3:
      return u16(bytes, at, little);
    case 8:
      return little ? bytes.readInt16LE(at) : bytes.readInt16BE(at);
    case 4:
    case 13:
      return u32(bytes, at, little);
    case 9:
      return little ? bytes.readInt32LE(at) : bytes.readInt32BE(at);
    case 5:
      return u32(bytes, at, little) / u32(bytes, at + 4, little);
    case 10:
      return (u32(bytes, at, little) | 0) / (u32(bytes, at + 4, little) | 0);
    case 11:
      return little ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
    case 12:
      return little ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
    default:
      return u64(bytes, at, little);
  }
}

function directoryOf(
  source: ByteSource,
  page: number,
  entries: Map<number, Entry>,
  little: boolean,
): TiffDirectory {
  const bytes = async (wanted: number) => {
    const entry = entries.get(wanted);
    if (!entry) return undefined;
    const length = entry.count * (sizeOfType[entry.type] ?? 1);
    if (length > limits.tagBytes) {
      throw new UnreadableSlide('too-large', `tag ${wanted} of directory ${page} holds ${length} bytes`);
    }
    return source.read(entry.at, length);
  };
  const numbers = async (wanted: number) => {
    const entry = entries.get(wanted);
    const raw = await bytes(wanted);
    if (!entry || !raw) return new Float64Array(0);
    const size = sizeOfType[entry.type] ?? 1;
    return Float64Array.from({ length: entry.count }, (_, n) => valueAt(raw, n * size, entry.type, little));
  };
  return {
    page,
    has: (wanted) => entries.has(wanted),
    bytes,
    numbers,
    number: async (wanted) => (await numbers(wanted))[0],
    text: async (wanted) => {
      const raw = await bytes(wanted);
      if (!raw) return '';
      const end = raw.indexOf(0);
      return raw.toString('utf8', 0, Math.min(end < 0 ? raw.length : end, 256 * 1024));
    },
  };
}

async function readDirectory(source: ByteSource, at: number, page: number, { little, big }: Dialect) {
  const countBytes = big ? 8 : 2;
  const head = await source.read(at, countBytes);
  const count = big ? u64(head, 0, little) : u16(head, 0, little);
  if (count < 1 || count > limits.entriesPerDirectory) {
    throw new UnreadableSlide('malformed', `directory ${page} claims ${count} entries`);
  }
  const entryBytes = big ? 20 : 12;
  const table = await source.read(at + countBytes, count * entryBytes + (big ? 8 : 4));
  const entries = new Map<number, Entry>();
  for (let n = 0; n < count; n++) {
    const start = n * entryBytes;
    const type = u16(table, start + 2, little);
    const size = sizeOfType[type];
    if (!size) continue; // TIFF 6.0 p. 16: readers skip fields of an unexpected type
    const length = big ? u64(table, start + 4, little) : u32(table, start + 4, little);
    const place = start + (big ? 12 : 8);
    const inline = length * size <= (big ? 8 : 4);
    const outside = () => (big ? u64(table, place, little) : u32(table, place, little));
    entries.set(u16(table, start, little), {
      type,
      count: length,
      at: inline ? at + countBytes + place : outside(),
    });
  }
  const end = count * entryBytes;
  return {
    directory: directoryOf(source, page, entries, little),
    next: big ? u64(table, end, little) : u32(table, end, little),
  };
}

/**
 * Reads all image file directories of a TIFF or BigTIFF, sub-directories (OME pyramids) behind their parent.
 * Throws {@link UnreadableSlide} for loops, for more than {@link limits.directories} and for places outside the file.
 */
export async function readTiffDirectories(source: ByteSource): Promise<TiffDirectory[]> {
  const head = await source.read(0, Math.min(16, source.size));
  if (head.length < 8 || !isTiff(head)) throw new UnreadableSlide('not-a-slide', 'no TIFF header');
  const little = head[0] === 0x49;
  const big = u16(head, 2, little) === 43;
  if (big && (head.length < 16 || u16(head, 4, little) !== 8)) {
    throw new UnreadableSlide('malformed', 'BigTIFF with offsets that are not 8 bytes');
  }
  const dialect = { little, big };
  const seen = new Set<number>();
  const directories: TiffDirectory[] = [];
  const visit = async (at: number, page: number) => {
    if (seen.has(at)) throw new UnreadableSlide('malformed', `the directories form a loop at ${at}`);
    seen.add(at);
    if (seen.size > limits.directories) {
      throw new UnreadableSlide('too-large', `more than ${limits.directories} directories`);
    }
    const { directory, next } = await readDirectory(source, at, page, dialect);
    directories.push(directory);
    return { directory, next };
  };
  let at = big ? u64(head, 8, little) : u32(head, 4, little);
  for (let page = 0; at !== 0; page++) {
    const { directory, next } = await visit(at, page);
    for (const child of await directory.numbers(tag.subIfds)) await visit(child, -1);
    at = next;
  }
  if (directories.length === 0) throw new UnreadableSlide('malformed', 'the file has no directory');
  return directories;
}
