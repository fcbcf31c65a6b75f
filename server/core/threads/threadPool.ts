import { Worker, type Transferable } from 'node:worker_threads';
import type { Fault } from './answerTasks.ts';

export interface ThreadPool<Task> {
  /** What `answerTasks` of the script gives for it; `give` names buffers that are handed over instead of copied. */
  run(task: Task, give?: readonly Transferable[]): Promise<unknown>;
}

export interface PoolSettings {
  /** The thread's module: it calls `answerTasks`. */
  script: URL;
  /** Threads at most; they are started when there is work for them. */
  size: number;
  /** Threads that stay when there is nothing to do; the others give their memory back. */
  kept?: number;
  memoryMb: number;
  /** A task that takes longer is ended with its thread. */
  mostMs: number;
  /** The error that a fault becomes; a thread that stopped is one named `ThreadStopped`. */
  errorOf?(fault: Fault, cause?: unknown): Error;
}

interface Waiting {
  id: number;
  task: unknown;
  give: readonly Transferable[];
  resolve(result: unknown): void;
  reject(fault: Error): void;
}

interface Hand {
  worker: Worker;
  doing: Waiting | undefined;
  late: NodeJS.Timeout | undefined;
  /** Ends the thread when nothing was asked of it for a while. */
  rest: NodeJS.Timeout | undefined;
}

const REST_MS = 20_000;
const plainError = (fault: Fault, cause?: unknown): Error => new Error(fault.message, { cause });

/** Threads that compute, so that the hub answers others meanwhile. A task whose thread dies fails; the next has a new one. */
export function threadPool<Task>(settings: PoolSettings): ThreadPool<Task> {
  const { script, size, kept = 0, memoryMb, mostMs, errorOf = plainError } = settings;
  const hands: Hand[] = [];
  const queue: Waiting[] = [];
  let lastId = 0;

  function dispatch(): void {
    while (queue.length > 0) {
      const hand = hands.find((candidate) => !candidate.doing) ?? (hands.length < size ? start() : undefined);
      const next = hand && queue.shift();
      if (!hand || !next) return;
      clearTimeout(hand.rest);
      hand.doing = next;
      hand.worker.ref(); // while it works the process waits for it
      hand.late = setTimeout(() => void hand.worker.terminate(), mostMs).unref();
      hand.worker.postMessage({ id: next.id, task: next.task }, next.give);
    }
  }

  function start(): Hand {
    const worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    const hand: Hand = { worker, doing: undefined, late: undefined, rest: undefined };
    worker.unref();
    const leave = () => {
      const at = hands.indexOf(hand);
      if (at >= 0) hands.splice(at, 1);
    };
    const finish = (): Waiting | undefined => {
      clearTimeout(hand.late);
      const done = hand.doing;
      hand.doing = undefined;
      return done;
    };
    worker.on('message', (answer: { id: number; result?: unknown; fault?: Fault }) => {
      const done = finish();
      worker.unref();
      if (hands.length > kept)
        hand.rest = setTimeout(() => {
          leave(); // nothing is given to it any more
          void worker.terminate();
        }, REST_MS).unref();
      if (answer.fault) done?.reject(errorOf(answer.fault));
      else done?.resolve(answer.result);
      dispatch();
    });
    const gone = (cause?: unknown) => {
      clearTimeout(hand.rest);
      leave();
      const fault: Fault = { name: 'ThreadStopped', message: 'the thread stopped', more: {} };
      finish()?.reject(errorOf(fault, cause));
      dispatch();
    };
    worker.on('error', gone);
    worker.on('exit', () => gone());
    hands.push(hand);
    return hand;
  }

  return {
    run: (task, give = []) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        queue.push({ id: lastId, task, give, resolve, reject });
        dispatch();
      }),
  };
}
