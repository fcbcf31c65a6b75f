import type { Photometric, TileCompression, TileEncoding } from './slideIndex.ts';
import type { TiffDirectory } from './tiffDirectory.ts';
import { tag } from './tiffDirectory.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

/** TIFF 6.0 §8, its supplement 2, and the vendor numbers registered for slides. */
const compressions: Record<number, TileCompression> = {
  1: 'none',
  5: 'lzw',
  7: 'jpeg',
  8: 'deflate',
  32773: 'packbits',
  32946: 'deflate',
  33003: 'jpeg2000', // Aperio, YCbCr
  33005: 'jpeg2000', // Aperio, RGB
  34712: 'jpeg2000',
  50000: 'zstd',
  50001: 'webp',
};

const photometrics: Record<number, Photometric> = {
  0: 'white-is-zero',
  1: 'monochrome',
  2: 'rgb',
  3: 'palette',
  6: 'ycbcr',
};

/** How the tiles of a directory are coded. Throws `unsupported-compression` naming what stands there. */
export async function readTiffEncoding(directory: TiffDirectory): Promise<TileEncoding> {
  const code = (await directory.number(tag.compression)) ?? 1;
  const compression = compressions[code];
  if (!compression) {
    throw new UnreadableSlide('unsupported-compression', `TIFF compression ${code} (0x${code.toString(16)})`);
  }
  const meaning = (await directory.number(tag.photometric)) ?? 2;
  const photometric = code === 33003 ? 'ycbcr' : photometrics[meaning];
  if (!photometric)
    throw new UnreadableSlide('unsupported-compression', `TIFF photometric interpretation ${meaning}`);
  const bits = await directory.numbers(tag.bitsPerSample);
  const samplesPerPixel = (await directory.number(tag.samplesPerPixel)) ?? 1;
  if (![1, 3, 4].includes(samplesPerPixel) || bits.some((depth) => depth !== 8)) {
    const found = `${samplesPerPixel} samples of ${[...bits.slice(0, 4)].join('/')} bits`;
    throw new UnreadableSlide('unsupported-compression', `${found}; 8-bit grey or colour is needed`);
  }
  if (((await directory.number(tag.planarConfiguration)) ?? 1) !== 1) {
    throw new UnreadableSlide('unsupported-compression', 'separate colour planes');
  }
  const jpegTables = compression === 'jpeg' ? await directory.bytes(tag.jpegTables) : undefined;
  const palette = photometric === 'palette' ? await directory.numbers(tag.colorMap) : undefined;
  return {
    compression,
    photometric,
    samplesPerPixel,
    bitsPerSample: 8,
    predictor: (await directory.number(tag.predictor)) ?? 1,
    interleaved: true,
    trustAdobeMarker: false,
    ...(jpegTables ? { jpegTables: Buffer.from(jpegTables) } : {}),
    ...(palette ? { palette: Uint16Array.from(palette) } : {}),
  };
}
