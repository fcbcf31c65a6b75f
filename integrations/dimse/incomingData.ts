/** Takes the bytes of one data set. */
export interface DataReceiver {
  /** A returned promise asks to be sent no more until it resolves; what was read already may still come. */
  write(bytes: Buffer): void | Promise<void>;
  end(): void;
  /** The association ended before the data set did. */
  abort(): void;
}

interface FlowControl {
  pause(): void;
  resume(): void;
}

/**
 * The data set behind one command while it arrives. Until a receiver is attached, what came is held and reading stops, so that opening a receiver may
 * take its time without growing memory.
 */
export class IncomingData {
  readonly contextId: number;
  readonly #flow: FlowControl;
  readonly #held: Buffer[] = [];
  #receiver: DataReceiver | undefined;
  #state: 'arriving' | 'ended' | 'aborted' = 'arriving';
  #paused = false;

  constructor(contextId: number, flow: FlowControl) {
    this.contextId = contextId;
    this.#flow = flow;
  }

  get arriving(): boolean {
    return this.#state === 'arriving';
  }

  get aborted(): boolean {
    return this.#state === 'aborted';
  }

  /** From the association: a slice, and whether it is the last one. */
  push(bytes: Buffer, last: boolean): void {
    if (last) this.#state = 'ended';
    if (this.#receiver === undefined) {
      this.#held.push(bytes);
      this.#pause();
      return;
    }
    this.#write(this.#receiver, bytes);
    if (last) this.#receiver.end();
  }

  /** From the association: it ended. */
  abort(): void {
    if (this.#state !== 'arriving') return;
    this.#state = 'aborted';
    this.#receiver?.abort();
  }

  attach(receiver: DataReceiver): void {
    this.#receiver = receiver;
    if (this.#state === 'aborted') {
      receiver.abort();
      return;
    }
    for (const bytes of this.#held.splice(0)) this.#write(receiver, bytes);
    if (this.#paused) {
      this.#paused = false;
      this.#flow.resume();
    }
    if (this.#state === 'ended') receiver.end();
  }

  /** Reads to the end without keeping anything; false where the association ended first. */
  discard(): Promise<boolean> {
    return new Promise((resolve) => {
      this.attach({ write() {}, end: () => resolve(true), abort: () => resolve(false) });
    });
  }

  /** The whole data set; undefined where it is longer than `limit` (the rest is read and dropped) or the association ended first. */
  collect(limit: number): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      const parts: Buffer[] = [];
      let length = 0;
      this.attach({
        write(bytes) {
          length += bytes.length;
          if (length <= limit) parts.push(bytes);
          else parts.length = 0;
        },
        end: () => resolve(length <= limit ? Buffer.concat(parts) : undefined),
        abort: () => resolve(undefined),
      });
    });
  }

  #write(receiver: DataReceiver, bytes: Buffer): void {
    const ready = receiver.write(bytes);
    if (ready === undefined) return;
    this.#flow.pause();
    const resume = (): void => this.#flow.resume();
    ready.then(resume, resume); // a failed write is the receiver's own affair: it answers at the end
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#flow.pause();
  }
}
