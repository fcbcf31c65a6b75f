import type { Context } from '../core/context.ts';
import { DomainError } from '../core/errors.ts';
import { UndecodablePixels, type StoredFrame } from './pixels/frame.ts';
import { loadFrame, pixelFormat, renderDefaults } from './pixels/pixelSource.ts';
import { renderInWorker } from './pixels/pool.ts';
import type { Header } from '../standards/dicom/index.ts';
import type { DerivedRendition } from './query/resolveImages.ts';
import { readStoredHeader, type StoredObject } from './storedObject.ts';

/** A stored object, with its rendition where one was derived. */
type PicturedObject = StoredObject & { rendition?: DerivedRendition | null };

export interface PictureOptions {
  type: 'image/jpeg' | 'image/png';
  /** Longest side in pixels; never enlarged. */
  maxSize?: number;
  /** Only this part, in pixels of the image; cut to what there is. */
  region?: { left: number; top: number; width: number; height: number } | undefined;
  window?: { center: number; width: number };
  /** JPEG quality 1–100. */
  quality: number;
}

/** As encodeHtj2k makes the prefixes of renditions: 1/8 of the size. */
const PREFIX_LEVELS = 3;

/**
 * The prefix of a frame's rendition where the picture asked for is so small that it is enough: a mammogram of 78 MB is
 * not decoded for a thumbnail. Undefined where the whole frame is needed.
 */
async function reducedFrame(
  ctx: Pick<Context, 'objects'>,
  object: PicturedObject,
  number: number,
  { maxSize, region }: PictureOptions,
): Promise<{ frame: StoredFrame; header: Header } | undefined> {
  const [offset, , prefixLength] = object.rendition?.frames[number - 1] ?? [];
  if (!object.rendition || offset === undefined || !prefixLength || !maxSize || region) return undefined;
  const header = await readStoredHeader(ctx, object);
  const format = pixelFormat(header.dataSet);
  if (Math.max(format.rows, format.columns) / 2 ** PREFIX_LEVELS < maxSize) return undefined;
  const { transferSyntax, objectAddress } = object.rendition;
  const bytes = await ctx.objects.read(objectAddress, { start: offset, end: offset + prefixLength - 1 });
  return { frame: { ...format, transferSyntax, bytes, reducedBy: PREFIX_LEVELS }, header };
}

/** One frame (from 1) as a picture for people. Throws 404 without pixels, 422 where no codec here reads them. */
export async function renderPicture(
  ctx: Pick<Context, 'objects'>,
  object: PicturedObject,
  number: number,
  options: PictureOptions,
): Promise<Buffer> {
  const { frame, header } =
    (await reducedFrame(ctx, object, number, options)) ?? (await loadFrame(ctx, object, number));
  const defaults = renderDefaults(header.dataSet, number);
  try {
    return await renderInWorker(frame, {
      ...defaults,
      ...options,
      ...(options.window && { window: options.window }),
    });
  } catch (cause) {
    if (cause instanceof UndecodablePixels)
      throw new DomainError(
        422,
        'not-renderable',
        `this image cannot be rendered on the server: ${cause.message}`,
        { cause },
      );
    throw cause;
  }
}
