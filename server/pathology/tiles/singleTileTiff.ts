import type { Photometric, TileCompression, TileEncoding } from '../formats/slideIndex.ts';
import type { TiffField } from './writeTiffPage.ts';
import { writeTiffPage } from './writeTiffPage.ts';

/** Codes of TIFF 6.0 for what libtiff (inside sharp) decodes by itself. */
const compressionCodes: Partial<Record<TileCompression, number>> = {
  none: 1,
  lzw: 5,
  jpeg: 7,
  deflate: 8,
  packbits: 32773,
  zstd: 50000,
  webp: 50001,
};
const photometricCodes: Record<Photometric, number> = {
  'white-is-zero': 0,
  monochrome: 1,
  rgb: 2,
  palette: 3,
  ycbcr: 6,
};

/** True where {@link singleTileTiff} can carry the tile. */
export function fitsTiff(encoding: TileEncoding): boolean {
  return compressionCodes[encoding.compression] !== undefined && encoding.interleaved;
}

/**
 * Wraps the untouched bytes of one tile in a TIFF of exactly one tile, so that libtiff decodes it with the rules of
 * its own slide (compression, predictor, photometric, JPEG tables, palette).
 */
export function singleTileTiff(tile: Buffer, encoding: TileEncoding, width: number, height: number): Buffer {
  const samples = encoding.samplesPerPixel;
  const fields: TiffField[] = [
    { tag: 256, type: 4, values: [width] },
    { tag: 257, type: 4, values: [height] },
    { tag: 258, type: 3, values: Array.from({ length: samples }, () => encoding.bitsPerSample) },
    { tag: 259, type: 3, values: [compressionCodes[encoding.compression] ?? 1] },
    { tag: 262, type: 3, values: [photometricCodes[encoding.photometric]] },
    { tag: 277, type: 3, values: [samples] },
    { tag: 284, type: 3, values: [1] },
    { tag: 317, type: 3, values: [encoding.predictor] },
    { tag: 322, type: 4, values: [width] },
    { tag: 323, type: 4, values: [height] },
    { tag: 325, type: 4, values: [tile.length] },
  ];
  if (encoding.palette) fields.push({ tag: 320, type: 3, values: encoding.palette });
  if (samples === 4) fields.push({ tag: 338, type: 3, values: [2] });
  if (encoding.jpegTables) fields.push({ tag: 347, type: 7, values: encoding.jpegTables });
  return writeTiffPage(fields, 324, [tile]);
}
