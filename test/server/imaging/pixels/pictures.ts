import { createHash } from 'node:crypto';
import { decodeFrame } from '../../../../server/imaging/pixels/decodeFrame.ts';
import type { DecodedFrame, StoredFrame } from '../../../../server/imaging/pixels/frame.ts';
import { pixelFormat } from '../../../../server/imaging/pixels/pixelSource.ts';
import { storedValues } from '../../../../server/imaging/pixels/renderFrame.ts';
import {
  findFrames,
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type ElementList,
} from '../../../../server/standards/dicom/index.ts';

/** The format of a picture that is made for a test. */
export interface PictureFormat {
  rows: number;
  columns: number;
  frames?: number;
  samples?: 1 | 3;
  allocated?: 1 | 8 | 16 | 32;
  stored?: number;
  signed?: boolean;
  photometric?: string;
  /** 1: colour by plane. */
  planar?: 0 | 1;
  more?: ElementList;
}

/** A secondary capture or CT of these stored bytes, explicit little endian. */
export function pictureFile(format: PictureFormat, pixels: Buffer): Buffer {
  const { allocated = 16, stored = allocated, samples = 1 } = format;
  const sopClassUid = samples === 3 ? sopClasses.secondaryCapture : sopClasses.ct;
  const sopInstanceUid = '1.2.3.4.5';
  const even = pixels.length % 2 ? Buffer.concat([pixels, Buffer.alloc(1)]) : pixels;
  return Buffer.concat([
    writeFileMeta({ sopClassUid, sopInstanceUid, transferSyntax: transferSyntaxes.explicitLittleEndian }),
    writeDataSet([
      [tags.sopClassUid, sopClassUid], [tags.sopInstanceUid, sopInstanceUid],
      [tags.studyDate, '20260901'], [tags.studyTime, '101500'], [tags.accessionNumber, ''], [tags.modality, 'OT'],
      [tags.patientName, 'PEER^TEST'], [tags.patientId, '1'], [tags.patientBirthDate, ''], [tags.patientSex, 'M'],
      [tags.studyInstanceUid, '1.2.3.4'], [tags.seriesInstanceUid, '1.2.3.4.6'], [tags.seriesNumber, 1], [tags.instanceNumber, 1],
      [tags.samplesPerPixel, samples], [tags.photometricInterpretation, format.photometric ?? (samples === 3 ? 'RGB' : 'MONOCHROME2')],
      ...(samples === 3 ? ([[tags.planarConfiguration, format.planar ?? 0]] as const) : []),
      ...(format.frames ? ([[tags.numberOfFrames, format.frames]] as const) : []),
      [tags.rows, format.rows], [tags.columns, format.columns], [tags.bitsAllocated, allocated], [tags.bitsStored, stored], [tags.highBit, stored - 1],
      [tags.pixelRepresentation, format.signed ? 1 : 0],
      ...(format.more ?? []),
      [tags.pixelData, even, allocated > 8 ? 'OW' : 'OB'],
    ]),
  ]); // prettier-ignore
}

/** All frames of a file as they are stored, with what the header says of them. */
export async function storedFrames(file: Buffer): Promise<StoredFrame[]> {
  const { dataSet, transferSyntax, pixelData, source } = readHeader(file);
  if (!pixelData) throw new Error('the file has no pixels');
  const frames = await findFrames({
    dataSet,
    transferSyntax,
    pixelData,
    size: source.length,
    readAt: (offset, length) => source.subarray(offset, offset + length),
  });
  return frames.map((parts) => ({
    ...pixelFormat(dataSet),
    transferSyntax,
    bytes: Buffer.concat(parts.map(({ offset, length }) => source.subarray(offset, offset + length))),
  }));
}

/** Its frames, decoded as the workers do it. */
export async function decodedFrames(file: Buffer, most = Number.POSITIVE_INFINITY): Promise<DecodedFrame[]> {
  const out: DecodedFrame[] = [];
  for (const frame of (await storedFrames(file)).slice(0, most)) out.push(await decodeFrame(frame));
  return out;
}

/** Samples of a decoded frame as numbers, colour by pixel. */
export function samplesOf(frame: DecodedFrame): Int32Array {
  if (frame.samplesPerPixel === 1) return storedValues(frame);
  const { bytes, bitsAllocated, rows, columns, samplesPerPixel } = frame;
  return storedValues({ ...frame, bytes, bitsAllocated, rows, columns: columns * samplesPerPixel });
}

/** Short name of samples, for comparing pictures by them. */
export const nameOf = (samples: Int32Array): string =>
  createHash('sha256').update(new Uint8Array(samples.buffer)).digest('hex').slice(0, 16);

/** Samples that go up and down in every direction, over the whole range of a format, the same each time. */
export function sampleAt(index: number, bits: number, signed: boolean): number {
  const value = (Math.imul(index + 1, 2_654_435_761) >>> 0) % 2 ** bits;
  const wave = Math.floor(((Math.sin(index / 7) + 1) / 2) * (2 ** bits - 1));
  const mixed = index % 5 === 0 ? value : wave;
  return signed ? mixed - 2 ** (bits - 1) : mixed;
}

/** Bytes of a picture of such samples as its format stores them. */
export function pixelsOf(format: PictureFormat): Buffer {
  const {
    rows,
    columns,
    frames = 1,
    samples = 1,
    allocated = 16,
    stored = allocated,
    signed = false,
  } = format;
  const size = allocated / 8;
  const count = rows * columns * samples * frames;
  const bytes = Buffer.alloc(count * size);
  for (let at = 0; at < count; at++) {
    const value = sampleAt(at, stored, signed);
    const bits = value < 0 ? value + 2 ** allocated : value;
    bytes.writeUIntLE(bits, at * size, size);
  }
  return bytes;
}
