import { isEncapsulated, transferSyntaxes as ts } from '../../standards/dicom/uids.ts';
import { UndecodablePixels, type DecodedFrame, type PixelFormat, type RenderRequest } from './frame.ts';
import { JPEG_PROGRESSIVE } from './jpegProgressive.ts';
import { colourPixels, fromPalette } from './renderFrame.ts';

/** What is known of an object's pixels without reading it. */
export interface PixelFacts {
  transferSyntax: string;
  bitsAllocated: number | null;
  samplesPerPixel: number | null;
  photometric: string | null;
}

/**
 * Formats that the decoders of browsers refuse or show wrongly (compared with dcmtk, sample by sample): palettes, colour
 * of other than 8 bits, 4:2:2 without a codec, masks of one bit, RLE of 32 bits, JPEG of 12 bits. Such frames go out plain.
 */
export function needsPlain(facts: PixelFacts): boolean {
  const bits = facts.bitsAllocated ?? 16;
  const colour = (facts.samplesPerPixel ?? 1) > 1;
  return (
    facts.photometric === 'PALETTE COLOR' ||
    bits === 1 ||
    (colour && bits !== 8) ||
    (/_42[02]$/.test(facts.photometric ?? '') && !isEncapsulated(facts.transferSyntax)) ||
    (facts.transferSyntax === ts.rleLossless && bits > 16) ||
    ((facts.transferSyntax === ts.jpegExtended || JPEG_PROGRESSIVE.has(facts.transferSyntax)) && bits > 8)
  );
}

/** A frame as every browser reads it: native samples, grey as they are, colour as RGB of 8 bits by pixel. */
export function plainFrame(decoded: DecodedFrame, palette?: RenderRequest['palette']): DecodedFrame {
  const rgb = (bytes: Uint8Array): DecodedFrame => ({ ...decoded, ...plainRgb, bytes });
  if (decoded.photometric === 'PALETTE COLOR') return rgb(fromPalette(decoded, palette));
  if (decoded.samplesPerPixel === 3) return rgb(colourPixels(decoded));
  if (decoded.bitsAllocated === 1) return { ...decoded, ...plainMask, bytes: maskPixels(decoded) };
  return decoded;
}

const eightBits = {
  bitsAllocated: 8,
  bitsStored: 8,
  pixelRepresentation: 0,
  planarConfiguration: 0,
} as const;
const plainRgb = {
  ...eightBits,
  samplesPerPixel: 3,
  photometric: 'RGB',
} as const satisfies Partial<PixelFormat>;
const plainMask = { ...eightBits, samplesPerPixel: 1 } as const satisfies Partial<PixelFormat>;

/** Bits, first pixel in the lowest one (PS3.5 §8.1.1), as 0 and 255. */
function maskPixels({ bytes, rows, columns }: DecodedFrame): Uint8Array {
  const count = rows * columns;
  if (bytes.length * 8 < count) throw new UndecodablePixels('the frame is shorter than its format');
  return Uint8Array.from({ length: count }, (_, i) => (((bytes[i >> 3] ?? 0) >> (i & 7)) & 1) * 255);
}
