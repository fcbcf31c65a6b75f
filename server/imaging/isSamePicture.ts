import { createHash } from 'node:crypto';
import type { Context } from '../core/context.ts';
import {
  DicomError,
  dicomJson,
  tagText,
  tags,
  type DicomJson,
  type Header,
} from '../standards/dicom/index.ts';
import { UndecodablePixels } from './pixels/frame.ts';
import { pixelFormat } from './pixels/pixelSource.ts';
import { decodeInWorker } from './pixels/pool.ts';
import { readFrame, readStoredHeader, type StoredObject } from './storedObject.ts';

const MOST_BYTES = 256 * 1024 * 1024;

/** What a change of transfer syntax may change: how pixels are written down and what is said about that, not what they show. */
const CODING = new Set(
  [
    tags.photometricInterpretation,
    tags.planarConfiguration,
    tags.pixelData,
    0x00280002,
    0x7fe00001,
    0x7fe00002,
    0x00082111,
    0x00089215,
  ].map(tagText),
);

/**
 * Whether two objects hold equal attributes and equal pixels, coded in different transfer syntaxes. What cannot be
 * decoded here is not equal: a person looks at it.
 */
export async function isSamePicture(
  ctx: Pick<Context, 'objects'>,
  first: StoredObject,
  second: StoredObject,
): Promise<boolean> {
  if (
    first.numberOfFrames !== second.numberOfFrames ||
    Math.max(first.objectSize, second.objectSize) > MOST_BYTES
  )
    return false;
  try {
    const [a, b] = await Promise.all([readStoredHeader(ctx, first), readStoredHeader(ctx, second)]);
    if (attributes(a) !== attributes(b)) return false;
    if (!a.pixelData && !b.pixelData) return true;
    if (!a.pixelData || !b.pixelData) return false;
    for (let number = 1; number <= first.numberOfFrames; number++)
      if ((await pixels(ctx, first, a, number)) !== (await pixels(ctx, second, b, number))) return false;
    return true;
  } catch (error) {
    if (
      error instanceof UndecodablePixels ||
      error instanceof DicomError ||
      (error instanceof Error && error.name === 'DomainError')
    )
      return false;
    throw error;
  }
}

function attributes({ dataSet }: Header): string {
  const json: DicomJson = dicomJson(dataSet);
  const kept = Object.entries(json).filter(([tag]) => !CODING.has(tag));
  return JSON.stringify(kept.map(([tag, element]) => [tag, element.Value, element.InlineBinary]));
}

async function pixels(
  ctx: Pick<Context, 'objects'>,
  object: StoredObject,
  header: Header,
  number: number,
): Promise<string> {
  const bytes = await readFrame(ctx, object, number, header);
  const decoded = await decodeInWorker({
    ...pixelFormat(header.dataSet),
    transferSyntax: object.transferSyntax,
    bytes,
  });
  const length =
    decoded.rows * decoded.columns * decoded.samplesPerPixel * Math.ceil(decoded.bitsAllocated / 8);
  // Equal samples mean another picture where they mean another colour: black for white, RGB for YBR.
  return `${decoded.photometric} ${createHash('sha256').update(decoded.bytes.subarray(0, length)).digest('hex')}`;
}
