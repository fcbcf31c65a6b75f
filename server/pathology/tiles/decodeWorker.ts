import createCharls from '@cornerstonejs/codec-charls/decode';
import createOpenJpeg from '@cornerstonejs/codec-openjpeg/decode';
import { answerTasks } from '../../core/threads/answerTasks.ts';

/** One tile to decode; answered by {@link DecodedTile}. */
export interface DecodeRequest {
  compression: 'jpeg2000' | 'jpeg-ls';
  bytes: Uint8Array;
  /** more pixels than this are refused before they are decoded */
  maxPixels: number;
}
export interface DecodedTile {
  width: number;
  height: number;
  components: number;
  interleaved: boolean;
  pixels: Uint8Array;
}

const silent = { print: () => undefined, printErr: () => undefined };
const openJpeg = createOpenJpeg(silent);
const charls = createCharls(silent);

async function decode({ compression, bytes, maxPixels }: DecodeRequest): Promise<DecodedTile> {
  const decoder =
    compression === 'jpeg2000' ? new (await openJpeg).J2KDecoder() : new (await charls).JpegLSDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.readHeader?.();
    const stated = decoder.getFrameInfo();
    if (stated.width * stated.height > maxPixels)
      throw new Error(`${stated.width} × ${stated.height} pixels`);
    decoder.decode();
    const { width, height, componentCount, bitsPerSample } = decoder.getFrameInfo();
    if (bitsPerSample > 8) throw new Error(`${bitsPerSample} bits per sample`);
    const interleaved = componentCount === 1 || decoder.getInterleaveMode?.() !== 0;
    // the decoder's memory is reused by the next tile
    return {
      width,
      height,
      components: componentCount,
      interleaved,
      pixels: decoder.getDecodedBuffer().slice(),
    };
  } finally {
    decoder.delete();
  }
}

answerTasks<DecodeRequest>(async (request) => {
  const tile = await decode(request);
  return { result: tile, give: [tile.pixels.buffer as ArrayBuffer] };
});
