import type { Command } from './command.ts';
import type { IncomingData } from './incomingData.ts';
import type { MessageWriter } from './messageWriter.ts';
import { aborts, ProtocolError } from './pdu.ts';

export interface IncomingResponse {
  readonly command: Command;
  readonly dataSet: Buffer | undefined;
}

interface Awaited {
  push(response: IncomingResponse): void;
  fail(error: Error): void;
}

/** Longest data set of a response that is read into memory. */
const maxResponseDataSet = 4 * 1024 * 1024;

/** Requests of this side and the responses to them, told apart by message identifiers. */
export class OutgoingRequests {
  readonly #writer: MessageWriter;
  readonly #awaited = new Map<number, Awaited>();
  #nextMessageId = 1;
  #failure: Error | undefined;

  constructor(writer: MessageWriter) {
    this.#writer = writer;
  }

  /** Requests without a final response. */
  get open(): number {
    return this.#awaited.size;
  }

  /** Sends a request and yields its responses up to the final one. Throws when the association ends first. */
  async *send(
    contextId: number,
    command: Omit<Command, 'messageId' | 'hasDataSet'>,
    dataSet?: Buffer | AsyncIterable<Buffer>,
  ): AsyncGenerator<IncomingResponse> {
    const messageId = this.#nextMessageId;
    this.#nextMessageId = (messageId % 0xffff) + 1;
    const queue: IncomingResponse[] = [];
    let wake: (() => void) | undefined;
    let failure = this.#failure;
    this.#awaited.set(messageId, {
      push: (response) => {
        queue.push(response);
        wake?.();
      },
      fail: (error) => {
        failure = error;
        wake?.();
      },
    });
    const full = { ...command, messageId, hasDataSet: dataSet !== undefined } as Command;
    try {
      if (failure !== undefined) throw failure;
      if (dataSet === undefined || Buffer.isBuffer(dataSet))
        await this.#writer.send(contextId, full, dataSet);
      else await this.#writer.sendStream(contextId, full, dataSet);
      for (;;) {
        const response = queue.shift();
        if (response !== undefined) {
          yield response;
          if (!isPending(response.command.status ?? 0)) return;
        } else if (failure !== undefined) throw failure;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#awaited.delete(messageId);
    }
  }

  /** A response came; its data set, where it has one, is still arriving. */
  answer(command: Command, data: IncomingData | undefined): void {
    const awaited = this.#awaited.get(command.messageIdBeingRespondedTo ?? 0);
    if (awaited === undefined) throw new ProtocolError(aborts.unexpectedPdu, 'response to nothing');
    if (data === undefined) {
      awaited.push({ command, dataSet: undefined });
      return;
    }
    const parts: Buffer[] = [];
    let length = 0;
    data.attach({
      write(bytes) {
        length += bytes.length;
        if (length > maxResponseDataSet)
          throw new ProtocolError(aborts.notSpecified, 'data set of a response too long');
        parts.push(bytes);
      },
      end: () => awaited.push({ command, dataSet: Buffer.concat(parts) }),
      abort() {},
    });
  }

  /** The association is over: nothing will be answered any more. */
  fail(error: Error): void {
    this.#failure = error;
    for (const awaited of this.#awaited.values()) awaited.fail(error);
  }
}

/** Pending statuses (PS3.7 Annex C): more responses follow. */
export function isPending(status: number): boolean {
  return status === 0xff00 || status === 0xff01;
}
