/** The codec modules ship no types; what is used of them (Emscripten, embind). */
interface PixelCodecFrameInfo {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned: boolean;
  isUsingColorTransform?: boolean;
}
interface PixelCodecDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  decodeSubResolution?(level: number): void;
  readHeader?(): void;
  getFrameInfo(): {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned?: boolean;
  };
  getInterleaveMode?(): number;
  delete(): void;
}
interface Htj2kEncoder {
  getDecodedBuffer(info: PixelCodecFrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setDecompositions(count: number): void;
  setQuality(reversible: boolean, step: number): void;
  setProgressionOrder(order: number): void;
  setBlockDimensions(size: { width: number; height: number }): void;
  setTLMMarker(on: boolean): void;
  setTilePartDivisionsAtResolutions(on: boolean): void;
  encode(): void;
  delete(): void;
}
declare module '@cornerstonejs/codec-openjph' {
  const create: (
    options?: object,
  ) => Promise<{ HTJ2KDecoder: new () => PixelCodecDecoder; HTJ2KEncoder: new () => Htj2kEncoder }>;
  export default create;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decode' {
  const create: (options?: object) => Promise<{ JPEGDecoder: new () => PixelCodecDecoder }>;
  export default create;
}
