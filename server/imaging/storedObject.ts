import type { Context } from '../core/context.ts';
import { DomainError } from '../core/errors.ts';
import {
  DicomError,
  findFrames,
  isDeflated,
  isEncapsulated,
  readHeader,
  type Frame,
  tags,
  transferSyntaxes,
  type Header,
} from '../standards/dicom/index.ts';

/** Where an object lies and what the index knows of it. */
export interface StoredObject {
  objectAddress: string;
  objectSize: number;
  transferSyntax: string;
  dataSetOffset: number;
  pixelOffset: number | null;
  pixelLength: number | null;
  numberOfFrames: number;
}

const LONGEST_HEADER = 64 * 1024 * 1024;
type Objects = Pick<Context, 'objects'>;

/** Reads an object's header out of the store, not its pixels (deflated ones whole, bounded). */
export async function readStoredHeader({ objects }: Objects, object: StoredObject): Promise<Header> {
  const end =
    isDeflated(object.transferSyntax) || object.pixelOffset === null
      ? LONGEST_HEADER
      : object.pixelOffset + 64;
  const most = Math.min(object.objectSize, end);
  const bytes = await objects.read(object.objectAddress, { start: 0, end: most - 1 });
  return translate(() => readHeader(bytes, { complete: bytes.length === object.objectSize }));
}

function translate<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof DicomError)
      throw new DomainError(422, 'unreadable-object', `the stored object cannot be read: ${cause.message}`, {
        cause,
      });
    throw cause;
  }
}

const known = new Map<string, Frame[]>();
const MOST_KNOWN = 2_000;

/** Byte ranges of all frames in the object (in the inflated data set for deflated ones). Remembered for the last ones used. */
export async function framesOf(ctx: Objects, object: StoredObject, header?: Header): Promise<Frame[]> {
  const simple = header && isMask(header) ? undefined : nativeFrames(object);
  if (simple) return simple;
  const cached = known.get(object.objectAddress);
  if (cached) return cached;
  const read = header ?? (await readStoredHeader(ctx, object));
  if (!read.pixelData) throw new DomainError(404, 'not-found', 'the object has no pixel data');
  const deflated = isDeflated(object.transferSyntax);
  const frames = await findFrames({
    dataSet: read.dataSet,
    transferSyntax: object.transferSyntax,
    pixelData: read.pixelData,
    size: deflated ? read.source.length : object.objectSize,
    readAt: (offset, length) =>
      deflated
        ? read.source.subarray(offset, offset + length)
        : ctx.objects.read(object.objectAddress, { start: offset, end: offset + length - 1 }),
  }).catch((cause: unknown) =>
    translate<Frame[]>(() => {
      throw cause;
    }),
  );
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(object.objectAddress, frames);
  return frames;
}

/** Frames of one bit a pixel may share a byte (PS3.5 §8.1.1): their bytes cannot be counted without the header. */
const isMask = ({ dataSet }: Header): boolean => dataSet.number(tags.bitsAllocated) === 1;

/** Bits of a frame of a mask with its first pixel in the lowest bit of the first byte, wherever it starts in its bytes. */
function alignedMask({ dataSet }: Header, number: number, bytes: Buffer): Buffer {
  const pixels = (dataSet.number(tags.rows) ?? 0) * (dataSet.number(tags.columns) ?? 0);
  const shift = ((number - 1) * pixels) % 8;
  const out = Buffer.alloc(Math.ceil(pixels / 8));
  for (let at = 0; at < out.length; at++)
    out[at] = (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >> shift) & 0xff;
  const rest = pixels % 8;
  if (rest > 0) out[out.length - 1] = (out.at(-1) ?? 0) & (2 ** rest - 1);
  return out;
}

/** Native pixel data that divides evenly needs no header. */
function nativeFrames({
  transferSyntax,
  pixelOffset,
  pixelLength,
  numberOfFrames,
}: StoredObject): Frame[] | undefined {
  if (
    isEncapsulated(transferSyntax) ||
    isDeflated(transferSyntax) ||
    pixelOffset === null ||
    pixelLength === null
  )
    return undefined;
  if (numberOfFrames === 1 || pixelLength % numberOfFrames !== 0) return undefined;
  const length = pixelLength / numberOfFrames;
  return Array.from({ length: numberOfFrames }, (_, index) => [
    { offset: pixelOffset + index * length, length },
  ]);
}

/** Bytes of one frame (from 1), fragments joined, as stored; native masks of bits from the first bit on where the header is given. */
export async function readFrame(
  ctx: Objects,
  object: StoredObject,
  number: number,
  header?: Header,
): Promise<Buffer> {
  const frames = await framesOf(ctx, object, header);
  const frame = frames[number - 1];
  if (!frame)
    throw new DomainError(404, 'not-found', `frame ${number} was not found: there are ${frames.length}`);
  const bytes = await readParts(ctx, object, frame, header);
  return header && isMask(header) && !isEncapsulated(object.transferSyntax)
    ? alignedMask(header, number, bytes)
    : bytes;
}

async function readParts(
  ctx: Objects,
  object: StoredObject,
  frame: Frame,
  header: Header | undefined,
): Promise<Buffer> {
  if (isDeflated(object.transferSyntax)) {
    const { source } = header ?? (await readStoredHeader(ctx, object));
    return Buffer.concat(frame.map((part) => source.subarray(part.offset, part.offset + part.length)));
  }
  const parts = await Promise.all(
    frame.map((part) =>
      ctx.objects.read(object.objectAddress, { start: part.offset, end: part.offset + part.length - 1 }),
    ),
  );
  const [only] = parts;
  return parts.length === 1 && only ? only : Buffer.concat(parts);
}

/** Bytes of one frame as they go out: encapsulated ones as stored, native ones little endian whatever the data set is coded in. */
export async function readFrameToSend(
  ctx: Objects,
  object: StoredObject & { bitsAllocated: number | null },
  number: number,
): Promise<{ transferSyntax: string; bytes: Buffer }> {
  const header = object.bitsAllocated === 1 ? await readStoredHeader(ctx, object) : undefined;
  const bytes = await readFrame(ctx, object, number, header);
  if (isEncapsulated(object.transferSyntax)) return { transferSyntax: object.transferSyntax, bytes };
  const bits = object.transferSyntax === transferSyntaxes.explicitBigEndian ? object.bitsAllocated : null;
  return {
    transferSyntax: transferSyntaxes.explicitLittleEndian,
    bytes:
      bits === 16 && bytes.length % 2 === 0
        ? Buffer.from(bytes).swap16()
        : bits === 32 && bytes.length % 4 === 0
          ? Buffer.from(bytes).swap32()
          : bytes,
  };
}
