import sharp from 'sharp';
import { joinFragments } from '../formats/dicomFrames.ts';
import type { TileEncoding } from '../formats/slideIndex.ts';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import { openTile } from './decodeTile.ts';
import { completeJpeg, jpegSize } from './jpegStream.ts';

export interface TileImage {
  bytes: Buffer;
  contentType: 'image/jpeg';
  /** true: the coefficients are those of the scanner; false: decoded and coded again */
  original: boolean;
}

interface TileShape {
  encoding: TileEncoding;
  tileWidth: number;
  tileHeight: number;
  fragmented: boolean;
}

const blanks = new Map<string, Promise<Buffer>>();

/** Background for a place that was not scanned. */
function blankTile(width: number, height: number): Promise<Buffer> {
  const key = `${width}x${height}`;
  const known = blanks.get(key);
  if (known) return known;
  const made = sharp({ create: { width, height, channels: 3, background: '#f4f2f4' } })
    .jpeg({ quality: 80 })
    .toBuffer();
  if (blanks.size < 64) blanks.set(key, made);
  return made;
}

/** JPEG of one to three components passes as it is; four (CMYK, alpha) would show wrong. */
const passes = ({ compression, samplesPerPixel }: TileEncoding) =>
  compression === 'jpeg' && samplesPerPixel < 4;

/**
 * What the browser gets for the stored bytes of a tile. JPEG leaves untouched but for tables and colour marker;
 * everything else is decoded and sent as JPEG (quality 92, no chroma subsampling). Empty bytes are background.
 * Throws {@link UnreadableSlide} (`corrupt-tile`).
 */
export async function tileImage(stored: Buffer, shape: TileShape): Promise<TileImage> {
  const { encoding, tileWidth, tileHeight } = shape;
  if (stored.length === 0) {
    return { bytes: await blankTile(tileWidth, tileHeight), contentType: 'image/jpeg', original: false };
  }
  const bytes = shape.fragmented ? joinFragments(stored) : stored;
  if (passes(encoding)) {
    const { jpegTables, trustAdobeMarker, photometric } = encoding;
    const colors = photometric === 'rgb' && encoding.samplesPerPixel === 3 ? 'rgb' : 'ycbcr';
    const jpeg = completeJpeg(bytes, { colors, trustAdobeMarker, ...(jpegTables ? { jpegTables } : {}) });
    const size = jpegSize(jpeg);
    if (size.width > tileWidth || size.height > tileHeight) {
      const claim = `${size.width} × ${size.height}`;
      throw new UnreadableSlide('corrupt-tile', `a tile of ${tileWidth} × ${tileHeight} claims ${claim}`);
    }
    return { bytes: jpeg, contentType: 'image/jpeg', original: true };
  }
  const image = await openTile(bytes, encoding, tileWidth, tileHeight);
  const coded = await image
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toBuffer()
    .catch((cause: unknown) => {
      throw new UnreadableSlide('corrupt-tile', 'the tile cannot be decoded', cause);
    });
  return { bytes: coded, contentType: 'image/jpeg', original: false };
}
