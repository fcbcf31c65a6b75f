import { parentPort, type Transferable } from 'node:worker_threads';

/** Why a task failed, as it passes from thread to thread: an error class does not. */
export interface Fault {
  name: string;
  message: string;
  /** What else the error says of itself, of what can be copied. */
  more: Record<string, unknown>;
}

export interface Done {
  result: unknown;
  /** Buffers that are handed over instead of copied. */
  give?: readonly Transferable[];
}

/** The thread's side of `threadPool`: does one task after another. */
export function answerTasks<Task>(run: (task: Task) => Done | Promise<Done>): void {
  parentPort?.on('message', ({ id, task }: { id: number; task: Task }) => {
    Promise.resolve()
      .then(() => run(task))
      .then(
        ({ result, give }) => parentPort?.postMessage({ id, result }, give ?? []),
        (error: unknown) => parentPort?.postMessage({ id, fault: faultOf(error) }),
      );
  });
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), more: {} };
  const more = Object.entries(error).filter(([key, value]) => key !== 'cause' && typeof value !== 'object');
  return { name: error.constructor.name, message: error.message, more: Object.fromEntries(more) };
}

/** Bytes in a buffer of their own: small Buffers share one that must not be given away. */
export const own = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes); // `slice` of a Buffer copies nothing
