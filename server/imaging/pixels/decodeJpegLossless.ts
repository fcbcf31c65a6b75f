import { Decoder } from '@cornerstonejs/jpeg-lossless-decoder-js';

/** Predictor 7 is half of a sum, rounded down (T.81 table H.1); the package keeps the half, which is one off below zero. */
class RoundingDecoder extends Decoder {
  override select7(colour = 0): number {
    return (this.getPreviousX(colour) + this.getPreviousY(colour)) >> 1;
  }
}

/** The package puts colour of 16 bits into one plane, each sample predicted from another colour's. This one keeps them apart. */
class WideColourDecoder extends RoundingDecoder {
  override getValue8(index: number, colour = 0): number {
    return this.outputData?.[index * this.numComp + colour] ?? 0;
  }
  override setValue8(index: number, value: number, colour = 0): void {
    if (this.outputData) this.outputData[index * this.numComp + colour] = value & this.mask;
  }
  override outputSingle(predicted: number[]): void {
    this.outputRGB(predicted);
  }
}

export interface LosslessJpeg {
  rows: number;
  columns: number;
  samplesPerPixel: number;
  /** Little-endian samples of the asked size, colour by pixel. */
  bytes: Uint8Array;
  /** The stream ends before its picture does: what lacks is zero. */
  short: boolean;
}

/** JPEG by prediction (ITU-T T.81 Annex H) of samples of one or two bytes. Throws Error for what it cannot read. */
export function decodeJpegLossless(bytes: Uint8Array, size: 1 | 2, samplesPerPixel: number): LosslessJpeg {
  const source = new Uint8Array(bytes);
  const decoder = size === 2 && samplesPerPixel === 3 ? new WideColourDecoder() : new RoundingDecoder();
  const samples = decoder.decode(source.buffer, 0, source.length, size);
  return {
    rows: decoder.yDim,
    columns: decoder.xDim,
    samplesPerPixel: decoder.numComp,
    bytes: new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
    // Behind the end of its bytes the package reads zeros until the picture is full.
    short: decoder.yLoc < decoder.yDim || (decoder.stream?.index ?? 0) > source.length,
  };
}
