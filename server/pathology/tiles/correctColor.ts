import sharp from 'sharp';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import type { TileImage } from './tileImage.ts';

/** What fits into one APP2 segment beside its head (ICC.1:2022 §B.4). */
const chunkBytes = 65_519;
const segmentsOf = new WeakMap<Buffer, Buffer>();

/** An ICC profile as APP2 segments of a JPEG. */
export function profileSegments(icc: Buffer): Buffer {
  const known = segmentsOf.get(icc);
  if (known) return known;
  const count = Math.ceil(icc.length / chunkBytes);
  const parts: Buffer[] = [];
  for (let n = 0; n < count; n++) {
    const chunk = icc.subarray(n * chunkBytes, (n + 1) * chunkBytes);
    const head = Buffer.alloc(18);
    head.writeUInt16BE(0xffe2, 0);
    head.writeUInt16BE(chunk.length + 16, 2);
    head.write('ICC_PROFILE\0', 4, 'latin1');
    head.writeUInt8(n + 1, 16);
    head.writeUInt8(count, 17);
    parts.push(head, chunk);
  }
  const whole = Buffer.concat(parts);
  segmentsOf.set(icc, whole);
  return whole;
}

/**
 * A tile carried over from the scanner's colours to sRGB, as every screen expects them. Decodes and codes again, so it
 * is made only when the reader asks for it. Throws {@link UnreadableSlide} (`corrupt-tile`).
 */
export async function correctColor({ bytes }: TileImage, icc: Buffer): Promise<TileImage> {
  const marked = Buffer.concat([bytes.subarray(0, 2), profileSegments(icc), bytes.subarray(2)]);
  const corrected = await sharp(marked)
    .toColourspace('srgb')
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toBuffer()
    .catch((cause: unknown) => {
      throw new UnreadableSlide('corrupt-tile', 'the colours of the tile cannot be converted', cause);
    });
  return { bytes: corrected, contentType: 'image/jpeg', original: false };
}
