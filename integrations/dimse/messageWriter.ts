import type { Command } from './command.ts';
import { writeCommand } from './command.ts';
import type { Connection } from './connection.ts';
import { aborts } from './pdu.ts';
import { dataHead, dataPdus } from './writePdu.ts';

/** Sends messages over one association, none into the middle of another. */
export class MessageWriter {
  readonly #connection: Connection;
  /** Bytes of data per P-DATA-TF. */
  readonly #capacity: number;
  #sending: Promise<void> | undefined;

  constructor(connection: Connection, capacity: number) {
    this.#connection = connection;
    this.#capacity = capacity;
  }

  /** Sends a message in one write; a promise where the peer is to be waited for. */
  send(contextId: number, command: Command, dataSet?: Buffer): void | Promise<void> {
    if (this.#sending !== undefined) return this.#sending.then(() => this.send(contextId, command, dataSet));
    const parts = dataPdus(contextId, writeCommand(command), true, this.#capacity);
    if (dataSet !== undefined) parts.push(...dataPdus(contextId, dataSet, false, this.#capacity));
    const free = this.#connection.write(Buffer.concat(parts));
    if (!free) return this.#connection.drained();
  }

  /** Sends a message whose data set comes in parts, holding at most one part and waiting for the peer to take it. */
  async sendStream(contextId: number, command: Command, dataSet: AsyncIterable<Buffer>): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
    const task = this.#stream(contextId, command, dataSet);
    this.#sending = task.then(
      () => undefined,
      () => undefined,
    );
    try {
      await task;
    } catch (error) {
      // Half a data set cannot be taken back, and the next command must not stand inside it.
      this.#connection.abort(aborts.notSpecified, 'a data set could not be sent to its end');
      throw error;
    } finally {
      this.#sending = undefined;
    }
  }

  async #stream(contextId: number, command: Command, dataSet: AsyncIterable<Buffer>): Promise<void> {
    this.#connection.writeAll(dataPdus(contextId, writeCommand(command), true, this.#capacity));
    let waiting: Buffer | undefined;
    for await (const chunk of dataSet) {
      for (let at = 0; at < chunk.length; at += this.#capacity) {
        if (waiting !== undefined) await this.#writePart(contextId, waiting, false);
        waiting = chunk.subarray(at, at + this.#capacity);
      }
      if (!this.#connection.open) throw new Error('the association ended while a data set was sent');
    }
    await this.#writePart(contextId, waiting ?? Buffer.alloc(0), true);
  }

  async #writePart(contextId: number, bytes: Buffer, last: boolean): Promise<void> {
    if (!this.#connection.writeAll([dataHead(contextId, bytes.length, false, last), bytes]))
      await this.#connection.drained();
  }
}
