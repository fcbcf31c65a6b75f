/** How the samples of a frame lie in its bytes (PS3.3 §C.7.6.3). */
export interface PixelFormat {
  rows: number;
  columns: number;
  samplesPerPixel: number;
  bitsAllocated: number;
  bitsStored: number;
  pixelRepresentation: number;
  photometric: string;
  /** 0 colour by pixel, 1 colour by plane. */
  planarConfiguration: number;
}

/** One frame to work on, as it is stored. */
export interface StoredFrame extends PixelFormat {
  transferSyntax: string;
  bytes: Uint8Array;
  /** Resolutions of an HTJ2K stream to leave out: at 3 it gives 1/8 of the size, and a prefix of it is enough. */
  reducedBy?: number;
}

/** Native little-endian samples, colour by pixel. `photometric` may have changed: decoders give RGB. */
export interface DecodedFrame extends PixelFormat {
  bytes: Uint8Array;
  /** It decodes, but some of its coded bytes are not what was written: parts of the picture are not what was acquired. */
  damaged?: boolean;
}

export interface Htj2kFrame {
  codeStream: Uint8Array;
  /** Bytes of the code stream that decode to 1/8 of the size. */
  prefixLength: number;
}

export interface RenderRequest {
  slope: number;
  intercept: number;
  /** Window of the header or the caller; without one the range of the values. */
  window?: { center: number; width: number };
  /** VOI LUT Function (0028,1056); LINEAR where nothing else is said. */
  voiFunction?: string;
  palette?: { red: Uint16Array; green: Uint16Array; blue: Uint16Array; first: number; bits: number };
  /** Longest side; smaller images are not enlarged. */
  maxSize?: number;
  /** Only this part of the frame. */
  region?: { left: number; top: number; width: number; height: number } | undefined;
  type: 'image/jpeg' | 'image/png';
  quality: number;
}

/** Thrown for pixel data that this hub cannot decode on the server; the browser may still. */
export class UndecodablePixels extends Error {}
