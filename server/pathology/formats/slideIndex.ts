import { UnreadableSlide } from './unreadableSlide.ts';

/** How the bytes of a tile are coded. `jpeg` tiles leave the hub as they are; the others are decoded first. */
export type TileCompression =
  'jpeg' | 'jpeg2000' | 'jpeg-ls' | 'rle' | 'none' | 'deflate' | 'lzw' | 'packbits' | 'zstd' | 'webp';

/** What the samples mean. `rgb` in a JPEG needs an Adobe marker, or decoders take it for YCbCr. */
export type Photometric = 'rgb' | 'ycbcr' | 'monochrome' | 'white-is-zero' | 'palette';

export interface TileEncoding {
  compression: TileCompression;
  photometric: Photometric;
  samplesPerPixel: number;
  bitsPerSample: number;
  /** TIFF predictor (2 = horizontal differencing) */
  predictor: number;
  /** false: R, G and B stand in separate planes inside one tile (DICOM planar configuration 1) */
  interleaved: boolean;
  /** an Adobe marker inside the stream is the encoder's word and outranks the photometric attribute (DICOM only) */
  trustAdobeMarker: boolean;
  /** abbreviated JPEG stream with the tables of every tile (TIFF tag 347) */
  jpegTables?: Buffer;
  /** colour map of palette images */
  palette?: Uint16Array;
}

/**
 * Where the tiles of a level stand, row by row from the top left. A length of 0 is a tile that was not scanned
 * (TILED_SPARSE, sparse TIFF): it is shown as background.
 */
export interface TileTable {
  offsets: Float64Array;
  lengths: Uint32Array;
  /** number of the file plus one for tiles of a level that is cut over several files; 0 or absent: the level's own */
  files?: Uint16Array;
}

export interface SlideLevel {
  width: number;
  height: number;
  tileWidth: number;
  tileHeight: number;
  columns: number;
  rows: number;
  /** how many level-0 pixels stand side by side in one of this level */
  downsample: number;
  encoding: TileEncoding;
  /** one table for each focal plane, from the glass upwards; most slides have one */
  planes: TileTable[];
  /** a tile made of several fragments: strip the item headers between them when reading (PS3.5 §A.4) */
  fragmented: boolean;
  /** index into the files of the slide (DICOM keeps one instance per level) */
  source: number;
}

/** Pictures beside the pyramid. Label and macro may show the patient's name. */
export interface AssociatedImage {
  kind: 'label' | 'macro' | 'thumbnail';
  width: number;
  height: number;
  source: number;
  /** TIFF: number of the directory, which sharp opens as `page` */
  page?: number;
  /** DICOM: one frame */
  frame?: { offset: number; length: number; encoding: TileEncoding; fragmented: boolean };
}

export interface SlideIndex {
  format: 'svs' | 'tiff' | 'dicom-wsm';
  vendor: string;
  levels: SlideLevel[];
  associated: AssociatedImage[];
  micrometrePerPixel: number | null;
  objectivePower: number | null;
  /** barcode or container identifier as the scanner read it; proposes a case, never joins by itself */
  barcode: string | null;
  scannedAt: string | null;
  /** says of itself that no patient stands behind it */
  synthetic: boolean;
  /** ICC profile of the scanner: what its colours mean */
  icc?: Buffer;
  /** distance of the focal planes */
  focalStepMicrometre?: number | null;
  /** DICOM: instances that are parts of one */
  concatenationUid?: string;
  /** DICOM: what groups the instances of one slide */
  seriesInstanceUid?: string;
}

/** Bounds of what is believed. A 40× slide of 25 × 50 mm has about 240,000 tiles of 256². */
export const limits = {
  focalPlanes: 100,
  profileBytes: 4 * 1024 * 1024,
  directories: 64,
  entriesPerDirectory: 1024,
  tagBytes: 64 * 1024 * 1024,
  tilesPerLevel: 4_000_000,
  tileSide: 4096,
  tileBytes: 32 * 1024 * 1024,
  levelSide: 2_000_000,
  headerBytes: 128 * 1024 * 1024,
} as const;

/** Checks the geometry of a level and returns its number of columns and rows. */
export function tileGrid(width: number, height: number, tileWidth: number, tileHeight: number) {
  for (const [name, value, most] of [
    ['width', width, limits.levelSide],
    ['height', height, limits.levelSide],
    ['tile width', tileWidth, limits.tileSide],
    ['tile height', tileHeight, limits.tileSide],
  ] as const) {
    if (!Number.isInteger(value) || value < 1) throw new UnreadableSlide('malformed', `${name} is ${value}`);
    if (value > most) throw new UnreadableSlide('too-large', `${name} ${value} is more than ${most}`);
  }
  const columns = Math.ceil(width / tileWidth);
  const rows = Math.ceil(height / tileHeight);
  if (columns * rows > limits.tilesPerLevel) {
    throw new UnreadableSlide(
      'too-large',
      `${columns} × ${rows} tiles are more than ${limits.tilesPerLevel}`,
    );
  }
  return { columns, rows };
}

/** Refuses tables that point outside the file or to tiles nobody can have cut. */
export function checkTiles(tiles: TileTable, size: number, level: number): void {
  for (let tile = 0; tile < tiles.lengths.length; tile++) {
    const offset = tiles.offsets[tile] ?? 0;
    const length = tiles.lengths[tile] ?? 0;
    if (length === 0) continue;
    if (length > limits.tileBytes) {
      throw new UnreadableSlide('too-large', `tile ${tile} of level ${level} has ${length} bytes`);
    }
    if (offset + length > size) {
      const end = `${offset}–${offset + length}, the file ends at ${size}`;
      throw new UnreadableSlide(
        'truncated',
        `tile ${tile} of level ${level} lies beyond the end of the file (${end})`,
      );
    }
  }
}

/** Downsample of a level against level 0: mean of both axes, as the levels are rounded to whole pixels. */
export function downsampleOf(
  base: { width: number; height: number },
  level: { width: number; height: number },
) {
  return (base.width / level.width + base.height / level.height) / 2;
}

/** The plane that is shown first: the middle one, where a scanner that focuses looks. */
export const middlePlane = (planes: number): number => Math.floor((planes - 1) / 2);

/** An ICC profile that is believed: it says what it is and is not longer than it says (ICC.1:2022 §7.2). */
export function believedProfile(bytes: Buffer | undefined): Buffer | undefined {
  if (!bytes || bytes.length < 128 || bytes.length > limits.profileBytes) return undefined;
  if (bytes.toString('latin1', 36, 40) !== 'acsp' || bytes.toString('latin1', 16, 20) !== 'RGB ')
    return undefined;
  const stated = bytes.readUInt32BE(0);
  return stated >= 128 && stated <= bytes.length ? bytes.subarray(0, stated) : undefined;
}
