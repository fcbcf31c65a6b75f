import type { Context } from '../../core/context.ts';
import { DomainError } from '../../core/errors.ts';
import { UndecodablePixels, type PixelFormat } from '../pixels/frame.ts';
import { loadFrame, pixelFormat, renderDefaults } from '../pixels/pixelSource.ts';
import { plainInWorker } from '../pixels/pool.ts';
import type { StoredObject } from '../storedObject.ts';

export interface PlainFrame {
  bytes: Buffer;
  /** How the bytes differ from what the header says; undefined where they do not. */
  format: Omit<PixelFormat, 'rows' | 'columns'> | undefined;
}

/** One frame (from 1) as native samples that every browser reads. Throws 422 where no codec here reads the pixels. */
export async function readPlainFrame(
  ctx: Pick<Context, 'objects'>,
  object: StoredObject,
  number: number,
): Promise<PlainFrame> {
  const { frame, header } = await loadFrame(ctx, object, number);
  try {
    const { bytes, ...plain } = await plainInWorker(frame, renderDefaults(header.dataSet).palette);
    const { rows: _rows, columns: _columns, ...format } = plain;
    const said = pixelFormat(header.dataSet);
    const same = Object.entries(format).every(([name, value]) => said[name as keyof PixelFormat] === value);
    return { bytes: Buffer.from(bytes), format: same ? undefined : format };
  } catch (cause) {
    if (!(cause instanceof UndecodablePixels)) throw cause;
    throw new DomainError(422, 'not-renderable', `these pixels cannot be read: ${cause.message}`, { cause });
  }
}
