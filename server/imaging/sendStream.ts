import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** Sends a stream as the body and waits for its end. A reader that went away is no fault. */
export async function sendStream(stream: Readable, res: Response): Promise<void> {
  await pipeline(stream, res).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      throw error;
  });
}
