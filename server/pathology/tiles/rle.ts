import { UnreadableSlide } from '../formats/unreadableSlide.ts';

/** Decodes DICOM RLE with 8-bit samples into one plane per sample (PS3.5 annex G). */
export function decodeRle(bytes: Buffer, pixels: number, samples: number): Buffer {
  if (bytes.length < 64 || bytes.readUInt32LE(0) !== samples) {
    throw new UnreadableSlide('corrupt-tile', 'RLE header does not fit the samples per pixel');
  }
  const out = Buffer.alloc(pixels * samples);
  for (let plane = 0; plane < samples; plane++) {
    let at = bytes.readUInt32LE(4 + plane * 4);
    let to = plane * pixels;
    const end = to + pixels;
    while (to < end) {
      const count = bytes[at];
      if (count === undefined) throw new UnreadableSlide('corrupt-tile', `RLE plane ${plane} is cut off`);
      if (count < 128) {
        const taken = Math.min(count + 1, end - to);
        bytes.copy(out, to, at + 1, at + 1 + taken);
        to += count + 1;
        at += count + 2;
      } else {
        if (count > 128) {
          const times = Math.min(257 - count, end - to);
          out.fill(bytes[at + 1] ?? 0, to, to + times);
          to += times;
        }
        at += count === 128 ? 1 : 2;
      }
    }
  }
  return out;
}
