import os from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  UndecodablePixels,
  type DecodedFrame,
  type Htj2kFrame,
  type RenderRequest,
  type StoredFrame,
} from './frame.ts';
import type { PixelTask } from './worker.ts';

interface Waiting {
  id: number;
  task: PixelTask;
  resolve(result: unknown): void;
  reject(fault: Error): void;
}

interface Hand {
  worker: Worker;
  doing: Waiting | undefined;
  /** Ends the thread when nothing was asked of it for a while. */
  rest: NodeJS.Timeout | undefined;
}

const SIZE = Math.max(1, Math.min(4, os.availableParallelism() - 1));
const TASK_MS = 120_000;
/** A codec keeps the memory of its largest picture: an idle thread gives it back. */
const REST_MS = 20_000;
const hands: Hand[] = [];
const queue: Waiting[] = [];
let lastId = 0;

/** Decodes one stored frame in a worker thread. */
export const decodeInWorker = (frame: StoredFrame): Promise<DecodedFrame> =>
  submit({ kind: 'decode', frame }) as Promise<DecodedFrame>;
/** Whether a frame decodes although its bytes are damaged, in a worker thread. Throws UndecodablePixels. */
export const isDamagedInWorker = (frame: StoredFrame): Promise<boolean> =>
  submit({ kind: 'check', frame }) as Promise<boolean>;
/** Decodes one stored frame in a worker thread to what every browser reads. */
export const plainInWorker = (frame: StoredFrame, palette: RenderRequest['palette']): Promise<DecodedFrame> =>
  submit({ kind: 'plain', frame, palette }) as Promise<DecodedFrame>;
/** Re-encodes one stored frame as HTJ2K lossless in a worker thread. */
export const htj2kInWorker = (frame: StoredFrame): Promise<Htj2kFrame> =>
  submit({ kind: 'htj2k', frame }) as Promise<Htj2kFrame>;
/** Renders one stored frame in a worker thread. */
export const renderInWorker = async (frame: StoredFrame, request: RenderRequest): Promise<Buffer> =>
  Buffer.from((await submit({ kind: 'render', frame, request })) as Uint8Array<ArrayBuffer>);

function submit(task: PixelTask): Promise<unknown> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    queue.push({ id, task, resolve, reject });
    dispatch();
  });
}

function dispatch(): void {
  while (queue.length > 0) {
    const hand = hands.find((candidate) => !candidate.doing) ?? (hands.length < SIZE ? start() : undefined);
    const next = hand && queue.shift();
    if (!hand || !next) return;
    clearTimeout(hand.rest);
    hand.doing = next;
    hand.worker.ref(); // while it works the process waits for it
    const timer = setTimeout(() => void hand.worker.terminate(), TASK_MS);
    timer.unref();
    const done = (finish: () => void) => {
      clearTimeout(timer);
      finish();
    };
    next.resolve = wrap(next.resolve, done);
    next.reject = wrap(next.reject, done);
    hand.worker.postMessage({ id: next.id, task: next.task });
  }
}

const wrap =
  <T>(call: (value: T) => void, done: (finish: () => void) => void) =>
  (value: T) =>
    done(() => call(value));

function start(): Hand {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 1_024 },
  });
  const hand: Hand = { worker, doing: undefined, rest: undefined };
  worker.unref();
  const retire = () => {
    hands.splice(hands.indexOf(hand), 1); // nothing is given to it any more
    void worker.terminate();
  };
  worker.on('message', (answer: { id: number; result?: unknown; fault?: string; undecodable?: boolean }) => {
    const waiting = hand.doing;
    hand.doing = undefined;
    worker.unref();
    hand.rest = setTimeout(retire, REST_MS).unref();
    if (answer.fault === undefined) waiting?.resolve(answer.result);
    else waiting?.reject(answer.undecodable ? new UndecodablePixels(answer.fault) : new Error(answer.fault));
    dispatch();
  });
  const gone = (cause?: unknown) => {
    clearTimeout(hand.rest);
    const at = hands.indexOf(hand);
    if (at >= 0) hands.splice(at, 1);
    hand.doing?.reject(new UndecodablePixels('the decoder stopped', { cause }));
    hand.doing = undefined;
    dispatch();
  };
  worker.on('error', gone);
  worker.on('exit', () => gone());
  hands.push(hand);
  return hand;
}
