import type { Sharp } from 'sharp';
import sharp from 'sharp';
import type { TileEncoding } from '../formats/slideIndex.ts';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import { completeJpeg, jpegSize } from './jpegStream.ts';
import { decodeRle } from './rle.ts';
import { fitsTiff, singleTileTiff } from './singleTileTiff.ts';
import { decodeInWorker } from './wasmDecoder.ts';

/** Puts planes R…G…B… pixel by pixel. */
function interleave(planes: Uint8Array, pixels: number): Buffer {
  const out = Buffer.allocUnsafe(pixels * 3);
  for (let n = 0; n < pixels; n++) {
    out[n * 3] = planes[n] ?? 0;
    out[n * 3 + 1] = planes[pixels + n] ?? 0;
    out[n * 3 + 2] = planes[2 * pixels + n] ?? 0;
  }
  return out;
}

const clamp = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : Math.round(value));

/** Full-range YCbCr to RGB (ITU-T T.871 §7), in place. */
function toRgb(samples: Buffer): Buffer {
  for (let at = 0; at + 2 < samples.length; at += 3) {
    const y = samples[at] ?? 0;
    const cb = (samples[at + 1] ?? 0) - 128;
    const cr = (samples[at + 2] ?? 0) - 128;
    samples[at] = clamp(y + 1.402 * cr);
    samples[at + 1] = clamp(y - 0.344136 * cb - 0.714136 * cr);
    samples[at + 2] = clamp(y + 1.772 * cb);
  }
  return samples;
}

function fromRaw(raw: Buffer, encoding: TileEncoding, width: number, height: number): Sharp {
  const channels = encoding.samplesPerPixel === 1 ? 1 : 3;
  const needed = width * height * channels;
  if (raw.length < needed) {
    throw new UnreadableSlide('corrupt-tile', `${raw.length} bytes of pixels where ${needed} are needed`);
  }
  const pixels = raw.subarray(0, needed);
  const even = channels === 3 && !encoding.interleaved ? interleave(pixels, width * height) : pixels;
  const colors = channels === 3 && encoding.photometric === 'ycbcr' ? toRgb(Buffer.from(even)) : even;
  return sharp(colors, { raw: { width, height, channels } });
}

/**
 * Opens the bytes of one tile in sharp, whatever it is coded in. Refuses a tile that claims more pixels than its
 * level's tiles have, before decoding it. Throws {@link UnreadableSlide} (`corrupt-tile`); decoding itself happens
 * when the caller asks sharp for its output.
 */
export async function openTile(
  bytes: Buffer,
  encoding: TileEncoding,
  width: number,
  height: number,
): Promise<Sharp> {
  const limitInputPixels = width * height;
  if (encoding.compression === 'jpeg') {
    if (encoding.samplesPerPixel === 4) {
      return sharp(singleTileTiff(bytes, encoding, width, height), { limitInputPixels, failOn: 'error' });
    }
    const colors = encoding.photometric === 'rgb' ? 'rgb' : 'ycbcr';
    const { jpegTables, trustAdobeMarker } = encoding;
    const jpeg = completeJpeg(bytes, { colors, trustAdobeMarker, ...(jpegTables ? { jpegTables } : {}) });
    const size = jpegSize(jpeg);
    if (size.width > width || size.height > height) {
      throw new UnreadableSlide(
        'corrupt-tile',
        `a tile of ${width} × ${height} claims ${size.width} × ${size.height}`,
      );
    }
    return sharp(jpeg, { limitInputPixels, failOn: 'error' });
  }
  if (encoding.compression === 'jpeg2000' || encoding.compression === 'jpeg-ls') {
    const tile = await decodeInWorker(encoding.compression, bytes, limitInputPixels);
    const pixels = Buffer.from(tile.pixels.buffer, tile.pixels.byteOffset, tile.pixels.byteLength);
    const layout = { ...encoding, samplesPerPixel: tile.components, interleaved: tile.interleaved };
    return fromRaw(pixels, layout, tile.width, tile.height);
  }
  if (encoding.compression === 'rle') {
    const planes = decodeRle(bytes, width * height, encoding.samplesPerPixel);
    return fromRaw(planes, { ...encoding, interleaved: false }, width, height);
  }
  const plain = encoding.samplesPerPixel < 4 && ['rgb', 'ycbcr', 'monochrome'].includes(encoding.photometric);
  if (encoding.compression === 'none' && plain) return fromRaw(bytes, encoding, width, height);
  if (!fitsTiff(encoding)) throw new UnreadableSlide('unsupported-compression', encoding.compression);
  return sharp(singleTileTiff(bytes, encoding, width, height), { limitInputPixels, failOn: 'error' });
}
