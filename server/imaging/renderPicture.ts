import type { Context } from '../core/context.ts';
import { DomainError } from '../core/errors.ts';
import { UndecodablePixels } from './pixels/frame.ts';
import { loadFrame, renderDefaults } from './pixels/pixelSource.ts';
import { renderInWorker } from './pixels/pool.ts';
import type { StoredObject } from './storedObject.ts';

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

/** One frame (from 1) as a picture for people. Throws 404 without pixels, 422 where no codec here reads them. */
export async function renderPicture(
  ctx: Pick<Context, 'objects'>,
  object: StoredObject,
  number: number,
  options: PictureOptions,
): Promise<Buffer> {
  const { frame, header } = await loadFrame(ctx, object, number);
  const defaults = renderDefaults(header.dataSet);
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
