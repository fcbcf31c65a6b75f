import createCharls from '@cornerstonejs/codec-charls/decode';
import createTurbo from '@cornerstonejs/codec-libjpeg-turbo-8bit/decode';
import createOpenJpeg from '@cornerstonejs/codec-openjpeg/decode';
import createOpenJph from '@cornerstonejs/codec-openjph';
import { isEncapsulated, transferSyntaxes as ts } from '../../standards/dicom/uids.ts';
import { tellsDamage, withEndCheck } from './codeStreamDamage.ts';
import { decodeJpegDct } from './decodeJpegDct.ts';
import { decodeJpegLossless, type LosslessJpeg } from './decodeJpegLossless.ts';
import { decodeRle } from './decodeRle.ts';
import { JPEG_PROGRESSIVE } from './jpegProgressive.ts';
import { markAsRgb } from './markAsRgb.ts';
import { withoutUnusedBits } from './unusedBits.ts';
import { UndecodablePixels, type DecodedFrame, type PixelFormat, type StoredFrame } from './frame.ts';

/** A codec makes its module of this object: each needs one of its own, or the second in a thread cannot be loaded. */
const silent = () => ({ print: () => undefined, printErr: () => undefined });
const once = <T>(make: () => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};
/** What OpenJPEG said since its last frame began. */
const said: string[] = [];
const hear = (line: string) => void said.push(line);
const openJpeg = once(() => createOpenJpeg({ print: hear, printErr: hear }));
const charls = once(() => createCharls(silent()));
const openJph = once(() => createOpenJph(silent()));
const turbo = once(() => createTurbo(silent()));

const JPEG_LOSSLESS: ReadonlySet<string> = new Set([ts.jpegLossless, ts.jpegLosslessFirstOrder]);
const JPEG_2000: ReadonlySet<string> = new Set([ts.jpeg2000, ts.jpeg2000Lossless]);
const JPEG_LS: ReadonlySet<string> = new Set([ts.jpegLsLossless, ts.jpegLsNearLossless]);
const HTJ2K: ReadonlySet<string> = new Set([ts.htj2k, ts.htj2kLossless, ts.htj2kLosslessRpcl]);

const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
const MOST_PIXELS = 200_000_000;

/**
 * Decodes one frame to native little-endian samples, colour by pixel; grey samples with their unused high bits zero, or the
 * sign. Throws UndecodablePixels for what no codec here
 * reads (MPEG, JPEG XL). Blocks its thread: call it in a worker.
 */
export async function decodeFrame(frame: StoredFrame): Promise<DecodedFrame> {
  return withoutUnusedBits(await decodeSamples(frame));
}

async function decodeSamples(frame: StoredFrame): Promise<DecodedFrame> {
  if (frame.rows * frame.columns > MOST_PIXELS)
    throw new UndecodablePixels(`${frame.columns} × ${frame.rows} pixels`);
  const { transferSyntax } = frame;
  if (!isEncapsulated(transferSyntax)) return decodeNative(frame);
  if (transferSyntax === ts.rleLossless) {
    const { bytes, short } = decodeRle(
      frame.bytes,
      frame.rows * frame.columns,
      frame.samplesPerPixel,
      Math.ceil(frame.bitsAllocated / 8),
    );
    return { ...formatOf(frame), bytes, planarConfiguration: 0, ...(short && { damaged: true }) };
  }
  if (JPEG_LOSSLESS.has(transferSyntax)) return decodeLossless(frame);
  if (JPEG_2000.has(transferSyntax)) return decodeJpeg2000(new (await openJpeg()).J2KDecoder(), frame);
  if (JPEG_LS.has(transferSyntax)) return decodeJpegLs(new (await charls()).JpegLSDecoder(), frame);
  if (HTJ2K.has(transferSyntax)) return decodeBy(new (await openJph()).HTJ2KDecoder(), frame);
  if (transferSyntax === ts.jpegBaseline || transferSyntax === ts.jpegExtended) {
    if (jpegPrecision(frame.bytes) !== 8) return decodeDct(frame);
    const bytes = frame.photometric === 'RGB' ? markAsRgb(frame.bytes) : frame.bytes;
    return decodeBy(new (await turbo()).JPEGDecoder(), { ...frame, bytes });
  }
  if (JPEG_PROGRESSIVE.has(transferSyntax)) return decodeDct(frame);
  throw new UndecodablePixels(`transfer syntax ${transferSyntax}`);
}

/**
 * CharLS goes round without end in a stream that stops in the middle, so one without its end marker is not given to it.
 * The coded bits never hold that marker (ITU-T T.87 §A.1); padding may stand behind it.
 */
function decodeJpegLs(decoder: PixelCodecDecoder, frame: StoredFrame): DecodedFrame {
  const { buffer, byteOffset, byteLength } = frame.bytes;
  if (Buffer.from(buffer, byteOffset, byteLength).lastIndexOf(END_OF_IMAGE) > 0)
    return decodeBy(decoder, frame);
  decoder.delete();
  throw new UndecodablePixels('the JPEG-LS stream ends early');
}

function decodeJpeg2000(decoder: PixelCodecDecoder, frame: StoredFrame): DecodedFrame {
  said.length = 0;
  const checked = withEndCheck(frame.bytes);
  const decoded = decodeBy(decoder, checked ? { ...frame, bytes: checked } : frame);
  return checked && tellsDamage(said) ? { ...decoded, damaged: true } : decoded;
}

function decodeDct(frame: StoredFrame): DecodedFrame {
  const { rows, columns, samples } = decodeJpegDct(frame.bytes);
  if (rows !== frame.rows || columns !== frame.columns)
    throw new UndecodablePixels(`the code stream holds ${columns} × ${rows} pixels`);
  const bytes = new Uint8Array(samples.buffer);
  return { ...formatOf(frame), samplesPerPixel: 1, bitsAllocated: 16, planarConfiguration: 0, bytes };
}

function formatOf(frame: StoredFrame): PixelFormat {
  const {
    rows,
    columns,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    pixelRepresentation,
    photometric,
    planarConfiguration,
  } = frame;
  return {
    rows,
    columns,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    pixelRepresentation,
    photometric,
    planarConfiguration,
  };
}

function decodeNative(frame: StoredFrame): DecodedFrame {
  const bytes = frame.transferSyntax === ts.explicitBigEndian ? littleEndian(frame) : frame.bytes;
  const format = formatOf(frame);
  if (frame.samplesPerPixel === 3 && /_422$/.test(frame.photometric))
    return { ...format, photometric: 'YBR_FULL', planarConfiguration: 0, bytes: expand422(bytes) };
  if (frame.samplesPerPixel > 1 && frame.planarConfiguration === 1)
    return {
      ...format,
      planarConfiguration: 0,
      bytes: interleave(bytes, frame.samplesPerPixel, Math.ceil(frame.bitsAllocated / 8)),
    };
  return { ...format, bytes };
}

/** Big-endian samples of 16 or 32 bits turned round; a rest that is no whole sample is left out. */
function littleEndian({ bytes, bitsAllocated }: StoredFrame): Uint8Array {
  if (bitsAllocated === 16) return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
  if (bitsAllocated === 32) return Buffer.from(bytes.subarray(0, bytes.length & ~3)).swap32();
  return bytes;
}

/** Y1 Y2 Cb Cr for each two pixels (PS3.3 §C.7.6.3.1.2) to Y Cb Cr for each. */
function expand422(bytes: Uint8Array): Uint8Array {
  const pairs = Math.floor(bytes.length / 4);
  const out = new Uint8Array(pairs * 6);
  for (let pair = 0; pair < pairs; pair++) {
    const [y1 = 0, y2 = 0, cb = 0, cr = 0] = bytes.subarray(pair * 4, pair * 4 + 4);
    out.set([y1, cb, cr, y2, cb, cr], pair * 6);
  }
  return out;
}

function interleave(bytes: Uint8Array, samples: number, size: number): Uint8Array {
  const pixels = Math.floor(bytes.length / (samples * size));
  const out = new Uint8Array(pixels * samples * size);
  for (let sample = 0; sample < samples; sample++)
    for (let pixel = 0; pixel < pixels; pixel++)
      for (let byte = 0; byte < size; byte++)
        out[(pixel * samples + sample) * size + byte] = bytes[(sample * pixels + pixel) * size + byte] ?? 0;
  return out;
}

function decodeBy(decoder: PixelCodecDecoder, frame: StoredFrame): DecodedFrame {
  try {
    decoder.getEncodedBuffer(frame.bytes.length).set(frame.bytes);
    decoder.readHeader?.();
    const reducedBy = decoder.decodeSubResolution ? (frame.reducedBy ?? 0) : 0;
    if (reducedBy > 0) decoder.decodeSubResolution?.(reducedBy);
    else decoder.decode();
    const info = decoder.getFrameInfo();
    if (info.width !== frame.columns || info.height !== frame.rows)
      throw new UndecodablePixels(
        `the code stream holds ${info.width} × ${info.height} pixels, the header says ${frame.columns} × ${frame.rows}`,
      );
    const bitsAllocated = info.bitsPerSample > 8 ? 16 : 8;
    const decoded = decoder.getDecodedBuffer();
    const planes = info.componentCount > 1 && decoder.getInterleaveMode?.() === 0;
    const taken = planes ? interleave(decoded, info.componentCount, bitsAllocated / 8) : decoded.slice();
    const bytes =
      bitsAllocated === 16 && frame.pixelRepresentation === 1 && info.isSigned === false
        ? signed(taken, frame.bitsStored)
        : taken;
    return {
      rows: Math.ceil(info.height / 2 ** reducedBy),
      columns: Math.ceil(info.width / 2 ** reducedBy),
      samplesPerPixel: info.componentCount,
      bitsAllocated,
      bitsStored: Math.max(
        frame.bitsStored > bitsAllocated ? 0 : frame.bitsStored,
        Math.min(info.bitsPerSample, bitsAllocated),
      ),
      pixelRepresentation: frame.pixelRepresentation,
      photometric: info.componentCount === 3 ? decodedPhotometric(frame) : frame.photometric,
      planarConfiguration: 0,
      bytes,
    };
  } catch (cause) {
    if (cause instanceof UndecodablePixels) throw cause;
    throw new UndecodablePixels(
      `the frame cannot be decoded: ${typeof cause === 'number' ? 'codec fault' : String(cause).slice(0, 200)}`,
      { cause },
    );
  } finally {
    decoder.delete();
  }
}

/**
 * Samples that the header calls signed, out of a stream that does not say so: their highest stored bit is the sign. A
 * CT coded like this has its air at 6192 instead of −2000.
 */
function signed(bytes: Uint8Array, bitsStored: number): Uint8Array {
  const out = Buffer.from(bytes);
  const shift = 32 - bitsStored;
  for (let at = 0; at + 1 < out.length; at += 2)
    out.writeInt16LE((out.readUInt16LE(at) << shift) >> shift, at);
  return out;
}

/** JPEG and JPEG 2000 decoders undo their colour transform; JPEG-LS has none. */
function decodedPhotometric(frame: StoredFrame): string {
  return JPEG_LS.has(frame.transferSyntax) ? frame.photometric : 'RGB';
}

function decodeLossless(frame: StoredFrame): DecodedFrame {
  const size = frame.bitsAllocated <= 8 ? 1 : 2;
  const decoded = readLossless(frame, size);
  const { rows, columns, samplesPerPixel, bytes, short } = decoded;
  if (columns !== frame.columns || rows !== frame.rows || samplesPerPixel !== frame.samplesPerPixel)
    throw new UndecodablePixels(
      `the code stream holds ${columns} × ${rows} pixels of ${samplesPerPixel}, the header says ${frame.columns} × ${frame.rows} of ${frame.samplesPerPixel}`,
    );
  const format = { ...formatOf(frame), bitsAllocated: size * 8, planarConfiguration: 0 };
  return { ...format, bytes, ...(short && { damaged: true }) };
}

function readLossless(frame: StoredFrame, size: 1 | 2): LosslessJpeg {
  try {
    return decodeJpegLossless(frame.bytes, size, frame.samplesPerPixel);
  } catch (cause) {
    throw new UndecodablePixels('the JPEG lossless frame cannot be decoded', { cause });
  }
}

/** Sample precision in the frame header of a JPEG stream. */
function jpegPrecision(bytes: Uint8Array): number | undefined {
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return bytes[at + 4];
    at += 2 + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0);
  }
  return undefined;
}
