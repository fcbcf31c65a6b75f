import createOpenJph from '@cornerstonejs/codec-openjph';
import { UndecodablePixels, type DecodedFrame, type Htj2kFrame } from './frame.ts';

let module: ReturnType<typeof createOpenJph> | undefined;

const RPCL = 2;
const SOT = 0xff90;
const EOC = 0xffd9;
/** 2^3 = 8: resolutions below these three are the preview. */
const PREVIEW_LEVELS = 3;

/**
 * Encodes native samples as HTJ2K lossless, RPCL, one tile part per resolution, so that a prefix of the code stream is
 * the picture at 1/8 size. Throws UndecodablePixels for formats that it does not take.
 */
export async function encodeHtj2k(frame: DecodedFrame): Promise<Htj2kFrame> {
  if (frame.bitsAllocated !== 8 && frame.bitsAllocated !== 16)
    throw new UndecodablePixels(`${frame.bitsAllocated} bits allocated`);
  const codec = await (module ??= createOpenJph({ print: () => undefined, printErr: () => undefined }));
  const encoder = new codec.HTJ2KEncoder();
  try {
    const levels = Math.max(0, Math.min(5, Math.floor(Math.log2(Math.min(frame.rows, frame.columns)))));
    const source = encoder.getDecodedBuffer({
      width: frame.columns,
      height: frame.rows,
      bitsPerSample: frame.bitsAllocated,
      componentCount: frame.samplesPerPixel,
      isSigned: frame.pixelRepresentation === 1,
      isUsingColorTransform: frame.samplesPerPixel === 3 && frame.photometric === 'RGB',
    });
    if (frame.bytes.length < source.length)
      throw new UndecodablePixels('the frame is shorter than its format');
    source.set(frame.bytes.subarray(0, source.length));
    encoder.setDecompositions(levels);
    encoder.setQuality(true, 0);
    encoder.setProgressionOrder(RPCL);
    encoder.setBlockDimensions({ width: 64, height: 64 });
    encoder.setTLMMarker(true);
    encoder.setTilePartDivisionsAtResolutions(true);
    encoder.encode();
    const codeStream = encoder.getEncodedBuffer().slice();
    return { codeStream, prefixLength: prefixLength(codeStream, levels) };
  } finally {
    encoder.delete();
  }
}

/** End of the last tile part that the preview needs (ITU-T T.800 §A.4.2: Psot is the length of a tile part). */
function prefixLength(codeStream: Uint8Array, levels: number): number {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength);
  const wanted = Math.max(1, levels - PREVIEW_LEVELS + 1);
  let at = 2;
  let parts = 0;
  while (at + 12 <= codeStream.length) {
    const marker = view.getUint16(at);
    if (marker === EOC) break;
    if (marker !== SOT) {
      at += 2 + view.getUint16(at + 2);
      continue;
    }
    const length = view.getUint32(at + 6);
    at = length === 0 ? codeStream.length : at + length;
    parts += 1;
    if (parts === wanted) return Math.min(at, codeStream.length);
  }
  return codeStream.length;
}
