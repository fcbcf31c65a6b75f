import { Worker } from 'node:worker_threads';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import type { DecodedTile, DecodeRequest } from './decodeWorker.ts';

type Answer = { id: number; tile: DecodedTile } | { id: number; fault: string };

const pending = new Map<number, { resolve(tile: DecodedTile): void; reject(fault: Error): void }>();
let worker: Worker | undefined;
let lastId = 0;

function fail(fault: Error): void {
  worker = undefined; // the next tile starts a fresh one
  for (const { reject } of pending.values()) reject(fault);
  pending.clear();
}

function running(): Worker {
  if (worker) return worker;
  const started = new Worker(new URL('./decodeWorker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  started.unref(); // never keeps the hub from stopping
  started.on('message', (answer: Answer) => {
    const waiting = pending.get(answer.id);
    pending.delete(answer.id);
    if ('tile' in answer) waiting?.resolve(answer.tile);
    else waiting?.reject(new UnreadableSlide('corrupt-tile', answer.fault));
  });
  started.on('error', (cause) => fail(new UnreadableSlide('corrupt-tile', 'the decoder stopped', cause)));
  worker = started;
  return started;
}

/** Decodes JPEG 2000 and JPEG-LS, which sharp cannot, in a worker thread: tiles of other slides do not wait. */
export function decodeInWorker(
  compression: DecodeRequest['compression'],
  bytes: Buffer,
  maxPixels: number,
): Promise<DecodedTile> {
  lastId += 1;
  const request: DecodeRequest = { id: lastId, compression, bytes, maxPixels };
  return new Promise((resolve, reject) => {
    pending.set(request.id, { resolve, reject });
    running().postMessage(request);
  });
}
