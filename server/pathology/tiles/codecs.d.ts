/** The decoder modules ship no types; what is used of them (Emscripten, embind). */
interface CodecFrameInfo {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
}
interface CodecDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  readHeader?(): void;
  getFrameInfo(): CodecFrameInfo;
  getInterleaveMode?(): number;
  delete(): void;
}
declare module '@cornerstonejs/codec-openjpeg/decode' {
  const create: (options?: object) => Promise<{ J2KDecoder: new () => CodecDecoder }>;
  export default create;
}
declare module '@cornerstonejs/codec-charls/decode' {
  const create: (options?: object) => Promise<{ JpegLSDecoder: new () => CodecDecoder }>;
  export default create;
}
