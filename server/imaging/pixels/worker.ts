import { parentPort } from 'node:worker_threads';
import { decodeFrame } from './decodeFrame.ts';
import { encodeHtj2k } from './encodeHtj2k.ts';
import { UndecodablePixels, type StoredFrame, type RenderRequest } from './frame.ts';
import { plainFrame } from './plainFrame.ts';
import { renderFrame } from './renderFrame.ts';

export type PixelTask =
  | { kind: 'decode'; frame: StoredFrame }
  | { kind: 'check'; frame: StoredFrame }
  | { kind: 'plain'; frame: StoredFrame; palette: RenderRequest['palette'] }
  | { kind: 'htj2k'; frame: StoredFrame }
  | { kind: 'render'; frame: StoredFrame; request: RenderRequest };

async function run(task: PixelTask): Promise<unknown> {
  const decoded = await decodeFrame(task.frame);
  if (task.kind === 'decode') return { ...decoded, bytes: own(decoded.bytes) };
  if (task.kind === 'check') return decoded.damaged === true;
  if (task.kind === 'plain') {
    const plain = plainFrame(decoded, task.palette);
    return { ...plain, bytes: own(plain.bytes) };
  }
  if (task.kind === 'htj2k') return encodeHtj2k(decoded);
  return own(await renderFrame(decoded, task.request));
}

/** Bytes in a buffer of their own: small Buffers share one that must not be given away. */
const own = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();

parentPort?.on('message', ({ id, task }: { id: number; task: PixelTask }) => {
  run(task).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: unknown) =>
      parentPort?.postMessage({
        id,
        fault: error instanceof Error ? error.message : String(error),
        undecodable: error instanceof UndecodablePixels,
      }),
  );
});
