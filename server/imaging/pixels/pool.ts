import os from 'node:os';
import { threadPool } from '../../core/threads/threadPool.ts';
import {
  UndecodablePixels,
  type DecodedFrame,
  type Htj2kFrame,
  type RenderRequest,
  type StoredFrame,
} from './frame.ts';
import type { PixelTask } from './worker.ts';

/** A codec keeps the memory of its largest picture: an idle thread gives it back. */
const pool = threadPool<PixelTask>({
  script: new URL('./worker.ts', import.meta.url),
  size: Math.max(1, Math.min(4, os.availableParallelism() - 1)),
  memoryMb: 1_024,
  mostMs: 120_000,
  errorOf: (fault, cause) =>
    fault.name === 'ThreadStopped'
      ? new UndecodablePixels('the decoder stopped', { cause })
      : fault.name === UndecodablePixels.name
        ? new UndecodablePixels(fault.message)
        : new Error(fault.message),
});

/** Decodes one stored frame in a worker thread. */
export const decodeInWorker = (frame: StoredFrame): Promise<DecodedFrame> =>
  pool.run({ kind: 'decode', frame }) as Promise<DecodedFrame>;
/** Whether a frame decodes although its bytes are damaged, in a worker thread. Throws UndecodablePixels. */
export const isDamagedInWorker = (frame: StoredFrame): Promise<boolean> =>
  pool.run({ kind: 'check', frame }) as Promise<boolean>;
/** Decodes one stored frame in a worker thread to what every browser reads. */
export const plainInWorker = (frame: StoredFrame, palette: RenderRequest['palette']): Promise<DecodedFrame> =>
  pool.run({ kind: 'plain', frame, palette }) as Promise<DecodedFrame>;
/** Re-encodes one stored frame as HTJ2K lossless in a worker thread. */
export const htj2kInWorker = (frame: StoredFrame): Promise<Htj2kFrame> =>
  pool.run({ kind: 'htj2k', frame }) as Promise<Htj2kFrame>;
/** Renders one stored frame in a worker thread. */
export const renderInWorker = async (frame: StoredFrame, request: RenderRequest): Promise<Buffer> =>
  Buffer.from((await pool.run({ kind: 'render', frame, request })) as Uint8Array<ArrayBuffer>);
