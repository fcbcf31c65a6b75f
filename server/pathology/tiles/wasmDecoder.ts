import { threadPool } from '../../core/threads/threadPool.ts';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import type { DecodedTile, DecodeRequest } from './decodeWorker.ts';

const pool = threadPool<DecodeRequest>({
  script: new URL('./decodeWorker.ts', import.meta.url),
  size: 1,
  memoryMb: 512,
  mostMs: 60_000,
  errorOf: ({ name, message }, cause) =>
    new UnreadableSlide('corrupt-tile', name === 'ThreadStopped' ? 'the decoder stopped' : message, cause),
});

/** Decodes JPEG 2000 and JPEG-LS, which sharp cannot, in a worker thread: tiles of other slides do not wait. */
export const decodeInWorker = (
  compression: DecodeRequest['compression'],
  bytes: Buffer,
  maxPixels: number,
): Promise<DecodedTile> => pool.run({ compression, bytes, maxPixels }) as Promise<DecodedTile>;
