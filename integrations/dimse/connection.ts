import type { Socket } from 'node:net';
import type { Abort } from './pdu.ts';
import { aborts, ProtocolError } from './pdu.ts';
import type { PduEvents } from './pduReader.ts';
import { PduReader } from './pduReader.ts';
import { writeAbort } from './writePdu.ts';

/** Why a connection ended. */
export interface Closing {
  readonly kind: 'released' | 'rejected' | 'aborted-by-peer' | 'aborted' | 'lost';
  readonly detail: string;
}

export interface ConnectionOptions {
  /** Announced to the peer and enforced. */
  readonly maxPduLength: number;
  /** ARTIM (PS3.8 §9.1.5): how long to wait for the association request, and for the peer to close. */
  readonly artimMs: number;
}

const ignore: PduEvents = {
  associateRequest() {},
  associateAccept() {},
  associateReject() {},
  fragment() {},
  releaseRequest() {},
  releaseReply() {},
  abort() {},
};

/**
 * One transport connection that speaks the upper layer: reads PDUs, writes bytes, aborts on nonsense, keeps the ARTIM timer, and stops reading while
 * somebody behind it is not ready (`pause`/`resume`, counted).
 */
export class Connection {
  readonly socket: Socket;
  readonly #reader: PduReader;
  readonly #options: ConnectionOptions;
  #events: PduEvents = ignore;
  #artim: NodeJS.Timeout | undefined;
  #pauses = 0;
  #closing: Closing | undefined;
  #closed = false;
  readonly #onEnd: ((closing: Closing) => void)[] = [];
  readonly #onClose: ((closing: Closing) => void)[] = [];

  constructor(socket: Socket, options: ConnectionOptions) {
    this.socket = socket;
    this.#options = options;
    this.#reader = new PduReader(
      {
        associateRequest: (request) => this.#events.associateRequest(request),
        associateAccept: (accept) => this.#events.associateAccept(accept),
        associateReject: (rejection) => this.#events.associateReject(rejection),
        fragment: (fragment) => this.#events.fragment(fragment),
        releaseRequest: () => this.#events.releaseRequest(),
        releaseReply: () => this.#events.releaseReply(),
        abort: (abort) => this.#peerAborted(abort),
      },
      options.maxPduLength,
    );
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error: Error) => this.#note({ kind: 'lost', detail: error.message }));
    socket.on('close', () => this.#finish());
    this.startArtim();
  }

  set events(events: PduEvents) {
    this.#events = events;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** False once an abort, a rejection or a release has begun: nothing more is read or written. */
  get open(): boolean {
    return this.#closing === undefined && !this.#closed;
  }

  /** Called once nothing more will be read or written, before the peer has closed its side. */
  onEnd(listener: (closing: Closing) => void): void {
    this.#onEnd.push(listener);
  }

  /** Called when the socket is gone. */
  onClose(listener: (closing: Closing) => void): void {
    this.#onClose.push(listener);
  }

  /** Writes; false means that the caller should wait for `drained`. */
  write(bytes: Buffer): boolean {
    if (!this.open) return true;
    return this.socket.write(bytes);
  }

  /** Several buffers in one system call. */
  writeAll(parts: readonly Buffer[]): boolean {
    if (!this.open) return true;
    this.socket.cork();
    let free = true;
    for (const part of parts) free = this.socket.write(part);
    this.socket.uncork();
    return free;
  }

  async drained(): Promise<void> {
    if (this.#closed || !this.socket.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.socket.off('drain', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.on('drain', done);
      this.socket.on('close', done);
    });
  }

  pause(): void {
    this.#pauses += 1;
    if (this.#pauses === 1) this.socket.pause();
  }

  resume(): void {
    this.#pauses -= 1;
    if (this.#pauses === 0) this.socket.resume();
  }

  startArtim(): void {
    clearTimeout(this.#artim);
    this.#artim = setTimeout(() => {
      this.#note({ kind: 'lost', detail: 'the peer did not answer in time' });
      this.socket.destroy();
    }, this.#options.artimMs);
    this.#artim.unref();
  }

  stopArtim(): void {
    clearTimeout(this.#artim);
  }

  /** Sends a last PDU and closes; the peer gets the ARTIM time to close its side. */
  closeWith(pdu: Buffer | undefined, closing: Closing): void {
    if (!this.open) return;
    if (pdu !== undefined) this.socket.write(pdu);
    this.#note(closing);
    this.#events = ignore;
    this.startArtim();
    this.socket.end();
    // Keep reading, so that the peer's bytes do not turn our last PDU into a reset.
    this.socket.resume();
  }

  abort(abort: Abort, detail: string): void {
    this.closeWith(writeAbort(abort), { kind: 'aborted', detail });
  }

  destroy(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (!this.open) return;
    try {
      this.#reader.push(alone(chunk));
    } catch (error) {
      if (error instanceof ProtocolError) this.abort(error.abort, error.message);
      else this.abort(aborts.notSpecified, error instanceof Error ? error.message : String(error));
    }
  }

  #peerAborted({ source, reason }: Abort): void {
    this.#note({ kind: 'aborted-by-peer', detail: `A-ABORT source ${source} reason ${reason}` });
    this.socket.destroy();
  }

  #note(closing: Closing): void {
    if (this.#closing !== undefined) return;
    this.#closing = closing;
    for (const listener of this.#onEnd.splice(0)) listener(closing);
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#artim);
    this.#note({ kind: 'lost', detail: 'the peer closed the connection' });
    const closing = this.#closing ?? { kind: 'lost', detail: '' };
    this.#events = ignore;
    for (const listener of this.#onClose) listener(closing);
  }
}

/** A chunk with memory of its own, not a part of Buffer's pool: its receiver may give the memory back. Sockets read into such chunks anyway. */
function alone(chunk: Buffer): Buffer {
  return chunk.byteLength === chunk.buffer.byteLength ? chunk : Buffer.from(Uint8Array.from(chunk).buffer);
}
