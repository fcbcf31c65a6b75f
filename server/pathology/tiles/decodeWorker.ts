import { parentPort } from 'node:worker_threads';
import createCharls from '@cornerstonejs/codec-charls/decode';
import createOpenJpeg from '@cornerstonejs/codec-openjpeg/decode';

/** One tile to decode; answered by {@link DecodedTile} or by a fault with the same id. */
export interface DecodeRequest {
  id: number;
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

parentPort?.on('message', (request: DecodeRequest) => {
  decode(request).then(
    (tile) => parentPort?.postMessage({ id: request.id, tile }, [tile.pixels.buffer as ArrayBuffer]),
    (fault: unknown) => parentPort?.postMessage({ id: request.id, fault: String(fault) }),
  );
});
